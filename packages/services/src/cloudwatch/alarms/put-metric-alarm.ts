import { PutMetricAlarm, type PutMetricAlarmInput } from '@cloud-orrery/models/cloudwatch'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import {
  invalidCombination,
  invalidValue,
  missingParameter,
  mutuallyExclusive,
  validationError,
} from '../errors.ts'
import { alarmMetricsMax, evaluatedSecondsMax, longEvaluatedSecondsMax } from '../limits.ts'
import { callsIn, ExpressionError, parseExpression } from '../math/syntax.ts'
import { checkQueries } from '../metrics/get-metric-data.ts'
import { isSimpleStatistic, statisticOf } from '../metrics/statistics.ts'
import { type AlarmSubject, alarmArn, alarms, type MetricAlarmRecord } from '../state.ts'
import { alarmTagContext, readTags } from '../tag-lists.ts'
import { checkActions } from './actions.ts'
import { metricAlarmOf } from './descriptions.ts'
import { beginEvaluation, periodOf } from './evaluation.ts'
import { checkWatchable } from './expression-result.ts'
import { initialState, rememberConfiguration } from './initial-state.ts'

export const putMetricAlarm = operation(PutMetricAlarm, {
  authorize: ({ AlarmName, AlarmActions, OKActions, InsufficientDataActions, Tags }, ctx) => ({
    resource: alarmArn(ctx, AlarmName),
    context: {
      ...alarmTagContext(ctx, AlarmName, Tags),
      'cloudwatch:AlarmActions': [
        ...(AlarmActions ?? []),
        ...(OKActions ?? []),
        ...(InsufficientDataActions ?? []),
      ],
    },
  }),
  provenance: 'recorded',
  refuses: [
    'ThresholdMetricId',
    'EvaluationWindow',
    'WarmUpConfiguration',
    'EvaluationCriteria',
    'EvaluationInterval',
    'ActionConfiguration',
  ],
  run(ctx, input) {
    const { AlarmName } = input
    const subject = subjectOf(ctx, input)
    const previous = alarms.get(ctx, AlarmName)
    if (previous?.kind === 'composite') {
      throw validationError(`${AlarmName} is already used by a composite alarm.`)
    }
    const alarm: MetricAlarmRecord = {
      kind: 'metric',
      name: AlarmName,
      arn: alarmArn(ctx, AlarmName),
      ...(input.AlarmDescription === undefined ? {} : { description: input.AlarmDescription }),
      actionsEnabled: input.ActionsEnabled ?? true,
      okActions: input.OKActions ?? [],
      alarmActions: input.AlarmActions ?? [],
      insufficientDataActions: input.InsufficientDataActions ?? [],
      configuredAtMs: ctx.now(),
      state: previous?.state ?? initialState(ctx),
      // Tags of an alarm that is there are changed by TagResource alone. Source: PutMetricAlarm, `Tags`.
      tags: previous?.tags ?? readTags(input.Tags ?? []),
      subject,
      ...rulesOf(input, subject),
    }
    checkActions([...alarm.okActions, ...alarm.alarmActions, ...alarm.insufficientDataActions])
    alarms.put(ctx, alarm)
    rememberConfiguration(ctx, alarm, previous === undefined, metricAlarmOf(alarm))
    beginEvaluation(ctx, alarm)
    return {}
  },
})

function rulesOf(
  input: PutMetricAlarmInput,
  subject: AlarmSubject,
): Pick<
  MetricAlarmRecord,
  | 'evaluationPeriods'
  | 'datapointsToAlarm'
  | 'threshold'
  | 'comparison'
  | 'treatMissingData'
  | 'lowSampleCount'
> {
  const { EvaluationPeriods, DatapointsToAlarm, Threshold, ComparisonOperator } = input
  const { TreatMissingData, EvaluateLowSampleCountPercentile: lowSampleCount } = input
  if (EvaluationPeriods === undefined) throw required('EvaluationPeriods')
  if (ComparisonOperator === undefined) throw required('ComparisonOperator')
  if (/LowerThreshold|UpperThreshold/.test(ComparisonOperator)) {
    throw notModelled('alarms on anomaly detection')
  }
  if (Threshold === undefined) throw required('Threshold')
  if (!Number.isFinite(Threshold))
    throw validationError('The parameter Threshold must be a number.')
  if (DatapointsToAlarm !== undefined && DatapointsToAlarm > EvaluationPeriods) {
    throw validationError('DatapointsToAlarm must be less than or equal to EvaluationPeriods')
  }
  const treatments = ['breaching', 'notBreaching', 'ignore', 'missing']
  if (TreatMissingData !== undefined && !treatments.includes(TreatMissingData)) {
    throw validationError(
      `TreatMissingData must be one of [breaching, notBreaching, ignore, missing], but was ${TreatMissingData}`,
    )
  }
  if (lowSampleCount !== undefined && !['evaluate', 'ignore'].includes(lowSampleCount)) {
    throw validationError(
      `Option ${lowSampleCount} is not supported for EvaluateLowSampleCountPercentile, must be one of [evaluate, ignore].`,
    )
  }
  const period = periodOf(subject)
  const secondsMax = period >= 3600 ? longEvaluatedSecondsMax : evaluatedSecondsMax
  if (period * EvaluationPeriods > secondsMax) {
    throw validationError(
      `Metrics cannot be checked across more than ${secondsMax === evaluatedSecondsMax ? 'a day' : 'seven days'} (EvaluationPeriods * Period must be <= ${secondsMax}).`,
    )
  }
  return {
    evaluationPeriods: EvaluationPeriods,
    ...(DatapointsToAlarm === undefined ? {} : { datapointsToAlarm: DatapointsToAlarm }),
    threshold: Threshold,
    comparison: ComparisonOperator,
    ...(TreatMissingData === undefined ? {} : { treatMissingData: TreatMissingData }),
    ...(lowSampleCount === undefined ? {} : { lowSampleCount }),
  }
}

