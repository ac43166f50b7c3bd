import {
  CloudWatchClient,
  GetMetricStatisticsCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { metricPoints } from '../../shared/metrics.ts'

const MetricName = 'Latency'
const Namespace = 'Shop'

function started() {
  const cloud = createCloud({ deepFreeze: true })
  const cloudwatch = client(cloud, CloudWatchClient)
  const startMs = cloud.kernel.clock.nowMs
  /** A value in each of some seconds. */
  const put = (values: readonly number[], fromMs = cloud.kernel.clock.nowMs) => {
    const MetricData = values.map((Value, i) => {
      const Timestamp = new Date(fromMs + i * 1000)
      return { MetricName, Value, Timestamp, StorageResolution: 1 }
    })
    return cloudwatch.send(new PutMetricDataCommand({ Namespace, MetricData }))
  }
  const lengths = () =>
    [...metricPoints.scan(cloud.scope('123456789012', 'us-east-1'), {})]
      .filter(({ key }) => key.startsWith(Namespace))
      .map(({ atMs, lengthMs, count, sum }) => [(atMs - startMs) / 60_000, lengthMs, count, sum])
  const statistics = async (Period: number) => {
    const { Datapoints = [] } = await cloudwatch.send(
      new GetMetricStatisticsCommand({
        Namespace,
        MetricName,
        Period,
        StartTime: new Date(startMs),
        EndTime: new Date(startMs + 120_000),
        Statistics: ['Sum', 'Maximum'],
        ExtendedStatistics: ['p50'],
      }),
    )
    return Datapoints.map(({ Sum, Maximum, ExtendedStatistics }) => [
      Sum,
      Maximum,
      ExtendedStatistics?.['p50'],
    ])
  }
  return { cloud, put, lengths, statistics, startMs }
}

test('seconds become minutes after three hours, and these five minutes and hours', async () => {
  const { cloud, put, lengths, statistics } = started()
  await put([1, 2, 3, 4, 90])
  expect((await statistics(1)).length).toBe(5)
  await cloud.advance({ hours: 4 })
  await put([7])
  expect(lengths()).toEqual([
    [0, 60_000, 5, 100],
    [240, 1000, 1, 7],
  ])
  expect(await statistics(60)).toEqual([[100, 90, 3]])

  await cloud.advance({ days: 16 })
  await put([8])
  expect(lengths().slice(0, 2)).toEqual([
    [0, 300_000, 5, 100],
    [240, 300_000, 1, 7],
  ])
  await cloud.advance({ days: 60 })
  await put([9])
  expect(lengths().map(([, lengthMs]) => lengthMs)).toEqual([3_600_000, 3_600_000, 300_000, 1000])
})

test('what comes late has the length of its age', async () => {
  const { cloud, put, lengths, startMs } = started()
  await cloud.advance({ hours: 4 })
  await put([1, 2], startMs)
  expect(lengths()).toEqual([[0, 60_000, 2, 3]])
})
