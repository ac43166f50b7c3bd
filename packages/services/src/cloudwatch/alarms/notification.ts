import type { MetricDataQuery } from '@cloud-orrery/models/cloudwatch'
import { regionTitle } from '../../shared/region-titles.ts'
import type { AlarmRecord, AlarmState, MetricAlarmRecord } from '../state.ts'
import { configurationOf, eventState } from './descriptions.ts'
import { float, jsonWithFloats } from './floats.ts'
import { stamp } from './reasons.ts'

/** A change of state, for those whom an alarm's actions tell. */
export interface Change {
  readonly alarm: AlarmRecord
  readonly before: AlarmState
  readonly region: string
  readonly accountId: string
}

/** `ALARM: "errors" in US East (N. Virginia)`: at most a hundred characters, as subjects of SNS are. */
export function subjectOf({ alarm, region }: Change): string {
  const subject = `${alarm.state.value}: "${alarm.name}" in ${regionTitle(region)}`
  return subject.length > 100 ? `${subject.slice(0, 97)}...` : subject
}

/** Recorded: cloudwatch, `test_put_metric_alarm`, `test_breaching_alarm_actions`. */
export function messageOf({ alarm, before, region, accountId }: Change): string {
  const { state } = alarm
  const message = {
    AlarmName: alarm.name,
    AlarmDescription: alarm.description ?? null,
    AWSAccountId: accountId,
    AlarmConfigurationUpdatedTimestamp: stamp(alarm.configuredAtMs),
    NewStateValue: state.value,
    NewStateReason: state.reason,
    StateChangeTime: stamp(state.updatedAtMs),
    Region: regionTitle(region),
    AlarmArn: alarm.arn,
    OldStateValue: before.value,
    OKActions: alarm.okActions,
    AlarmActions: alarm.alarmActions,
    InsufficientDataActions: alarm.insufficientDataActions,
    ActionExecutedAfterMuteWindow: false,
  }
  if (alarm.kind === 'metric') return jsonWithFloats({ ...message, Trigger: triggerOf(alarm) })
  return JSON.stringify({
    ...message,
    AlarmRule: alarm.rule,
    ...(state.reasonData === undefined
      ? {}
      : { TriggeringChildren: triggeringChildren(state.reasonData) }),
  })
}

interface MaybeTriggered {
  readonly triggeringAlarms?: unknown
}

type MaybeTriggering = {
  readonly arn?: unknown
  readonly state?: { readonly value?: unknown; readonly timestamp?: unknown } | null
} | null

/** As messages of composite alarms name the alarms that brought them about. */
function triggeringChildren(reasonData: string): unknown {
  const data = JSON.parse(reasonData) as MaybeTriggered | null // People set what they like by hand.
  const listed = data?.triggeringAlarms
  return (Array.isArray(listed) ? (listed as readonly MaybeTriggering[]) : []).flatMap((it) =>
    it?.arn === undefined
      ? []
      : [{ Arn: it.arn, State: { Value: it.state?.value, Timestamp: it.state?.timestamp } }],
  )
}

const statisticNames: Readonly<Record<string, string>> = {
  SampleCount: 'SAMPLE_COUNT',
  Average: 'AVERAGE',
  Sum: 'SUM',
  Minimum: 'MINIMUM',
  Maximum: 'MAXIMUM',
}

function triggerOf(alarm: MetricAlarmRecord): object {
  const { subject } = alarm
  const periods = {
    EvaluationPeriods: alarm.evaluationPeriods,
    ...(alarm.datapointsToAlarm === undefined
      ? {}
      : { DatapointsToAlarm: alarm.datapointsToAlarm }),
    ComparisonOperator: alarm.comparison,
    Threshold: float(alarm.threshold),
    TreatMissingData: alarm.treatMissingData ?? '',
    EvaluateLowSampleCountPercentile: alarm.lowSampleCount ?? '',
  }
  if (subject.kind === 'queries') {
    const Period = Math.max(...subject.queries.map((it) => it.MetricStat?.Period ?? it.Period ?? 0))
    return { Period, ...periods, Metrics: subject.queries.map(triggerQuery) }
  }
  return {
    MetricName: subject.metricName,
    Namespace: subject.namespace,
    ...(subject.statistic === undefined
      ? { StatisticType: 'ExtendedStatistic', ExtendedStatistic: subject.extendedStatistic }
      : { StatisticType: 'Statistic', Statistic: statisticNames[subject.statistic] }),
    Unit: subject.unit ?? null,
    Dimensions: subject.dimensions.map(({ Name, Value }) => ({ value: Value, name: Name })),
    Period: subject.period,
    ...periods,
  }
}

function triggerQuery({ Id, Expression, Label, MetricStat, ReturnData = true }: MetricDataQuery) {
  return {
    ...(Expression === undefined ? {} : { Expression }),
    Id,
    ...(Label === undefined ? {} : { Label }),
    ...(MetricStat === undefined
      ? {}
      : {
          MetricStat: {
            Metric: {
              Dimensions: (MetricStat.Metric.Dimensions ?? []).map(({ Name, Value }) => ({
                value: Value,
                name: Name,
              })),
              MetricName: MetricStat.Metric.MetricName,
              Namespace: MetricStat.Metric.Namespace,
            },
            Period: MetricStat.Period,
            Stat: MetricStat.Stat,
          },
        }),
    ReturnData,
  }
}

/** What functions get. Recorded: cloudwatch, `test_alarm_lambda_target`. */
export function functionEvent({ alarm, before, region, accountId }: Change): object {
  return {
    source: 'aws.cloudwatch',
    alarmArn: alarm.arn,
    accountId,
    time: stamp(alarm.state.updatedAtMs),
    region,
    alarmData: {
      alarmName: alarm.name,
      state: eventState(alarm.state, alarm),
      previousState: eventState(before),
      configuration: configurationOf(alarm),
    },
  }
}
