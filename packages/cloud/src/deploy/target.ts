import type { JournalEntry } from '@cloud-orrery/kernel'
import type { Operation } from '@cloud-orrery/models'
import { DescribeStackEvents } from '@cloud-orrery/models/cloudformation'
import { type CallOptions, call } from '../call.ts'
import type { Cloud } from '../cloud.ts'

/** One transition of a stack or of one of its resources. */
export interface StackProgress {
  readonly stackName: string
  readonly logicalId: string
  readonly resourceType: string
  readonly status: string
  readonly reason: string
  readonly atMs: number
}

/** A cloud to deploy to, in the process or behind a port. */
export interface DeployTarget {
  readonly accountId: string
  readonly region: string
  call<I, O>(operation: Operation<I, O>, input: I, options?: CallOptions): Promise<O>
  /** Comes back when the stack came to rest after `sinceMs`; its last status. */
  untilStackRests(
    stackId: string,
    report: (progress: StackProgress) => void,
    options: CallOptions,
  ): Promise<string>
}

/** Longest that a stack operation may take, in model ms: a day. */
const operationMsMax = 86_400_000

/** The cloud in this process: its clock moves from task to task until the stack rests. */
export function inProcessTarget(cloud: Cloud): DeployTarget {
  return {
    accountId: cloud.defaultAccountId,
    region: cloud.defaultRegion,
    call: (operation, input, options) => call(cloud, operation, input, options),
    async untilStackRests(stackId, report, options) {
      let resting: string | undefined
      const read = (entry: JournalEntry): void => {
        const progress = progressOf(entry, stackId)
        if (progress === undefined) return
        report(progress)
        if (isStack(progress, stackId) && isRest(progress.status)) resting = progress.status
      }
      // The operation may have ended before anyone could listen.
      const from = cloud.kernel.journal.entries.findLastIndex(
        ({ kind, entered }) => kind === 'call' && entered,
      )
      for (const entry of cloud.kernel.journal.entries.slice(from)) read(entry)
      const unsubscribe = cloud.kernel.journal.subscribe(read)
      try {
        await cloud.kernel.scheduler.advanceUntil(() => resting !== undefined, operationMsMax)
      } finally {
        unsubscribe()
      }
      return resting ?? (await lastStatus(this, stackId, options))
    },
  }
}

/** Last status by the stack's own events: for targets without a journal at hand. */
export async function lastStatus(
  target: DeployTarget,
  stackId: string,
  options: CallOptions,
): Promise<string> {
  const { StackEvents = [] } = await target.call(
    DescribeStackEvents,
    { StackName: stackId },
    options,
  )
  const last = StackEvents.find(({ PhysicalResourceId }) => PhysicalResourceId === stackId)
  return last?.ResourceStatus ?? 'UNKNOWN'
}

/** A stack at rest takes the next operation. */
export function isRest(status: string): boolean {
  return /_(COMPLETE|FAILED)$/.test(status) && !status.endsWith('_CLEANUP_IN_PROGRESS')
}

interface StatusChange {
  'stack-id': string
  'logical-resource-id'?: string
  'physical-resource-id'?: string
  'resource-type'?: string
  'status-details': { status: string; 'status-reason': string }
}

function progressOf(entry: JournalEntry, stackId: string): StackProgress | undefined {
  if (entry.kind !== 'event' || !entry.name.startsWith('aws.cloudformation ')) return undefined
  const detail = entry.data['detail'] as StatusChange | undefined // CloudFormation's own events.
  if (detail?.['stack-id'] !== stackId || detail['status-details'] === undefined) return undefined
  const stackName = stackId.split('/')[1] ?? stackId
  return {
    stackName,
    logicalId: detail['logical-resource-id'] ?? stackName,
    resourceType: detail['resource-type'] ?? 'AWS::CloudFormation::Stack',
    status: detail['status-details'].status,
    reason: detail['status-details']['status-reason'],
    atMs: entry.atMs,
  }
}

function isStack(progress: StackProgress, stackId: string): boolean {
  return (
    progress.resourceType === 'AWS::CloudFormation::Stack' &&
    progress.logicalId === stackId.split('/')[1]
  )
}
