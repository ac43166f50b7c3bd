import { arnOf, placeOf } from './arns.ts'

/** What an event of CloudFormation is about: a resource of a stack, or the stack as a whole. */
export interface Change {
  readonly stackId: string
  readonly logicalId?: string
}

/** A resource as CloudFormation describes it now. */
export interface StackResource {
  readonly logicalId: string
  readonly physicalId: string
  readonly type: string
  readonly status: string
  readonly changedAt: string
}

/** One row of the inventory. */
export interface Item extends StackResource {
  readonly stackId: string
  readonly stackName: string
  /** Absent for types that are listed but not tagged. */
  readonly arn?: string
}

/** Most ARNs of one call. Source: Resource Groups Tagging API reference, TagResources. */
const arnsMax = 20

/** Throws for what is no event of CloudFormation: a rule that points here by mistake. */
export function readChange(event: unknown): Change {
  const detail = (event as { detail?: Record<string, unknown> } | null)?.detail
  const stackId = detail?.['stack-id']
  const logicalId = detail?.['logical-resource-id']
  if (typeof stackId !== 'string') throw new Error('The event names no stack.')
  return typeof logicalId === 'string' ? { stackId, logicalId } : { stackId }
}

/** `shop` of `arn:aws:cloudformation:eu-west-1:111111111111:stack/shop/5f0c…`. */
export function stackNameOf(stackId: string): string {
  return stackId.split('/')[1] ?? stackId
}

/** What the tag group of a stack is known by, wherever tags are shown. */
export function tagsOf(stackId: string): Record<string, string> {
  return { 'workload:stack': stackNameOf(stackId), 'workload:stack-id': stackId }
}

/** Those that exist. A resource that failed to be deleted is still there, one that failed to be made is not. */
export function live(resources: readonly StackResource[]): StackResource[] {
  const gone = new Set(['CREATE_FAILED', 'CREATE_IN_PROGRESS', 'DELETE_COMPLETE', 'DELETE_SKIPPED'])
  return resources.filter(({ physicalId, status }) => physicalId !== '' && !gone.has(status))
}

export function itemOf(stackId: string, resource: StackResource): Item {
  const { logicalId, physicalId, type, status, changedAt } = resource
  const arn = arnOf(type, physicalId, placeOf(stackId))
  return {
    stackId,
    stackName: stackNameOf(stackId),
    logicalId,
    physicalId,
    type,
    ...(arn === undefined ? {} : { arn }),
    status,
    changedAt,
  }
}

/** ARNs of what can be tagged, as many to a list as one call takes. */
export function batchesOf(items: readonly Item[]): string[][] {
  const arns = items.flatMap(({ arn }) => (arn === undefined ? [] : [arn]))
  const batches: string[][] = []
  for (let at = 0; at < arns.length; at += arnsMax) batches.push(arns.slice(at, at + arnsMax))
  return batches
}

/** One line a resource that could not be tagged: what the operators read in the dead letter. */
export function failureText(
  failed: Readonly<Record<string, { ErrorCode?: string; ErrorMessage?: string }>>,
): string | undefined {
  const lines = Object.entries(failed).map(
    ([arn, { ErrorCode = '', ErrorMessage = '' }]) => `${arn}: ${ErrorCode}: ${ErrorMessage}`,
  )
  return lines.length === 0 ? undefined : `Not tagged:\n${lines.join('\n')}`
}
