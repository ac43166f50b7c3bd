import type { Context } from '../../context.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { operationMissing, stackSetMissing } from './errors.ts'
import {
  operationKey,
  type SetOperation,
  type StackSet,
  setOperations,
  stackSets,
} from './state.ts'

/** An active stack set by its name, or any by its id. */
export function findStackSet(ctx: Context, nameOrId: string): StackSet | undefined {
  return nameOrId.includes(':')
    ? stackSets.get(ctx, nameOrId)
    : stackSets.first(ctx, 'name', nameOrId)
}

/** Throws StackSetNotFoundException, also for stack sets that are deleted. */
export function activeStackSet(ctx: Context, nameOrId: string): StackSet {
  const set = findStackSet(ctx, nameOrId)
  if (set?.status !== 'ACTIVE') throw stackSetMissing(nameOrId)
  return set
}

/** The ARN that policies judge: the stack set's, or that of any of the name. */
export function stackSetArn(ctx: Context, nameOrId: string): string {
  const id = nameOrId.includes(':') ? nameOrId : `${nameOrId}:*`
  return findStackSet(ctx, nameOrId)?.arn ?? newStackSetArn(ctx, id)
}

export function newStackSetArn({ partition, region, accountId }: Context, id: string): string {
  return `arn:${partition}:cloudformation:${region}:${accountId}:stackset/${id}`
}

export function setOperationOrThrow(
  ctx: Context,
  set: StackSet,
  operationId: string,
): SetOperation {
  const operation = setOperations.get(ctx, operationKey(set.id, operationId))
  if (operation === undefined) throw operationMissing(operationId)
  return operation
}

/** Delegated administrators are appointed by an organization. */
export function refuseDelegation(callAs: string | undefined): void {
  if (callAs === 'DELEGATED_ADMIN') throw notModelled('CallAs DELEGATED_ADMIN of stack sets')
}
