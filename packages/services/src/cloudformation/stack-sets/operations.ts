import {
  DescribeStackSetOperation,
  ListStackSetOperationResults,
  ListStackSetOperations,
  type StackSetOperationResultSummary,
  type StackSetOperationSummary,
  StopStackSetOperation,
} from '@cloud-orrery/models/cloudformation'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { page } from '../describe-stacks.ts'
import { driftOf } from './drift-sum.ts'
import { driftView } from './drift-view.ts'
import { operationEnded, stackSetMissing } from './errors.ts'
import { pageRowsDefault } from './limits.ts'
import {
  activeStackSet,
  findStackSet,
  refuseDelegation,
  setOperationOrThrow,
  stackSetArn,
} from './lookup.ts'
import { preferencesView } from './preferences.ts'
import { advanceOperation } from './progress.ts'
import {
  operationKey,
  type SetOperation,
  type SetResult,
  type StackSet,
  setOperations,
  setResults,
} from './state.ts'

interface AboutOperation {
  readonly StackSetName: string
}

const aboutSet = (input: AboutOperation, ctx: Context) => stackSetArn(ctx, input.StackSetName)

function anyStackSet(ctx: Context, nameOrId: string): StackSet {
  const set = findStackSet(ctx, nameOrId)
  if (set === undefined) throw stackSetMissing(nameOrId)
  return set
}

export const describeStackSetOperation = operation(DescribeStackSetOperation, {
  authorize: aboutSet,
  provenance: 'modelled',
  run(ctx, { StackSetName, OperationId, CallAs }) {
    refuseDelegation(CallAs)
    const set = anyStackSet(ctx, StackSetName)
    const found = setOperationOrThrow(ctx, set, OperationId)
    const drift = driftOf(ctx, set)
    return {
      StackSetOperation: {
        ...summary(found),
        StackSetId: set.id,
        AdministrationRoleARN: set.administrationRoleArn,
        ExecutionRoleName: set.executionRoleName,
        DeploymentTargets: {
          OrganizationalUnitIds: [],
          ...(found.accounts === undefined ? {} : { Accounts: found.accounts }),
        },
        ...(found.retainStacks === undefined ? {} : { RetainStacks: found.retainStacks }),
        ...(found.action === 'DETECT_DRIFT' && drift !== undefined
          ? { StackSetDriftDetectionDetails: driftView(drift) }
          : {}),
      },
    }
  },
})

function summary(found: SetOperation): StackSetOperationSummary {
  const failed = Object.values(found.counts).reduce((all, count) => all + count.failed, 0)
  return {
    OperationId: found.id,
    Action: found.action,
    Status: found.status,
    CreationTimestamp: found.createdAtMs,
    OperationPreferences: preferencesView(found.preferences),
    StatusDetails: { FailedStackInstancesCount: failed },
    ...(found.endedAtMs === undefined ? {} : { EndTimestamp: found.endedAtMs }),
  }
}

export const listStackSetOperations = operation(ListStackSetOperations, {
  authorize: aboutSet,
  provenance: 'modelled',
  run(ctx, { StackSetName, MaxResults = pageRowsDefault, NextToken, CallAs }) {
    refuseDelegation(CallAs)
    const set = anyStackSet(ctx, StackSetName)
    const all = [...setOperations.where(ctx, 'set', set.id)].sort((a, b) => b.sequence - a.sequence)
    const { rows, next } = page(all, NextToken, ['ListStackSetOperations', set.id], MaxResults)
    return { Summaries: rows.map(summary), ...next }
  },
})

export const listStackSetOperationResults = operation(ListStackSetOperationResults, {
  authorize: aboutSet,
  provenance: 'modelled',
  run(ctx, input) {
    const { StackSetName, OperationId, Filters = [], NextToken, CallAs } = input
    refuseDelegation(CallAs)
    const set = anyStackSet(ctx, StackSetName)
    const found = setOperationOrThrow(ctx, set, OperationId)
    const all = [...setResults.where(ctx, 'operation', operationKey(set.id, found.id))].filter(
      ({ status }) => Filters.every(({ Values }) => Values === undefined || Values === status),
    )
    const request = ['ListStackSetOperationResults', set.id, OperationId, Filters]
    const { rows, next } = page(all, NextToken, request, input.MaxResults ?? pageRowsDefault)
    return { Summaries: rows.map(resultView), ...next }
  },
})

function resultView({
  account,
  region,
  status,
  reason,
  gate,
}: SetResult): StackSetOperationResultSummary {
  return {
    Account: account,
    Region: region,
    Status: status,
    OrganizationalUnitId: '',
    ...(reason === undefined ? {} : { StatusReason: reason }),
    ...(gate === undefined
      ? {}
      : {
          AccountGateResult: {
            Status: gate.status,
            ...(gate.reason === undefined ? {} : { StatusReason: gate.reason }),
          },
        }),
  }
}

export const stopStackSetOperation = operation(StopStackSetOperation, {
  authorize: aboutSet,
  provenance: 'modelled',
  run(ctx, { StackSetName, OperationId, CallAs }) {
    refuseDelegation(CallAs)
    const set = activeStackSet(ctx, StackSetName)
    const found = setOperationOrThrow(ctx, set, OperationId)
    if (found.status === 'STOPPING') return {}
    if (found.status !== 'RUNNING' && found.status !== 'QUEUED') {
      throw operationEnded(OperationId, found.status)
    }
    // One that waits has begun nothing: it only waits no longer.
    const stopping = setOperations.put(ctx, { ...found, status: 'STOPPING' })
    advanceOperation(ctx, stopping)
    return {}
  },
})
