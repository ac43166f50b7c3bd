import {
  CloudWatchClient,
  GetMetricDataCommand,
  type MetricDataQuery,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'

const startMs = Date.parse('2026-01-01T00:00:00Z')
const Namespace = 'shop'
const minutes = 4

/** a: 1, 2, -, 4; b: 10, 20, 30, 40; each in its minute. Both under one dimension. */
async function withSeries() {
  const cloud = createCloud({ deepFreeze: true })
  await cloud.advance({ minutes })
  const cloudwatch = client(cloud, CloudWatchClient)
  const datum = (MetricName: string, minute: number, Value: number) => ({
    MetricName,
    Value,
    Timestamp: new Date(startMs + minute * 60_000),
    Dimensions: [{ Name: 'Route', Value: '/pay' }],
  })
  const MetricData = [
    ...[1, 2, undefined, 4].flatMap((value, i) =>
      value === undefined ? [] : [datum('a', i, value)],
    ),
    ...[10, 20, 30, 40].map((value, i) => datum('b', i, value)),
  ]
  await cloudwatch.send(new PutMetricDataCommand({ Namespace, MetricData }))
  const stat = (Id: string) => ({
    Id,
    ReturnData: false,
    MetricStat: {
      Metric: { Namespace, MetricName: Id, Dimensions: [{ Name: 'Route', Value: '/pay' }] },
      Period: 60,
      Stat: 'Sum',
    },
  })
  /** Values by minute, for each series that the expression gives. */
  return async (Expression: string) => {
    const { MetricDataResults = [] } = await cloudwatch.send(
      new GetMetricDataCommand({
        StartTime: new Date(startMs),
        EndTime: new Date(startMs + minutes * 60_000),
        ScanBy: 'TimestampAscending',
        MetricDataQueries: [stat('a'), stat('b'), { Id: 'e', Expression }],
      }),
    )
    return MetricDataResults.map(({ Label, Timestamps = [], Values }) => [
      Label,
      Object.fromEntries(
        Timestamps.map((at, i) => [(at.getTime() - startMs) / 60_000, Values?.[i]]),
      ),
    ])
  }
}

test.each<[expression: string, values: object]>([
  ['a / b * 100', { 0: 10, 1: 10, 3: 10 }],
  ['-a + 2 ^ 3', { 0: 7, 1: 6, 3: 4 }],
  ['a > 1 AND b < 40', { 0: 0, 1: 1, 3: 0 }],
  ['SUM([a, b])', { 0: 11, 1: 22, 2: 30, 3: 44 }],
  ['SUM(METRICS())', { 0: 11, 1: 22, 2: 30, 3: 44 }],
  ['a - AVG(b)', { 0: -24, 1: -23, 3: -21 }],
  ['FILL(a, 0)', { 0: 1, 1: 2, 2: 0, 3: 4 }],
  ['FILL(a, REPEAT)', { 0: 1, 1: 2, 2: 2, 3: 4 }],
  ['FILL(a, LINEAR)', { 0: 1, 1: 2, 2: 3, 3: 4 }],
  ['IF(b > 15, b, 0)', { 0: 0, 1: 20, 2: 30, 3: 40 }],
  ['RATE(b)', { 1: 10 / 60, 2: 10 / 60, 3: 10 / 60 }],
  ['DIFF(a)', { 1: 1, 3: 2 }],
  ['RUNNING_SUM(b)', { 0: 10, 1: 30, 2: 60, 3: 100 }],
  ['b * PERIOD(b)', { 0: 600, 1: 1200, 2: 1800, 3: 2400 }],
  ['MINUTE(b)', { 0: 0, 1: 1, 2: 2, 3: 3 }],
  ['TIME_SERIES(MAX(b))', { 0: 40, 1: 40, 2: 40, 3: 40 }],
  ['SLICE(SORT(METRICS(), MAX, DESC), 1)', { 0: 1, 1: 2, 3: 4 }],
])('%s', async (expression, values) => {
  const evaluated = await withSeries()
  expect(await evaluated(expression)).toEqual([['e', values]])
})

test('a search gives each metric that it finds', async () => {
  const evaluated = await withSeries()
  expect(await evaluated(`SEARCH('{shop,Route} pay', 'Sum', 60)`)).toEqual([
    ['/pay a', { 0: 1, 1: 2, 3: 4 }],
    ['/pay b', { 0: 10, 1: 20, 2: 30, 3: 40 }],
  ])
})

test.each<[expression: string, message: string]>([
  ['a +', "Error in expression 'e': Unexpected end of expression"],
  ['a + c', "Error in expression 'e': Unresolved name 'c'"],
  ['NOPE(a)', "Error in expression 'e': Unknown function 'NOPE'"],
  ['e + 1', "Error in expression 'e': Circular reference"],
  [
    "FILL(SEARCH('{shop,Route} pay', 'Sum', 0), 0)",
    "Error in expression 'e': The period of SEARCH is 1, 5, 10, 20, 30, or a multiple of 60",
  ],
  [
    'ANOMALY_DETECTION_BAND(a)',
    'Orrery does not model the function ANOMALY_DETECTION_BAND of metric math.',
  ],
])('%s is refused', async (expression, message) => {
  const evaluated = await withSeries()
  await expect(evaluated(expression)).rejects.toThrow(message)
})

test('lists of lists, and series of a century, come to an end', async () => {
  const cloudwatch = client(createCloud({ deepFreeze: true }), CloudWatchClient)
  const data = (MetricDataQueries: MetricDataQuery[], StartTime: Date) =>
    cloudwatch.send(
      new GetMetricDataCommand({ MetricDataQueries, StartTime, EndTime: new Date(startMs) }),
    )
  const doubled = Array.from({ length: 100 }, (_, i) => ({
    Id: `e${i}`,
    Expression: i === 0 ? 'TIME_SERIES(1)' : `[e${i - 1}, e${i - 1}]`,
    ReturnData: false,
  }))
  await expect(
    data([...doubled, { Id: 'e', Expression: 'SUM(e99)' }], new Date(startMs - 60_000)),
  ).rejects.toThrow('More than 2000 series in one list')
  await expect(
    data([{ Id: 'e', Expression: 'TIME_SERIES(1)', Period: 1 }], new Date(0)),
  ).rejects.toThrow('More than 527040 points are made by FILL and TIME_SERIES')
})

test('a series of more values than a call takes has its least and its greatest', async () => {
  const cloudwatch = client(createCloud({ deepFreeze: true }), CloudWatchClient)
  const { MetricDataResults = [] } = await cloudwatch.send(
    new GetMetricDataCommand({
      StartTime: new Date(startMs - 200_000_000),
      EndTime: new Date(startMs),
      MetricDataQueries: [
        { Id: 'all', Expression: 'TIME_SERIES(2)', Period: 1, ReturnData: false },
        {
          Id: 'e',
          Expression: 'TIME_SERIES(MAX(all) - MIN(all) + MAX([MIN(all), 1]))',
          Period: 86_400,
        },
      ],
    }),
  )
  expect(MetricDataResults[0]?.Values).toEqual([2, 2, 2])
})
