import { orderedKey } from '@cloud-orrery/kernel'
import {
  type AlarmHistoryItem,
  DescribeAlarmHistory,
  type DescribeAlarmHistoryInput,
} from '@cloud-orrery/models/cloudwatch'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { pageOf } from '../../shared/pages.ts'
import { invalidNextToken } from '../errors.ts'
import { historyMsMax, historyPageMax } from '../limits.ts'
import {
  type AlarmRecord,
  alarmArn,
  type HistoryItemType,
  type HistoryRecord,
  history,
  historyKeys,
} from '../state.ts'

/** Notes what happened to an alarm; what is older than thirty days is forgotten on the way. */
export function remember(
  ctx: Context,
  alarm: AlarmRecord,
  type: HistoryItemType,
  summary: string,
  data: object,
): void {
  const [last] = history.scan(ctx, { reverse: true })
  const sequence = last?.atMs === ctx.now() ? last.sequence + 1 : 0
  history.put(ctx, {
    alarmName: alarm.name,
    alarmKind: alarm.kind,
    atMs: ctx.now(),
    sequence,
    type,
    summary,
    data: JSON.stringify(data),
  })
  forget(ctx)
}

function forget(ctx: Context): void {
  const before = orderedKey(Math.max(0, ctx.now() - historyMsMax))
  for (const item of [...history.scan(ctx, { before })]) history.delete(ctx, historyKeys.time(item))
}

export const describeAlarmHistory = operation(DescribeAlarmHistory, {
  authorize: ({ AlarmName }, ctx) => alarmArn(ctx, AlarmName ?? '*'),
  provenance: 'recorded',
  refuses: ['AlarmContributorId'],
  run(ctx, input) {
    const { NextToken, MaxRecords, ...request } = input
    if (input.AlarmTypes?.includes('LogAlarm') === true) {
      throw notModelled('log alarms in cloudwatch:DescribeAlarmHistory')
    }
    const reverse = input.ScanBy !== 'TimestampAscending'
    const { AlarmName } = input
    const { items, nextToken } = pageOf<HistoryRecord>({
      list: (start) =>
        AlarmName === undefined
          ? history.scan(ctx, { reverse, ...start })
          : history.scanIndex(ctx, 'alarm', {
              reverse,
              prefix: orderedKey(AlarmName, ''),
              ...start,
            }),
      // Entries of an index go on with the key itself, of which nothing is below a zero byte.
      positionOf: (item) =>
        AlarmName === undefined
          ? historyKeys.time(item)
          : `${historyKeys.alarm(item)}\u0000${historyKeys.time(item)}`,
      wanted: (item) => isWanted(ctx, item, input),
      itemsMax: MaxRecords ?? historyPageMax,
      token: NextToken,
      request,
      refused: invalidNextToken,
    })
    return { AlarmHistoryItems: items.map(described), NextToken: nextToken }
  },
})

function isWanted(ctx: Context, item: HistoryRecord, input: DescribeAlarmHistoryInput): boolean {
  const { AlarmTypes = ['MetricAlarm'], HistoryItemType, StartDate, EndDate, AlarmName } = input
  if (item.atMs < ctx.now() - historyMsMax) return false
  // Of an alarm that is named, whatever its kind, unless kinds are named as well.
  if (input.AlarmTypes !== undefined || AlarmName === undefined) {
    if (!AlarmTypes.includes(kindOf(item.alarmKind))) return false
  }
  if (HistoryItemType !== undefined && item.type !== HistoryItemType) return false
  return item.atMs >= (StartDate ?? 0) && item.atMs <= (EndDate ?? Number.POSITIVE_INFINITY)
}

export function kindOf(kind: AlarmRecord['kind']): 'MetricAlarm' | 'CompositeAlarm' {
  return kind === 'metric' ? 'MetricAlarm' : 'CompositeAlarm'
}

function described(item: HistoryRecord): AlarmHistoryItem {
  return {
    AlarmName: item.alarmName,
    AlarmType: kindOf(item.alarmKind),
    Timestamp: item.atMs,
    HistoryItemType: item.type,
    HistorySummary: item.summary,
    HistoryData: item.data,
  }
}
