import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteMetricFilterCommand,
  DescribeMetricFiltersCommand,
  DescribeSubscriptionFiltersCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  type InputLogEvent,
  PutLogEventsCommand,
  PutMetricFilterCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { recorded, replaying } from './recorded-logs.test-support.ts'

const logGroupName = 'test-group'
const logStreamName = 'test-stream'

async function withStream(file: string, name: string) {
  const replay = replaying(file, name)
  await replay.logs.send(new CreateLogGroupCommand({ logGroupName }))
  await replay.logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }))
  return {
    ...replay,
    put: (logEvents: InputLogEvent[], stream = logStreamName, group = logGroupName) =>
      replay.logs.send(
        new PutLogEventsCommand({ logGroupName: group, logStreamName: stream, logEvents }),
      ),
    nowMs: Date.UTC(2026, 0, 1),
  }
}

recorded('events for a stream that is not there are refused', async () => {
  const { compare, put, nowMs } = await withStream(
    'events',
    'test_put_log_events_to_invalid_stream',
  )
  await compare('error-invalid-stream', put([{ timestamp: nowMs, message: 'x' }], 'gone'))
})

recorded('events out of order are refused', async () => {
  const { compare, put, nowMs } = await withStream('events', 'test_put_log_events_wrong_order')
  const events = [
    { timestamp: nowMs, message: 'late' },
    { timestamp: nowMs - 1000, message: 'early' },
  ]
  await compare('error-wrong-order', put(events))
})

recorded('events that are too new are named and not taken', async () => {
  const { compare, put, nowMs } = await withStream('events', 'test_put_log_events_too_new')
  const tooNew = nowMs + 3 * 3_600_000
  // The index is a number, for which the recording keeps a name.
  await compare('response-too-new', put([{ timestamp: tooNew, message: 'x' }]), [
    'rejectedLogEventsInfo.tooNewLogEventStartIndex',
  ])
})

recorded('a token that is none is refused', async () => {
  const { compare, logs } = await withStream('events', 'test_get_log_events_invalid_token')
  const get = new GetLogEventsCommand({ logGroupName, logStreamName, nextToken: 'invalid-token' })
  await compare('error-invalid-token', logs.send(get))
})

recorded('no page has more than 10,000 events', async () => {
  const { compare, logs } = await withStream('events', 'test_get_log_events_limit_validation')
  const get = new GetLogEventsCommand({ logGroupName, logStreamName, limit: 10001 })
  await compare('error-limit-exceeded', logs.send(get))
})

recorded('events for a group that is not there are refused', async () => {
  const { compare, put, nowMs } = await withStream('events', 'test_resource_does_not_exist')
  const events = [{ timestamp: nowMs, message: 'x' }]
  await compare('error-log-group-does-not-exist', put(events, logStreamName, 'gone'))
  await compare('error-log-stream-does-not-exist', put(events, 'gone'))
})

recorded('no search gives more than 10,000 events at once', async () => {
  const { compare, logs } = await withStream(
    'filter_events',
    'test_filter_log_events_limit_validation',
  )
  const filter = new FilterLogEventsCommand({ logGroupName, limit: 10001 })
  await compare('error-limit-exceeded', logs.send(filter))
})

recorded('a log group without subscription filters has an empty list of them', async () => {
  const { compare, logs } = await withStream(
    'subscription_filters',
    'test_describe_subscription_filters_empty',
  )
  const describe = new DescribeSubscriptionFiltersCommand({ logGroupName })
  await compare('describe-subscription-filters-empty', logs.send(describe))
})

recorded('subscription filters of a group that is not there are refused', async () => {
  const { compare, logs } = await withStream(
    'subscription_filters',
    'test_describe_subscription_filters_log_group_not_found',
  )
  const describe = new DescribeSubscriptionFiltersCommand({ logGroupName: 'gone' })
  await compare('error-log-group-not-found', logs.send(describe))
})

const transformation = (n: number) => ({
  metricName: `metric${n}`,
  metricNamespace: `namespace${n}`,
  metricValue: '1',
})

async function putFilter(name: string, fields: object) {
  const { logs, compare } = await withStream('metric_filters', name)
  const put = new PutMetricFilterCommand({
    logGroupName,
    filterName: 'filter',
    filterPattern: 'pattern',
    metricTransformations: [transformation(1)],
    ...fields,
  })
  return (step: string) => compare(step, logs.send(put))
}

recorded('the name of a metric filter has at most 512 characters', async () => {
  const compare = await putFilter('test_put_metric_filter_invalid_filter_name', {
    filterName: 'X'.repeat(513),
  })
  await compare('error-invalid-filter-name')
})

recorded('a filter pattern has at most 1,024 characters', async () => {
  const compare = await putFilter('test_put_metric_filter_invalid_filter_pattern', {
    filterPattern: 'X'.repeat(1025),
  })
  await compare('error-invalid-filter-pattern')
})

recorded('a metric filter has one transformation', async () => {
  const compare = await putFilter('test_put_metric_filter_too_many_transformations', {
    metricTransformations: [transformation(1), transformation(2)],
  })
  await compare('error-too-many-transformations')
})

recorded('the name of a metric filter to delete has at most 512 characters', async () => {
  const { logs, compare } = await withStream(
    'metric_filters',
    'test_delete_metric_filter_invalid_filter_name',
  )
  const filterName = 'X'.repeat(513)
  await compare(
    'error-invalid-filter-name',
    logs.send(new DeleteMetricFilterCommand({ logGroupName, filterName })),
  )
})

recorded('a log group name that is too long has a sentence of its own', async () => {
  const { logs, compare } = await withStream(
    'metric_filters',
    'test_delete_metric_filter_invalid_log_group_name',
  )
  await compare(
    'error-invalid-log-group-name',
    logs.send(
      new DeleteMetricFilterCommand({ logGroupName: 'X'.repeat(513), filterName: 'valid' }),
    ),
  )
})

recorded('metric filters are looked for by names that are not too long', async () => {
  const { logs, compare } = await withStream(
    'metric_filters',
    'test_describe_metric_filters_invalid_parameters',
  )
  const describe = (input: object) => logs.send(new DescribeMetricFiltersCommand(input))
  await compare('error-invalid-filter-prefix', describe({ filterNamePrefix: 'X'.repeat(513) }))
  await compare(
    'error-invalid-metric-name',
    describe({ metricName: 'X'.repeat(256), metricNamespace: 'n' }),
  )
})
