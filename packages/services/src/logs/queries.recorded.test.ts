import {
  CreateLogGroupCommand,
  DescribeMetricFiltersCommand,
  DescribeQueriesCommand,
  PutMetricFilterCommand,
  StartQueryCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { expect } from 'vitest'
import { asRecorded, recording } from '../shared/recorded.test-support.ts'
import { recorded, replaying } from './recorded-logs.test-support.ts'

const queryTests = 'TestCloudWatchLogsInsightsQueries'
const [startTime, endTime] = [1_767_225_600, 1_767_229_200]
const queryString = 'fields @message'

recorded('a query over a group that is not there', async () => {
  const name = `${queryTests}::test_start_query_log_group_not_found`
  const { logs } = replaying('queries', name)
  const input = { logGroupName: 'missing', startTime, endTime, queryString }
  const answer = await asRecorded(logs.send(new StartQueryCommand(input)))
  const content = recording('logs/test_logs_queries', name)['error-log-group-not-found']
  // The id of the recorded request is that request's own; so is the name of the group.
  const general = (value: unknown) =>
    JSON.stringify(value)
      .replace(/Request ID: [\w-]+/, 'Request ID: <id>')
      .replace('missing', '<log-group>')
  expect(JSON.parse(general(answer))).toEqual(JSON.parse(general(content)))
})

/** A query that is complete. */
async function queried(name: string) {
  const replay = replaying('queries', `${queryTests}::${name}`)
  const { cloud, logs, bindings } = replay
  const logGroupName = 'queried'
  await logs.send(new CreateLogGroupCommand({ logGroupName }))
  await logs.send(new StartQueryCommand({ logGroupName, startTime, endTime, queryString }))
  await cloud.advance({ seconds: 2 })
  bindings.set('<start-time>', String(startTime)).set('<end-time>', String(endTime))
  const describe = (input = {}) => logs.send(new DescribeQueriesCommand({ logGroupName, ...input }))
  return { ...replay, describe }
}

// The moment of creation was replaced by a word of its own in the recordings.
const moment = ['queries[0].createTime']

recorded('queries of a group', async () => {
  const { compare, describe } = await queried('test_describe_queries')
  await compare('describe-queries', describe(), moment)
})

recorded('queries of a group by their state', async () => {
  const { compare, describe } = await queried('test_describe_queries_with_status_filter')
  await compare('describe-queries-complete', describe({ status: 'Complete' }), moment)
  await compare('describe-queries-scheduled', describe({ status: 'Scheduled' }))
})

const metric = { metricName: 'metric', metricNamespace: 'namespace' }

async function filtered(name: string) {
  const replay = replaying('metric_filters', `TestMetricFilters::${name}`)
  const logGroupName = 'filtered'
  await replay.logs.send(new CreateLogGroupCommand({ logGroupName }))
  await replay.logs.send(
    new PutMetricFilterCommand({
      logGroupName,
      filterName: 'one',
      filterPattern: 'pattern',
      metricTransformations: [{ ...metric, metricValue: '1' }],
    }),
  )
  return { ...replay, logGroupName }
}

recorded('metric filters of a group', async () => {
  const { logs, compare, logGroupName } = await filtered(
    'test_describe_metric_filters_by_log_group',
  )
  await compare(
    'describe-by-log-group',
    logs.send(new DescribeMetricFiltersCommand({ logGroupName })),
  )
})

recorded('metric filters of a metric', async () => {
  const { logs, compare } = await filtered('test_describe_metric_filters_by_metric_name')
  await compare('describe-by-metric-name', logs.send(new DescribeMetricFiltersCommand(metric)))
})
