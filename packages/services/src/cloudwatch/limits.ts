export const secondMs = 1000
export const minuteMs = 60 * secondMs
export const hourMs = 60 * minuteMs
export const dayMs = 24 * hourMs

/** How far back and ahead of now data may lie. Source: PutMetricData, `Timestamp`. */
export const pastMsMax = 14 * dayMs
export const futureMsMax = 2 * hourMs

/** Source: PutMetricData, `Values` and `Counts`. */
export const valuesMax = 150

/** Source: CloudWatch service quotas, PutMetricData: metrics a request. */
export const datumsMax = 1000

/** Smallest size of a value that is not zero, and largest. Source: MetricDatum: -2^360 to 2^360. */
export const valueMax = 2 ** 360

/** Source: GetMetricStatistics: data points that one call can return. */
export const statisticsPointsMax = 1440

/** Source: GetMetricData: queries, and data points that one call can return. */
export const queriesMax = 500
export const dataPointsMax = 100_800

/** Source: GetMetricData: metrics that one SEARCH can return. */
export const searchedMetricsMax = 500

/** Points that FILL and TIME_SERIES can make in one request: a year of minutes. The bound is ours; AWS names none. */
export const madePointsMax = 527_040

/** Series in a list of lists of metric math. The bound is ours, above all that one request can name. */
export const listedSeriesMax = 2000

/** Source: ListMetrics: results a page. */
export const metricsPageMax = 500
/** Source: ListMetrics, `RecentlyActive`. */
export const recentMsMax = 3 * hourMs
/** Source: ListMetrics: metrics without data for two weeks are not listed. */
export const listedMsMax = 14 * dayMs

/** Source: DescribeAlarms, `MaxRecords`. */
export const alarmsPageMax = 50
/** Source: DescribeAlarmHistory, `MaxRecords`. */
export const historyPageMax = 100
/** Source: DescribeAlarmHistory: 30 days. */
export const historyMsMax = 30 * dayMs

/** Source: PutMetricAlarm, `EvaluationPeriods`: periods together, where one is shorter than an hour, and else. */
export const evaluatedSecondsMax = 86_400
export const longEvaluatedSecondsMax = 604_800
/** Periods that are looked at past those of the alarm. Source: How alarm state is evaluated when data is missing. */
export const extraPeriods = 2

/** Source: PutMetricAlarm, `Metrics`; alarms on metric math. */
export const alarmMetricsMax = 10
export const tagsMax = 50

/** Source: PutCompositeAlarm, `AlarmRule`: alarms that a rule names. */
export const ruleAlarmsMax = 100

/** Source: PutDashboard: widgets. */
export const widgetsMax = 500
export const dashboardsPageMax = 1000

/**
 * Calls a second. Source: CloudWatch service quotas.
 */
export const callRates = {
  default: { perSecond: 20, burst: 40 },
  PutMetricData: { perSecond: 500, burst: 1000 },
  GetMetricData: { perSecond: 50, burst: 100 },
  GetMetricStatistics: { perSecond: 400, burst: 800 },
  ListMetrics: { perSecond: 25, burst: 50 },
}
