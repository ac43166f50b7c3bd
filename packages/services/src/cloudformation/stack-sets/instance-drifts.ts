import {
  ListStackInstanceResourceDrifts,
  type StackInstanceResourceDriftsSummary,
} from '@cloud-orrery/models/cloudformation'
import { operation } from '../../define.ts'
import { page } from '../describe-stacks.ts'
import { drifts, driftView } from '../drift.ts'
import { instanceMissing, stackSetMissing } from './errors.ts'
import { pageRowsDefault } from './limits.ts'
import { findStackSet, refuseDelegation, setOperationOrThrow, stackSetArn } from './lookup.ts'
import { instanceKey, stackInstances } from './state.ts'

/** Deviation: what the last detection found is shown for each `OperationId` that detected drift. */
export const listStackInstanceResourceDrifts = operation(ListStackInstanceResourceDrifts, {
  authorize: (input, ctx) => stackSetArn(ctx, input.StackSetName),
  provenance: 'modelled',
  run(ctx, input) {
    refuseDelegation(input.CallAs)
    const { StackInstanceAccount: account, StackInstanceRegion: region } = input
    const set = findStackSet(ctx, input.StackSetName)
    if (set === undefined) throw stackSetMissing(input.StackSetName)
    setOperationOrThrow(ctx, set, input.OperationId)
    const instance = stackInstances.get(ctx, instanceKey(set.id, account, region))
    if (instance === undefined) throw instanceMissing(account, region)
    const wanted = input.StackInstanceResourceDriftStatuses?.map(String)
    const there = ctx.at({ accountId: account, region })
    const all = [...drifts.where(there, 'stack', instance.stackId ?? '')].filter(
      ({ status }) => wanted === undefined || wanted.includes(status),
    )
    const request = [set.id, account, region, input.OperationId, wanted]
    const { rows, next } = page(all, input.NextToken, request, input.MaxResults ?? pageRowsDefault)
    return {
      Summaries: rows.map((drift): StackInstanceResourceDriftsSummary => {
        const { ExpectedProperties: _, ActualProperties: __, ...summary } = driftView(drift)
        return summary
      }),
      ...next,
    }
  },
})
