import { DescribeMapRun, ListMapRuns, UpdateMapRun } from '@cloud-orrery/models/states'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { pageOf } from '../shared/pages.ts'
import { executionAuthorization } from './access.ts'
import { parsedArn } from './arns.ts'
import { theExecution } from './describe-execution.ts'
import { engine } from './engine.ts'
import { invalidToken, resourceMissing } from './errors.ts'
import { type MapRun, mapRuns } from './executions/state.ts'
import { itemsMax } from './pages.ts'

export const describeMapRun = operation(DescribeMapRun, {
  authorize: ({ mapRunArn }, ctx) => executionAuthorization(ctx, mapRunArn),
  provenance: 'modelled',
  run(ctx, { mapRunArn }) {
    const run = theMapRun(ctx, mapRunArn)
    return {
      mapRunArn,
      executionArn: run.executionArn,
      status: run.status,
      startDate: run.startedAtMs,
      ...(run.stoppedAtMs === undefined ? {} : { stopDate: run.stoppedAtMs }),
      maxConcurrency: run.maxConcurrency,
      toleratedFailurePercentage: run.toleratedFailurePercentage,
      toleratedFailureCount: run.toleratedFailureCount,
      itemCounts: run.itemCounts,
      executionCounts: run.executionCounts,
      redriveCount: run.redriveCount,
      ...(run.redrivenAtMs === undefined ? {} : { redriveDate: run.redrivenAtMs }),
    }
  },
})

export const listMapRuns = operation(ListMapRuns, {
  authorize: ({ executionArn }, ctx) => executionAuthorization(ctx, executionArn),
  provenance: 'modelled',
  run(ctx, { executionArn, maxResults, nextToken: token }) {
    theExecution(ctx, executionArn)
    const { items, nextToken } = pageOf({
      list: (start) => mapRuns.where(ctx, 'execution', executionArn, start),
      positionOf: ({ mapRunArn }) => mapRunArn,
      itemsMax: itemsMax(maxResults),
      token,
      request: ['mapRuns', executionArn],
      refused: invalidToken,
    })
    return {
      mapRuns: items.map(({ mapRunArn, stateMachineArn, startedAtMs, stoppedAtMs }) => ({
        executionArn,
        mapRunArn,
        stateMachineArn,
        startDate: startedAtMs,
        ...(stoppedAtMs === undefined ? {} : { stopDate: stoppedAtMs }),
      })),
      ...(nextToken === undefined ? {} : { nextToken }),
    }
  },
})

export const updateMapRun = operation(UpdateMapRun, {
  authorize: ({ mapRunArn }, ctx) => executionAuthorization(ctx, mapRunArn),
  provenance: 'modelled',
  run(ctx, { mapRunArn, maxConcurrency, toleratedFailureCount, toleratedFailurePercentage }) {
    theMapRun(ctx, mapRunArn)
    engine.updateMapRun(ctx, mapRunArn, {
      ...(maxConcurrency === undefined ? {} : { maxConcurrency }),
      ...(toleratedFailureCount === undefined ? {} : { toleratedFailureCount }),
      ...(toleratedFailurePercentage === undefined ? {} : { toleratedFailurePercentage }),
    })
    return {}
  },
})

function theMapRun(ctx: Context, arn: string): MapRun {
  parsedArn(arn, 'mapRun')
  const run = engine.mapRun(ctx, arn)
  if (run === undefined) throw resourceMissing(arn)
  return run
}
