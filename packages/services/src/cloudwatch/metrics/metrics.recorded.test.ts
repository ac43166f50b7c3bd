import {
  type CloudWatchClient,
  type Datapoint,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  type MetricDataQuery,
  type MetricDatum,
  PutMetricDataCommand,
  type StandardUnit,
} from '@aws-sdk/client-cloudwatch'
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { client } from '@cloud-orrery/cloud'
import { recorded, replaying } from '../recorded-metrics.test-support.ts'

const [query, json, cbor] = ['query', 'json', 'smithy-rpc-v2-cbor']
const now = new Date('2026-01-01T00:00:00Z')
const range = {
  StartTime: new Date(now.getTime() - 60_000),
  EndTime: new Date(now.getTime() + 60_000),
}
const Namespace = 'test/metrics'

function put(cloudwatch: CloudWatchClient, ...MetricData: MetricDatum[]) {
  return cloudwatch.send(new PutMetricDataCommand({ Namespace, MetricData }))
}

/** A query of one metric. */
function stat(
  Id: string,
  MetricName: string,
  Stat: string,
  more: { Period?: number; Unit?: StandardUnit; Dimensions?: MetricDatum['Dimensions'] } = {},
): MetricDataQuery {
  const { Period = 60, Unit, Dimensions } = more
  const Metric = { Namespace, MetricName, ...(Dimensions && { Dimensions }) }
  return { Id, MetricStat: { Metric, Period, Stat, ...(Unit && { Unit }) } }
}

function data(cloudwatch: CloudWatchClient, ...MetricDataQueries: MetricDataQuery[]) {
  return cloudwatch.send(new GetMetricDataCommand({ ...range, MetricDataQueries }))
}

recorded.for([json, cbor])('values with their counts [%s]', async (variant) => {
  const { cloudwatch, compare } = replaying(`test_put_metric_data_values_list[${variant}]`)
  await put(cloudwatch, {
    MetricName: 'test-metric',
    Timestamp: now,
    Values: [1, 10],
    Counts: [2, 4],
    Unit: 'Count',
  })
  const Statistics: ('SampleCount' | 'Sum' | 'Maximum')[] = ['SampleCount', 'Sum', 'Maximum']
  const input = { Namespace, MetricName: 'test-metric', ...range, Period: 60, Statistics }
  await compare('get_metric_statistics', cloudwatch.send(new GetMetricStatisticsCommand(input)))
})

recorded.for([query, json, cbor])('values in two forms are refused [%s]', async (variant) => {
  const { cloudwatch, compare } = replaying(`test_put_metric_data_validation[${variant}]`)
  const datum = { MetricName: 'm', Timestamp: now, Unit: 'Seconds' as const }
  await compare('invalid-param-combination', put(cloudwatch, { ...datum, Value: 1, Values: [1] }))
  await compare('invalid-param-value', put(cloudwatch, { ...datum, Values: [1, 2], Counts: [1] }))
  const StatisticValues = { SampleCount: 1, Sum: 1, Minimum: 1, Maximum: 1 }
  await compare(
    'invalid-param-combination-2',
    put(cloudwatch, { ...datum, Value: 1, StatisticValues }),
  )
})

recorded.for([query, json, cbor])('several metrics at once [%s]', async (variant) => {
  const { cloudwatch, compare } = replaying(`test_get_metric_data_for_multiple_metrics[${variant}]`)
  const Unit = 'Seconds' as const
  await put(
    cloudwatch,
    { MetricName: 'metric1', Value: 50, Unit },
    { MetricName: 'metric2', Value: 25, Unit },
    {
      MetricName: 'metric3',
      StatisticValues: { SampleCount: 10, Sum: 55, Minimum: 1, Maximum: 10 },
      Unit,
    },
  )
  const queries = [1, 2, 3].map((n) => stat(`result${n}`, `metric${n}`, 'Sum'))
  await compare('get_metric_data', data(cloudwatch, ...queries))
})

recorded.for([
  [query, 'Maximum'],
  [json, 'Minimum'],
  [cbor, 'Sum'],
  [cbor, 'SampleCount'],
  [cbor, 'Minimum'],
])('a statistic of a metric [%s-%s]', async ([variant, name = '']) => {
  const { cloudwatch, compare } = replaying(`test_get_metric_data_stats[${variant}-${name}]`)
  const values = Array.from({ length: 11 }, (_, i) => i + 1)
  await put(cloudwatch, ...values.map((Value) => ({ MetricName: 'metric1', Value })))
  await compare('get_metric_data', data(cloudwatch, stat('result1', 'metric1', name)))
})

recorded.for([query, cbor])('labels of four statistics, and zero [%s]', async (variant) => {
  const { cloudwatch, compare } = replaying(`test_get_metric_data_with_zero_and_labels[${variant}]`)
  const Values = [0, 2.5, 4, 5, 5, 100]
  await put(cloudwatch, { MetricName: 'metric1', Values, Unit: 'Seconds' })
  const queries = ['Average', 'Sum', 'Minimum', 'Maximum'].map((name) =>
    stat(`result_${name}`, 'metric1', name),
  )
  await compare('get_metric_data_with_zero_and_labels', data(cloudwatch, ...queries))
})