function required(name: string) {
  return missingParameter(`The parameter ${name} is required.`)
}

/** Parameters of an alarm on one metric, of which none goes with `Metrics`. */
const single = [
  ...(['MetricName', 'Namespace', 'Dimensions', 'Period'] as const),
  ...(['Unit', 'Statistic', 'ExtendedStatistic'] as const),
] as const

function subjectOf(ctx: Context, input: PutMetricAlarmInput): AlarmSubject {
  const { Metrics, MetricName, Namespace, Period, Statistic, ExtendedStatistic, Unit } = input
  if (Metrics !== undefined) {
    const other = single.find((name) => input[name] !== undefined)
    if (other !== undefined) throw mutuallyExclusive('Metrics', other)
    checkAlarmQueries(Metrics)
    return { kind: 'queries', queries: Metrics }
  }
  if (MetricName === undefined) throw required('MetricName')
  if (Namespace === undefined) throw required('Namespace')
  if (Statistic !== undefined && ExtendedStatistic !== undefined) {
    throw mutuallyExclusive('Statistic', 'ExtendedStatistic')
  }
  if (Statistic === undefined && ExtendedStatistic === undefined) {
    throw missingParameter('Must specify either Statistic or ExtendedStatistic')
  }
  if (ExtendedStatistic !== undefined) checkExtended(ExtendedStatistic)
  if (Period === undefined) throw required('Period')
  if (![10, 20, 30].includes(Period) && Period % 60 !== 0) {
    throw invalidValue('Period must be 10, 20, 30 or a multiple of 60')
  }
  return {
    kind: 'metric',
    namespace: Namespace,
    metricName: MetricName,
    dimensions: input.Dimensions ?? [],
    period: Period,
    ...(Unit === undefined ? {} : { unit: Unit }),
    ...(Statistic === undefined ? {} : { statistic: Statistic }),
    ...(ExtendedStatistic === undefined ? {} : { extendedStatistic: ExtendedStatistic }),
    queryId: ctx.ids.uuid(),
  }
}

function checkExtended(name: string): void {
  if (statisticOf(name) === undefined || isSimpleStatistic(name)) {
    throw invalidValue(`The value ${name} for parameter ExtendedStatistic is not supported.`)
  }
}

function checkAlarmQueries(queries: NonNullable<PutMetricAlarmInput['Metrics']>): void {
  checkQueries(queries)
  if (queries.length === 0) throw required('Metrics')
  const metrics = queries.filter(({ MetricStat }) => MetricStat !== undefined)
  if (metrics.length > alarmMetricsMax) {
    throw validationError(`An alarm can not have more than ${alarmMetricsMax} metrics.`)
  }
  if (queries.filter(({ ReturnData }) => ReturnData !== false).length !== 1) {
    throw validationError('Exactly one element of the metrics list should return data.')
  }
  for (const { Id, Expression } of queries) {
    if (Expression === undefined) continue
    if (/^\s*SELECT\s/i.test(Expression)) throw notModelled('alarms on queries of Metrics Insights')
    checkExpression(Id, Expression)
  }
  const periods = new Set(metrics.map(({ MetricStat }) => MetricStat?.Period))
  if (periods.size > 1) {
    throw invalidCombination('Metrics list must contain metrics with the same period.')
  }
  checkWatchable(queries)
}

function checkExpression(id: string, expression: string): void {
  try {
    const calls = callsIn(parseExpression(expression))
    if (calls.includes('SEARCH')) {
      throw validationError('SEARCH expressions are not supported in alarms.')
    }
    if (calls.includes('ANOMALY_DETECTION_BAND')) throw notModelled('alarms on anomaly detection')
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error
    throw validationError(`Error in expression '${id}': ${error.message}`)
  }
}
