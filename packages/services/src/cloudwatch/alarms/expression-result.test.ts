import { CloudWatchClient, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'

const metric = (Id: string) => ({
  Id,
  ReturnData: false,
  MetricStat: { Metric: { Namespace: 'shop', MetricName: Id }, Period: 60, Stat: 'Sum' },
})

/** What PutMetricAlarm says to an alarm on `e1`, with `m1`, `m2` and further expressions beside it. */
async function saidOf(e1: string, others: Readonly<Record<string, string>> = {}): Promise<string> {
  const cloudwatch = client(createCloud(), CloudWatchClient)
  const expressions = Object.entries(others).map(([Id, Expression]) => ({
    ...{ Id, Expression },
    ReturnData: false,
  }))
  try {
    await cloudwatch.send(
      new PutMetricAlarmCommand({
        AlarmName: 'a',
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: 'GreaterThanThreshold',
        Metrics: [metric('m1'), metric('m2'), ...expressions, { Id: 'e1', Expression: e1 }],
      }),
    )
    return 'taken'
  } catch (error) {
    return (error as Error).message
  }
}

test.each([
  '100 * m2 / m1',
  'IF(m1 > 2, m1, 0)',
  'TIME_SERIES(5)',
  'SUM([m1, m2])',
  'FIRST(METRICS())',
  'm1 - AVG(m1)',
  'FILL(m1, REPEAT)',
])('an alarm watches the one series of %s', async (expression) => {
  expect(await saidOf(expression)).toBe('taken')
})

const must =
  "Error in expression 'e1': The expression for an alarm must return a single time series"

test.each([
  ['5', 'a number'],
  ['AVG(m1) / 2', 'a number'],
  ['METRIC_COUNT(METRICS())', 'a number'],
  ['METRICS()', 'several'],
  ['[m1, m2]', 'several'],
])('an alarm on %s is refused', async (expression, what) => {
  expect(await saidOf(expression)).toBe(`${must}, and not ${what}.`)
})

test('expressions are looked at through those that they name', async () => {
  expect(await saidOf('e2 + 1', { e2: 'MAX(m1)' })).toBe(`${must}, and not a number.`)
  expect(await saidOf('e2', { e2: 'e3', e3: 'e2' })).toBe(
    "Error in expression 'e2': Circular reference",
  )
  const doubling = Object.fromEntries(
    Array.from({ length: 60 }, (_, i) => [`d${i + 1}`, `d${i} + d${i}`]),
  )
  expect(await saidOf('d60', { d0: 'm1', ...doubling })).toBe('taken')
})
