import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  PutMetricFilterCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'

const logGroupName = '/shop/orders'
const logStreamName = 'one'

async function withGroup() {
  const cloud = createCloud({ deepFreeze: true })
  const logs = client(cloud, CloudWatchLogsClient)
  const cloudwatch = client(cloud, CloudWatchClient)
  await logs.send(new CreateLogGroupCommand({ logGroupName }))
  await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }))
  const timestamp = cloud.kernel.clock.nowMs
  const put = (...messages: readonly string[]) => {
    const logEvents = messages.map((message) => ({ message, timestamp }))
    return logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }))
  }
  const sumOf = async (Namespace: string, MetricName: string, dimensions = {}) => {
    const Dimensions = Object.entries<string>(dimensions).map(([Name, Value]) => ({ Name, Value }))
    const { MetricDataResults } = await cloudwatch.send(
      new GetMetricDataCommand({
        StartTime: new Date(timestamp),
        EndTime: new Date(timestamp + 60_000),
        MetricDataQueries: [
          {
            Id: 'm',
            MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period: 60, Stat: 'Sum' },
          },
        ],
      }),
    )
    return MetricDataResults?.[0]?.Values
  }
  return { logs, put, sumOf }
}

test('a metric filter publishes what it selects, under the dimensions that it selects', async () => {
  const { logs, put, sumOf } = await withGroup()
  await logs.send(
    new PutMetricFilterCommand({
      logGroupName,
      filterName: 'slow',
      filterPattern: '{ $.level = "warn" }',
      metricTransformations: [
        {
          metricName: 'Latency',
          metricNamespace: 'shop',
          metricValue: '$.ms',
          dimensions: { Route: '$.route' },
          unit: 'Milliseconds',
        },
      ],
    }),
  )
  await put(
    '{"level":"warn","ms":120,"route":"/pay"}',
    '{"level":"warn","ms":30,"route":"/pay"}',
    '{"level":"info","ms":1000,"route":"/pay"}',
    '{"level":"warn","ms":7}',
  )
  expect(await sumOf('shop', 'Latency', { Route: '/pay' })).toEqual([150])
  expect(await sumOf('shop', 'Latency')).toEqual([])
})

test('a minute without a match has the default value of the filter', async () => {
  const { logs, put, sumOf } = await withGroup()
  const metricTransformations = [
    { metricName: 'Errors', metricNamespace: 'shop', metricValue: '1', defaultValue: 0 },
  ]
  const filterPattern = 'ERROR'
  await logs.send(
    new PutMetricFilterCommand({
      logGroupName,
      filterName: 'errors',
      filterPattern,
      metricTransformations,
    }),
  )
  await put('all is well')
  expect(await sumOf('shop', 'Errors')).toEqual([0])
  await put('an ERROR', 'another ERROR')
  expect(await sumOf('shop', 'Errors')).toEqual([2])
})

test('a line in the embedded metric format is a metric for each set of dimensions', async () => {
  const { put, sumOf } = await withGroup()
  const _aws = {
    CloudWatchMetrics: [
      {
        Namespace: 'shop',
        Dimensions: [['service'], ['service', 'route']],
        Metrics: [{ Name: 'ms', Unit: 'Milliseconds' }],
      },
    ],
  }
  await put(JSON.stringify({ _aws, service: 'orders', route: '/pay', ms: [5, 7] }))
  expect(await sumOf('shop', 'ms', { service: 'orders' })).toEqual([12])
  expect(await sumOf('shop', 'ms', { service: 'orders', route: '/pay' })).toEqual([12])
  expect(await sumOf('AWS/Logs', 'EMFValidationErrors', { LogGroupName: logGroupName })).toEqual([])
})
