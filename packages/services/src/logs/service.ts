import { service } from '../define.ts'
import { resourceAccess } from './access.ts'
import { logGroupType } from './cloudformation/log-group.ts'
import { logStreamType } from './cloudformation/log-stream.ts'
import { metricFilterType } from './cloudformation/metric-filter.ts'
import { queryDefinitionType } from './cloudformation/query-definition.ts'
import { resourcePolicyType } from './cloudformation/resource-policy.ts'
import { subscriptionFilterType } from './cloudformation/subscription-filter.ts'
import { associateKmsKey, disassociateKmsKey } from './encryption.ts'
import { invalid, nameTooLong } from './errors.ts'
import { filterLogEvents } from './filter-log-events.ts'
import { getLogEvents } from './get-log-events.ts'
import {
  deleteQueryDefinition,
  describeQueryDefinitions,
  putQueryDefinition,
} from './insights/definitions.ts'
import {
  describeQueries,
  getLogRecord,
  getQueryResults,
  runQuery,
  startQuery,
  stopQuery,
} from './insights/queries.ts'
import { queries, queryDefinitions } from './insights/state.ts'
import { callRates } from './limits.ts'
import {
  createLogGroup,
  deleteLogGroup,
  describeLogGroups,
  listLogGroups,
  putLogGroupDeletionProtection,
} from './log-groups.ts'
import { createLogStream, deleteLogStream, describeLogStreams } from './log-streams.ts'
import { metricFilters } from './metric-filter-state.ts'
import {
  deleteMetricFilter,
  describeMetricFilters,
  putMetricFilter,
  testMetricFilter,
} from './metric-filters.ts'
import { putLogEvents } from './put-log-events.ts'
import {
  deleteResourcePolicy,
  describeResourcePolicies,
  putResourcePolicy,
} from './resource-policies.ts'
import { deleteRetentionPolicy, putRetentionPolicy } from './retention.ts'
import { logEvents, logGroups, logStreams, resourcePolicies, subscriptionFilters } from './state.ts'
import {
  deleteSubscriptionFilter,
  describeSubscriptionFilters,
  putSubscriptionFilter,
} from './subscription-filters.ts'
import { deliverEvents } from './subscriptions.ts'
import { dropEvents, expireEvents } from './sweep.ts'
import {
  listTagsForResource,
  listTagsLogGroup,
  tagLogGroup,
  tagResource,
  untagLogGroup,
  untagResource,
} from './tags.ts'

/** CloudWatch Logs: groups, streams, events, filter patterns, retention, resource policies. */
export const logs = service('logs', {
  operations: [
    associateKmsKey,
    createLogGroup,
    createLogStream,
    deleteLogGroup,
    deleteLogStream,
    deleteMetricFilter,
    deleteQueryDefinition,
    deleteResourcePolicy,
    deleteRetentionPolicy,
    deleteSubscriptionFilter,
    describeLogGroups,
    describeLogStreams,
    describeMetricFilters,
    describeQueries,
    describeQueryDefinitions,
    describeResourcePolicies,
    describeSubscriptionFilters,
    disassociateKmsKey,
    filterLogEvents,
    getLogEvents,
    getLogRecord,
    getQueryResults,
    listLogGroups,
    listTagsForResource,
    listTagsLogGroup,
    putLogEvents,
    putLogGroupDeletionProtection,
    putMetricFilter,
    putQueryDefinition,
    putResourcePolicy,
    putRetentionPolicy,
    putSubscriptionFilter,
    startQuery,
    stopQuery,
    tagLogGroup,
    tagResource,
    testMetricFilter,
    untagLogGroup,
    untagResource,
  ],
  tasks: [deliverEvents, dropEvents, expireEvents, runQuery],
  resources: [
    logGroupType,
    logStreamType,
    metricFilterType,
    queryDefinitionType,
    resourcePolicyType,
    subscriptionFilterType,
  ],
  tables: [
    logEvents,
    logGroups,
    logStreams,
    metricFilters,
    queries,
    queryDefinitions,
    resourcePolicies,
    subscriptionFilters,
  ],
  resourceAccess,
  taggedResources: (ctx) => logGroups.scan(ctx),
  rateLimits: callRates,
  errors: {
    invalidInput(message, violations) {
      // Recorded: logs: names that are too long have a sentence of their own.
      const name = violations.find(
        ({ path, kind, constraint }) =>
          kind === 'length' &&
          constraint.endsWith('less than or equal to 512') &&
          (path === 'logGroupName' || path === 'logStreamName'),
      )
      if (name !== undefined) return nameTooLong()
      // Recorded: logs PutMetricFilter: AWS shows a transformation's unit before its dimensions.
      return invalid(message.replace(/(dimensions=[^)]*), (unit=\w+)\)/g, '$2, $1)'))
    },
  },
})
