import type { Context } from '../context.ts'
import { changeSetMissing, stackMissing, validationError } from './errors.ts'
import { findStack } from './stack-lookup.ts'
import { type ChangeSet, changeSets } from './state.ts'

/** A change set by its ARN, or by its name and its stack's. */
export function findChangeSet(
  ctx: Context,
  nameOrArn: string,
  stackName: string | undefined,
): ChangeSet | undefined {
  if (nameOrArn.startsWith('arn:')) return changeSets.get(ctx, nameOrArn)
  const stack = stackName === undefined ? undefined : findStack(ctx, stackName)
  if (stack === undefined) return undefined
  const named = [...changeSets.where(ctx, 'stack', stack.stackId)]
    .filter(({ name }) => name === nameOrArn)
    .sort((a, b) => b.createdAtMs - a.createdAtMs)
  return named.find((changeSet) => !isExecuted(changeSet)) ?? named[0]
}

/** An executed change set gives its name free. Recorded: TestCaptureUpdateProcess. */
export function isExecuted({ executionStatus }: ChangeSet): boolean {
  return executionStatus === 'EXECUTE_COMPLETE' || executionStatus === 'EXECUTE_FAILED'
}

/** Recorded: test_describe_change_set_nonexisting, test_deleted_changeset. */
export function changeSetOrThrow(
  ctx: Context,
  nameOrArn: string,
  stackName: string | undefined,
): ChangeSet {
  if (!nameOrArn.startsWith('arn:')) {
    if (stackName === undefined) {
      throw validationError(
        'StackName must be specified if ChangeSetName is not specified as an ARN.',
      )
    }
    if (findStack(ctx, stackName) === undefined) throw stackMissing(stackName)
  }
  const changeSet = findChangeSet(ctx, nameOrArn, stackName)
  if (changeSet === undefined) throw changeSetMissing(nameOrArn)
  return changeSet
}

/** Change sets of a stack that something else has changed since can not be executed any more. */
export function voidChangeSets(ctx: Context, stackId: string): void {
  for (const { arn, executionStatus } of [...changeSets.where(ctx, 'stack', stackId)]) {
    if (executionStatus.startsWith('EXECUTE')) continue
    changeSets.update(ctx, arn, { executionStatus: 'OBSOLETE' })
  }
}
