import { service } from '../define.ts'
import { act } from './alarms/actions.ts'
import {
  deleteAlarms,
  describeAlarms,
  describeAlarmsForMetric,
  disableAlarmActions,
  enableAlarmActions,
  setAlarmState,
} from './alarms/alarms.ts'
import { evaluate } from './alarms/evaluation.ts'
import { describeAlarmHistory } from './alarms/history.ts'
import { putMetricAlarm } from './alarms/put-metric-alarm.ts'
import { alarmType } from './cloudformation/alarm.ts'
import { compositeAlarmType } from './cloudformation/composite-alarm.ts'
import { dashboardType } from './cloudformation/dashboard.ts'
import { evaluateComposite } from './composite/evaluation.ts'
import { putCompositeAlarm } from './composite/put-composite-alarm.ts'
import { endSuppression } from './composite/suppression.ts'
import { deleteDashboards, getDashboard, listDashboards, putDashboard } from './dashboards.ts'
import { accessDenied, invalidInput } from './errors.ts'
import { callRates } from './limits.ts'
import { getMetricData } from './metrics/get-metric-data.ts'
import { getMetricStatistics } from './metrics/get-metric-statistics.ts'
import { listMetrics } from './metrics/list-metrics.ts'
import { putMetricData } from './metrics/put-metric-data.ts'
import { alarms, dashboards, history } from './state.ts'
import { listTagsForResource, tagResource, untagResource } from './tags.ts'

/** CloudWatch: metrics, metric math, metric and composite alarms, dashboards. */
export const cloudwatch = service('cloudwatch', {
  operations: [
    deleteAlarms,
    deleteDashboards,
    describeAlarmHistory,
    describeAlarms,
    describeAlarmsForMetric,
    disableAlarmActions,
    enableAlarmActions,
    getDashboard,
    getMetricData,
    getMetricStatistics,
    listDashboards,
    listMetrics,
    listTagsForResource,
    putCompositeAlarm,
    putDashboard,
    putMetricAlarm,
    putMetricData,
    setAlarmState,
    tagResource,
    untagResource,
  ],
  tasks: [act, endSuppression, evaluate, evaluateComposite],
  resources: [alarmType, compositeAlarmType, dashboardType],
  tables: [alarms, dashboards, history],
  taggedResources: function* (ctx) {
    yield* alarms.scan(ctx)
    yield* dashboards.scan(ctx)
  },
  rateLimits: callRates,
  errors: { accessDenied, invalidInput },
  // Source: users' reports of PutMetricData: an action without resource names none.
  denialWording: (_action, resource) => (resource === '*' ? { resource: null } : {}),
})
