import { invariant } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'
import { operationExists, operationInProgress } from './errors.ts'
import { activeStackSet } from './lookup.ts'
import { orderedRegions } from './preferences.ts'
import { advanceOperation } from './progress.ts'
import {
  instanceKey,
  operationKey,
  type Preferences,
  type RegionCount,
  type SetAction,
  type SetOperation,
  type StackSet,
  setOperations,
  setResults,
  stackInstances,
  stackSets,
} from './state.ts'

/** The stack set of a request that starts an operation on it. Throws where another one is in the way. */
export function readySet(
  ctx: Context,
  nameOrId: string,
  operationId: string | undefined,
): StackSet {
  const set = activeStackSet(ctx, nameOrId)
  if (operationId !== undefined && setOperations.has(ctx, operationKey(set.id, operationId))) {
    throw operationExists(operationId)
  }
  const open = setOperations.first(ctx, 'open', set.id)
  if (open !== undefined && !set.managedExecution) throw operationInProgress(set, open.id)
  return set
}

interface NewOperation {
  readonly action: SetAction
  readonly id: string | undefined
  readonly preferences: Preferences
  readonly targets: readonly { readonly account: string; readonly region: string }[]
  readonly accounts?: readonly string[] | undefined
  readonly retainStacks?: boolean
}

/** Begins an operation on instances that are there, or lets it wait for the one before. */
export function startOperation(ctx: Context, setId: string, wanted: NewOperation): SetOperation {
  const before = stackSets.get(ctx, setId)
  invariant(before !== undefined, `the stack set ${setId} is gone`)
  const set = stackSets.put(ctx, { ...before, operationCount: before.operationCount + 1 })
  const waits = setOperations.first(ctx, 'open', setId) !== undefined
  const id = wanted.id ?? ctx.ids.uuid()
  const { targets, preferences, accounts, retainStacks } = wanted
  const regions = [...new Set(targets.map(({ region }) => region))]
  const operation = setOperations.put(ctx, {
    setId,
    id,
    sequence: set.operationCount,
    action: wanted.action,
    status: waits ? 'QUEUED' : 'RUNNING',
    createdAtMs: ctx.now(),
    preferences,
    regions: orderedRegions(preferences, regions),
    counts: countsOf(targets),
    ...(accounts === undefined ? {} : { accounts }),
    ...(retainStacks === undefined ? {} : { retainStacks }),
  })
  for (const { account, region } of targets) {
    setResults.put(ctx, { setId, operationId: id, account, region, status: 'PENDING' })
    const instance = stackInstances.get(ctx, instanceKey(setId, account, region))
    if (instance !== undefined) {
      const { statusReason: _, ...rest } = instance
      stackInstances.put(ctx, { ...rest, detailedStatus: 'PENDING', lastOperationId: id })
    }
  }
  if (!waits) advanceOperation(ctx, operation)
  return operation
}

function countsOf(
  targets: readonly { readonly region: string }[],
): Readonly<Record<string, RegionCount>> {
  const counts: Record<string, RegionCount> = {}
  for (const { region } of targets) {
    const all = (counts[region]?.all ?? 0) + 1
    counts[region] = { all, pending: all, running: 0, failed: 0, cancelled: 0 }
  }
  return counts
}