recorded.for([json, cbor])('statistics of ten values [%s]', async (variant) => {
  const { cloudwatch, compare } = replaying(`test_get_metric_statistics[${variant}]`)
  await put(
    cloudwatch,
    ...Array.from({ length: 10 }, (_, Value) => ({ MetricName: 'metric', Value })),
  )
  const input = new GetMetricStatisticsCommand({
    Namespace,
    MetricName: 'metric',
    ...range,
    Period: 60,
    Statistics: ['Average', 'Sum', 'Minimum', 'Maximum', 'SampleCount'],
  })
  await compare('get_metric_statistics', cloudwatch.send(input))
})

/** Units come in an order that AWS does not promise. */
async function sortedPoints(call: Promise<{ Datapoints?: Datapoint[] }>) {
  const { Datapoints = [], ...rest } = await call
  return { ...rest, Datapoints: Datapoints.toSorted((a, b) => (b.Average ?? 0) - (a.Average ?? 0)) }
}

recorded.for([query, json, cbor])('values of different units are apart [%s]', async (variant) => {
  const { cloudwatch, compare } = replaying(`test_handle_different_units[${variant}]`)
  const [MetricName, Timestamp] = ['m-test', now]
  await put(
    cloudwatch,
    { MetricName, Timestamp, Value: 1, Unit: 'Seconds' },
    { MetricName, Timestamp, Value: 5, Unit: 'Count' },
    { MetricName, Timestamp, Value: 10 },
  )
  const input = { Namespace, MetricName, ...range, Period: 60, Statistics: ['Average' as const] }
  await compare(
    'get_metric_statistics_with_different_units',
    sortedPoints(cloudwatch.send(new GetMetricStatisticsCommand(input))),
  )
})

recorded('of several units the one that is asked for', async () => {
  const { cloudwatch, compare } = replaying(`test_get_metric_data_with_different_units[${cbor}]`)
  await put(
    cloudwatch,
    { MetricName: 'm-test', Value: 1, Unit: 'Seconds' },
    { MetricName: 'm-test', Value: 1, Unit: 'Count' },
  )
  const answer = data(cloudwatch, stat('m1', 'm-test', 'Sum', { Unit: 'Seconds' }))
  await compare('get_metric_data_with_different_units', answer)
})

const unitCases: Readonly<Record<string, readonly (readonly [StandardUnit, number])[]>> = {
  metric_data0: [
    ['Seconds', 1],
    ['Milliseconds', 60_000],
  ],
  metric_data1: [
    ['Seconds', 60],
    ['Milliseconds', 120_000],
  ],
  metric_data2: [
    ['Seconds', 60],
    ['Milliseconds', 60_000],
    ['Count', 5],
  ],
}

recorded.for([
  [query, 'metric_data0'],
  [query, 'metric_data2'],
  [json, 'metric_data0'],
  [json, 'metric_data1'],
  [json, 'metric_data2'],
  [cbor, 'metric_data1'],
])('of several units, none asked for, the first [%s-%s]', async ([variant, given = '']) => {
  const name = `test_get_metric_data_different_units_no_unit_in_query[${variant}-${given}]`
  const { cloudwatch, compare } = replaying(name)
  const points = unitCases[given] ?? []
  await put(cloudwatch, ...points.map(([Unit, Value]) => ({ MetricName: 'm-test', Unit, Value })))
  const answer = data(cloudwatch, stat('m1', 'm-test', 'Sum'))
  await compare('get_metric_data_with_no_unit_specified', answer)
})

/** Statistic, period and unit of the two queries of each case. */
const labelCases: Readonly<Record<string, readonly (readonly [string, number, StandardUnit])[]>> = {
  input_pairs0: [
    ['Sum', 60, 'Seconds'],
    ['Minimum', 30, 'Seconds'],
  ],
  input_pairs1: [
    ['Sum', 60, 'Seconds'],
    ['Minimum', 60, 'Seconds'],
  ],
  input_pairs2: [
    ['Sum', 60, 'Seconds'],
    ['Sum', 30, 'Seconds'],
  ],
  input_pairs3: [
    ['Sum', 60, 'Seconds'],
    ['Minimum', 30, 'Milliseconds'],
  ],
  input_pairs4: [
    ['Sum', 60, 'Seconds'],
    ['Minimum', 60, 'Milliseconds'],
  ],
  input_pairs5: [
    ['Sum', 60, 'Seconds'],
    ['Sum', 30, 'Milliseconds'],
  ],
  input_pairs6: [
    ['Sum', 60, 'Seconds'],
    ['Sum', 60, 'Milliseconds'],
  ],
}

