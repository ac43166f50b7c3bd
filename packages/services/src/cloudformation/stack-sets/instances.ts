import {
  DescribeStackInstance,
  ListStackInstances,
  type ListStackInstancesInput,
  type StackInstanceSummary,
} from '@cloud-orrery/models/cloudformation'
import { operation } from '../../define.ts'
import { page } from '../describe-stacks.ts'
import { instanceMissing, stackSetMissing } from './errors.ts'
import { pageRowsDefault } from './limits.ts'
import { findStackSet, refuseDelegation, stackSetArn } from './lookup.ts'
import { instanceKey, type StackInstance, stackInstances } from './state.ts'

export const describeStackInstance = operation(DescribeStackInstance, {
  authorize: (input, ctx) => stackSetArn(ctx, input.StackSetName),
  provenance: 'modelled',
  run(ctx, { StackSetName, StackInstanceAccount, StackInstanceRegion, CallAs }) {
    refuseDelegation(CallAs)
    const set = findStackSet(ctx, StackSetName)
    if (set === undefined) throw stackSetMissing(StackSetName)
    const key = instanceKey(set.id, StackInstanceAccount, StackInstanceRegion)
    const instance = stackInstances.get(ctx, key)
    if (instance === undefined) throw instanceMissing(StackInstanceAccount, StackInstanceRegion)
    return {
      StackInstance: {
        ...summary(instance),
        ParameterOverrides: instance.overrides.map((override) => ({
          ParameterKey: override.key,
          ParameterValue: override.value,
        })),
      },
    }
  },
})

export const listStackInstances = operation(ListStackInstances, {
  authorize: (input, ctx) => stackSetArn(ctx, input.StackSetName),
  provenance: 'modelled',
  run(ctx, input) {
    refuseDelegation(input.CallAs)
    const { StackSetName, MaxResults = pageRowsDefault, NextToken } = input
    const set = findStackSet(ctx, StackSetName)
    if (set === undefined) throw stackSetMissing(StackSetName)
    const wanted = filterOf(input)
    const all = [...stackInstances.where(ctx, 'set', set.id)].filter(wanted)
    const { Filters, StackInstanceAccount, StackInstanceRegion } = input
    const request = [set.id, Filters, StackInstanceAccount, StackInstanceRegion]
    const { rows, next } = page(all, NextToken, request, MaxResults)
    return { Summaries: rows.map(summary), ...next }
  },
})

function filterOf(input: ListStackInstancesInput): (instance: StackInstance) => boolean {
  const { Filters = [], StackInstanceAccount, StackInstanceRegion } = input
  return (instance) =>
    (StackInstanceAccount === undefined || instance.account === StackInstanceAccount) &&
    (StackInstanceRegion === undefined || instance.region === StackInstanceRegion) &&
    Filters.every(({ Name, Values }) => {
      if (Name === 'DETAILED_STATUS') return instance.detailedStatus === Values
      if (Name === 'DRIFT_STATUS') return instance.driftStatus === Values
      return instance.lastOperationId === Values
    })
}

function summary(instance: StackInstance): StackInstanceSummary {
  const { stackId, statusReason, driftCheckedAtMs } = instance
  return {
    StackSetId: instance.setId,
    Region: instance.region,
    Account: instance.account,
    Status: instance.status,
    StackInstanceStatus: { DetailedStatus: instance.detailedStatus },
    OrganizationalUnitId: '',
    DriftStatus: instance.driftStatus,
    LastOperationId: instance.lastOperationId,
    ...(stackId === undefined ? {} : { StackId: stackId }),
    ...(statusReason === undefined ? {} : { StatusReason: statusReason }),
    ...(driftCheckedAtMs === undefined ? {} : { LastDriftCheckTimestamp: driftCheckedAtMs }),
  }
}
