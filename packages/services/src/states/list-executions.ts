import { orderedKey } from '@cloud-orrery/kernel'
import { ListExecutions } from '@cloud-orrery/models/states'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { pageOf } from '../shared/pages.ts'
import { executionAuthorization, machineAuthorization } from './access.ts'
import { parsedArn } from './arns.ts'
import { listedExecution } from './describe-execution.ts'
import { engine } from './engine.ts'
import { invalid, invalidToken, resourceMissing, wrongMachineType } from './errors.ts'
import { type Execution, type ExecutionIndex, executions } from './executions/state.ts'
import { named } from './machines/lookup.ts'
import { itemsMax } from './pages.ts'

export const listExecutions = operation(ListExecutions, {
  authorize: ({ stateMachineArn, mapRunArn }, ctx) =>
    mapRunArn === undefined
      ? machineAuthorization(ctx, stateMachineArn ?? '*')
      : executionAuthorization(ctx, mapRunArn),
  provenance: 'recorded',
  run(ctx, input) {
    const { stateMachineArn, mapRunArn, statusFilter, redriveFilter } = input
    const { list, wanted } = listOf(ctx, stateMachineArn, mapRunArn)
    const { items, nextToken } = pageOf({
      list,
      positionOf: ({ startedAtMs, executionArn }) => orderedKey(startedAtMs, executionArn),
      wanted: (execution) =>
        wanted(execution) &&
        (statusFilter === undefined || execution.status === statusFilter) &&
        (redriveFilter === undefined ||
          (redriveFilter === 'REDRIVEN') === execution.redriveCount > 0),
      itemsMax: itemsMax(input.maxResults),
      token: input.nextToken,
      request: ['executions', stateMachineArn, mapRunArn, statusFilter, redriveFilter],
      refused: invalidToken,
    })
    return {
      executions: items.map((execution) => ({
        ...listedExecution(execution),
        ...(execution.itemCount === undefined ? {} : { itemCount: execution.itemCount }),
      })),
      ...(nextToken === undefined ? {} : { nextToken }),
    }
  },
})

interface Listing {
  readonly list: (start: { after?: string }) => Iterable<Execution>
  readonly wanted: (execution: Execution) => boolean
}

function listOf(
  ctx: Context,
  stateMachineArn: string | undefined,
  mapRunArn: string | undefined,
): Listing {
  if ((stateMachineArn === undefined) === (mapRunArn === undefined)) {
    throw invalid('Must specify exactly one of stateMachineArn and mapRunArn')
  }
  if (mapRunArn !== undefined) {
    parsedArn(mapRunArn, 'mapRun')
    if (engine.mapRun(ctx, mapRunArn) === undefined) throw resourceMissing(mapRunArn)
    return { list: newestFirst(ctx, 'mapRun', mapRunArn), wanted: () => true }
  }
  const { machine, version, alias } = named(ctx, stateMachineArn ?? '')
  if (machine.type === 'EXPRESS') throw wrongMachineType()
  return {
    list: newestFirst(ctx, 'stateMachine', machine.arn),
    wanted: (execution) =>
      (version === undefined || execution.stateMachineVersionArn === version.arn) &&
      (alias === undefined || execution.stateMachineAliasArn === alias.arn),
  }
}

function newestFirst(ctx: Context, index: ExecutionIndex, value: string): Listing['list'] {
  const prefix = orderedKey(value, '')
  return ({ after }) =>
    executions.scanIndex(ctx, index, {
      prefix,
      reverse: true,
      ...(after === undefined ? {} : { after: prefix + after }),
    })
}