recorded.for([
  ...[0, 1, 3, 4, 6].map((n) => [query, n] as const),
  ...[0, 1, 2, 3, 5].map((n) => [json, n] as const),
  ...[0, 1, 2, 5, 6].map((n) => [cbor, n] as const),
])('labels say what differs [%s-input_pairs%i]', async ([variant, n]) => {
  const { cloudwatch, compare } = replaying(`test_label_generation[${variant}-input_pairs${n}]`)
  await put(cloudwatch, { MetricName: 'metric1', Values: [0, 2, 7, 100], Unit: 'Seconds' })
  const queries = (labelCases[`input_pairs${n}`] ?? []).map(([name, Period, Unit]) =>
    stat(`result_${name}_${Period}_${Unit}`, 'metric1', name, { Period, Unit }),
  )
  await compare('label_generation', data(cloudwatch, ...queries))
})

recorded('a metric with dimensions', async () => {
  const { cloudwatch, compare } = replaying(`test_get_metric_data_with_dimensions[${json}]`)
  const Dimensions = [{ Name: 'InstanceId', Value: 'one' }]
  await put(
    cloudwatch,
    { MetricName: 'metric1', Value: 11, Dimensions },
    { MetricName: 'metric1', Value: 99 },
  )
  await compare(
    'get_metric_data',
    data(cloudwatch, stat('result1', 'metric1', 'Sum', { Dimensions })),
  )
})

recorded.for([query, json, cbor])(
  'data with dimensions is not data without [%s]',
  async (variant) => {
    const { cloudwatch, compare, bindings } = replaying(
      `test_get_metric_with_null_dimensions[${variant}]`,
    )
    bindings.set('<label:1>', 'm').set('<id:1>', 'm1')
    await put(cloudwatch, { MetricName: 'm', Value: 1, Dimensions: [{ Name: 'a', Value: 'b' }] })
    await compare('get_metric_with_null_dimensions', data(cloudwatch, stat('m1', 'm', 'Sum')))
  },
)

recorded.for([query, cbor])('a metric without data [%s]', async (variant) => {
  const { cloudwatch, compare } = replaying(`test_get_metric_with_no_results[${variant}]`)
  await compare('result', data(cloudwatch, stat('result', 'nothing', 'Sum')))
})

recorded.for([query, cbor])('six dimensions [%s]', async (variant) => {
  const { cloudwatch, compare } = replaying(`test_multiple_dimensions_statistics[${variant}]`)
  const MetricName = 'http.server.requests.count'
  const Dimensions = [
    { Name: 'error', Value: 'none' },
    { Name: 'exception', Value: 'none' },
    { Name: 'method', Value: 'GET' },
    { Name: 'outcome', Value: 'SUCCESS' },
    { Name: 'uri', Value: '/greetings' },
    { Name: 'status', Value: '200' },
  ]
  await put(cloudwatch, { MetricName, Value: 5, Dimensions })
  const answer = data(cloudwatch, stat('result1', MetricName, 'Maximum', { Dimensions }))
  await compare('get-metric-stats-max', answer)
  await compare('list-metrics', cloudwatch.send(new ListMetricsCommand({ Namespace })))
})

recorded.for([query, json])('more data points than one call may ask for [%s]', async (variant) => {
  const { cloudwatch, compare } = replaying(`test_invalid_amount_of_datapoints[${variant}]`)
  const ask = (StartTime: Date, EndTime: Date, Period: number) =>
    cloudwatch.send(
      new GetMetricStatisticsCommand({
        Namespace,
        MetricName: 'metric_name',
        StartTime,
        EndTime,
        Period,
        Statistics: ['SampleCount'],
      }),
    )
  const dayBefore = new Date(now.getTime() - 86_400_000)
  await compare('error-invalid-amount-datapoints', ask(dayBefore, now, 1))
  await compare('error-invalid-time-frame', ask(now, dayBefore, 60))
  await compare('get-metric-statitics', ask(dayBefore, now, 60))
})

recorded('what a queue reports', async () => {
  const { cloud, cloudwatch, compare } = replaying('test_aws_sqs_metrics_created')
  const sqs = client(cloud, SQSClient)
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'q' }))
  await sqs.send(new ReceiveMessageCommand({ QueueUrl }))
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello' }))
  const ask = (...names: [id: string, name: string, stat: string][]) =>
    data(
      cloudwatch,
      ...names.map(([Id, MetricName, Stat]) => ({
        Id,
        MetricStat: {
          Metric: {
            Namespace: 'AWS/SQS',
            MetricName,
            Dimensions: [{ Name: 'QueueName', Value: 'q' }],
          },
          Period: 60,
          Stat,
        },
        Label: MetricName,
      })),
    )
  const sent = ask(
    ['sent', 'NumberOfMessagesSent', 'Sum'],
    ['sent_size', 'SentMessageSize', 'Sum'],
    ['empty_receives', 'NumberOfEmptyReceives', 'Sum'],
  )
  await compare('get_metric_data', sent)
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }))
  const ReceiptHandle = Messages?.[0]?.ReceiptHandle
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
  const received = ask(
    ['num_msg_received', 'NumberOfMessagesReceived', 'Sum'],
    ['num_msg_deleted', 'NumberOfMessagesDeleted', 'Sum'],
  )
  await compare('get_metric_data_2', received)
})
