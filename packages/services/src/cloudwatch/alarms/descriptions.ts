import type {
  CompositeAlarm,
  Metric,
  MetricAlarm,
  MetricDataQuery,
} from '@cloud-orrery/models/cloudwatch'
import type { AlarmRecord, AlarmState, CompositeAlarmRecord, MetricAlarmRecord } from '../state.ts'
import { stamp } from './reasons.ts'

/** As DescribeAlarms shows it. Recorded: cloudwatch, DescribeAlarms. */
export function metricAlarmOf(alarm: MetricAlarmRecord): MetricAlarm {
  const { subject } = alarm
  return {
    ...basicsOf(alarm),
    ...(subject.kind === 'metric'
      ? {
          MetricName: subject.metricName,
          Namespace: subject.namespace,
          Statistic: subject.statistic,
          ExtendedStatistic: subject.extendedStatistic,
          Dimensions: subject.dimensions,
          Period: subject.period,
          Unit: subject.unit,
        }
      : { Metrics: subject.queries }),
    EvaluationPeriods: alarm.evaluationPeriods,
    DatapointsToAlarm: alarm.datapointsToAlarm,
    Threshold: alarm.threshold,
    ComparisonOperator: alarm.comparison,
    TreatMissingData: alarm.treatMissingData,
    EvaluateLowSampleCountPercentile: alarm.lowSampleCount,
  }
}

/** Recorded: cloudformation, `test_composite_alarm_creation`. */
export function compositeAlarmOf(alarm: CompositeAlarmRecord): CompositeAlarm {
  const { suppressor, suppressed } = alarm
  return {
    ...basicsOf(alarm),
    AlarmRule: alarm.rule,
    ActionsSuppressor: suppressor?.name,
    ActionsSuppressorWaitPeriod: suppressor?.waitSeconds,
    ActionsSuppressorExtensionPeriod: suppressor?.extensionSeconds,
    ActionsSuppressedBy: suppressed?.by,
    ActionsSuppressedReason: suppressed?.reason,
  }
}

function basicsOf(alarm: AlarmRecord) {
  const { state } = alarm
  return {
    AlarmName: alarm.name,
    AlarmArn: alarm.arn,
    AlarmDescription: alarm.description,
    AlarmConfigurationUpdatedTimestamp: alarm.configuredAtMs,
    ActionsEnabled: alarm.actionsEnabled,
    OKActions: alarm.okActions,
    AlarmActions: alarm.alarmActions,
    InsufficientDataActions: alarm.insufficientDataActions,
    StateValue: state.value,
    StateReason: state.reason,
    StateReasonData: state.reasonData,
    StateUpdatedTimestamp: state.updatedAtMs,
    StateTransitionedTimestamp: state.transitionedAtMs,
  }
}

/** A state as events and functions get it. Recorded: cloudwatch, `test_alarm_lambda_target`. */
export function eventState(
  state: AlarmState,
  alarm?: AlarmRecord,
): Readonly<Record<string, unknown>> {
  const suppressed = alarm?.kind === 'composite' ? alarm.suppressed : undefined
  return {
    value: state.value,
    reason: state.reason,
    ...(state.reasonData === undefined ? {} : { reasonData: state.reasonData }),
    timestamp: stamp(state.updatedAtMs),
    ...(suppressed === undefined
      ? {}
      : { actionsSuppressedBy: suppressed.by, actionsSuppressedReason: suppressed.reason }),
  }
}

/** Recorded: cloudwatch, `test_alarm_lambda_target`; composites: CloudWatch User Guide, Alarm events and EventBridge. */
export function configurationOf(alarm: AlarmRecord): Readonly<Record<string, unknown>> {
  const description = alarm.description === undefined ? {} : { description: alarm.description }
  if (alarm.kind === 'composite') {
    const { suppressor } = alarm
    return {
      ...description,
      alarmRule: alarm.rule,
      ...(suppressor === undefined
        ? {}
        : {
            actionsSuppressor: suppressor.name,
            actionsSuppressorWaitPeriod: suppressor.waitSeconds,
            actionsSuppressorExtensionPeriod: suppressor.extensionSeconds,
          }),
    }
  }
  const { subject } = alarm
  if (subject.kind === 'queries')
    return { ...description, metrics: subject.queries.map(eventQuery) }
  const { namespace: Namespace, metricName: MetricName, dimensions: Dimensions } = subject
  const stat = subject.statistic ?? subject.extendedStatistic
  const metricStat = {
    metric: eventMetric({ Namespace, MetricName, Dimensions }),
    period: subject.period,
    stat,
    ...(subject.unit === undefined ? {} : { unit: subject.unit }),
  }
  return { ...description, metrics: [{ id: subject.queryId, metricStat, returnData: true }] }
}

function eventQuery(query: MetricDataQuery): object {
  const { Id, MetricStat, Expression, Label, ReturnData = true, Period } = query
  return {
    id: Id,
    ...(Expression === undefined ? {} : { expression: Expression }),
    ...(Label === undefined ? {} : { label: Label }),
    ...(Period === undefined ? {} : { period: Period }),
    ...(MetricStat === undefined
      ? {}
      : {
          metricStat: {
            metric: eventMetric(MetricStat.Metric),
            period: MetricStat.Period,
            stat: MetricStat.Stat,
            ...(MetricStat.Unit === undefined ? {} : { unit: MetricStat.Unit }),
          },
        }),
    returnData: ReturnData,
  }
}

function eventMetric({ Namespace, MetricName, Dimensions = [] }: Metric): object {
  return {
    namespace: Namespace,
    name: MetricName,
    dimensions: Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value])),
  }
}
