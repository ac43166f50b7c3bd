import { createRequire } from 'node:module'
import {
  CloudWatchClient,
  GetMetricStatisticsCommand,
  PutMetricDataCommand,
  ResourceNotFound,
} from '@aws-sdk/client-cloudwatch'
import { AwsError, linkServiceModel, type StoredServiceModel } from '@cloud-orrery/models'
import { expect, test } from 'vitest'
import { sdkDoor } from './sdk-door.test-support.ts'

const at = Date.UTC(2026, 0, 2, 3, 4, 5, 250)

/** The part of CloudWatch that these tests call. */
const stored: StoredServiceModel = {
  name: 'cloudwatch',
  sdkId: 'CloudWatch',
  endpointPrefix: 'monitoring',
  signingName: 'monitoring',
  arnNamespace: 'cloudwatch',
  eventSource: 'monitoring.amazonaws.com',
  apiVersion: '2010-08-01',
  targetPrefix: 'GraniteServiceVersion20100801',
  protocols: ['rpcv2Cbor', 'awsJson1_0', 'awsQuery'],
  awsQueryCompatible: true,
  operations: {
    PutMetricData: { input: 'PutMetricDataInput' },
    GetMetricStatistics: {
      input: 'GetMetricStatisticsInput',
      output: 'GetMetricStatisticsOutput',
      errors: ['ResourceNotFound'],
    },
  },
  shapes: {
    String: { type: 'string' },
    Double: { type: 'double' },
    Integer: { type: 'integer' },
    Timestamp: { type: 'timestamp' },
    Values: { type: 'list', member: { target: 'Double' } },
    Statistics: { type: 'list', member: { target: 'String' } },
    MetricDatum: {
      type: 'structure',
      members: {
        MetricName: { target: 'String', required: true },
        Timestamp: { target: 'Timestamp' },
        Value: { target: 'Double' },
        Values: { target: 'Values' },
        StorageResolution: { target: 'Integer' },
      },
    },
    MetricData: { type: 'list', member: { target: 'MetricDatum' } },
    PutMetricDataInput: {
      type: 'structure',
      members: {
        Namespace: { target: 'String', required: true },
        MetricData: { target: 'MetricData' },
      },
    },
    GetMetricStatisticsInput: {
      type: 'structure',
      members: {
        Namespace: { target: 'String' },
        MetricName: { target: 'String' },
        StartTime: { target: 'Timestamp' },
        EndTime: { target: 'Timestamp' },
        Period: { target: 'Integer' },
        Statistics: { target: 'Statistics' },
      },
    },
    Datapoint: {
      type: 'structure',
      members: { Timestamp: { target: 'Timestamp' }, Sum: { target: 'Double' } },
    },
    Datapoints: { type: 'list', member: { target: 'Datapoint' } },
    GetMetricStatisticsOutput: {
      type: 'structure',
      members: { Label: { target: 'String' }, Datapoints: { target: 'Datapoints' } },
    },
    ResourceNotFound: {
      type: 'structure',
      members: { message: { target: 'String' } },
      error: { fault: 'client', status: 404 },
    },
  },
  checksum: '',
  source: 'written by hand',
}
const cloudwatch = linkServiceModel(stored)

/** The client's own CBOR protocol; by default it speaks awsJson1_0. */
const { AwsSmithyRpcV2CborProtocol: protocol } = createRequire(
  import.meta.resolve('@aws-sdk/client-cloudwatch'),
)('@aws-sdk/core/protocols')

test('CloudWatch: numbers and times arrive as sent, in CBOR', async () => {
  const { seen, config } = sdkDoor(cloudwatch, () => undefined)
  const datum = { MetricName: 'm', Value: 1.5, Values: [1, -2.25, 1e300], StorageResolution: 60 }
  await new CloudWatchClient({ ...config, protocol }).send(
    new PutMetricDataCommand({
      Namespace: 'n',
      MetricData: [{ ...datum, Timestamp: new Date(at) }],
    }),
  )
  expect(seen).toMatchObject([
    { operation: 'PutMetricData', protocol: 'rpcv2Cbor', signatureIsValid: true },
  ])
  expect(seen[0]?.input).toEqual({ Namespace: 'n', MetricData: [{ ...datum, Timestamp: at }] })
})

test('CloudWatch: a large body comes compressed and decodes all the same', async () => {
  const { seen, config } = sdkDoor(cloudwatch, () => undefined)
  const MetricData = Array.from({ length: 500 }, (_, i) => ({
    MetricName: `metric-${i}`,
    Value: i,
  }))
  await new CloudWatchClient({ ...config, protocol }).send(
    new PutMetricDataCommand({ Namespace: 'n', MetricData }),
  )
  expect(seen[0]?.request.headers['content-encoding']).toBe('gzip')
  expect(seen[0]?.signatureIsValid).toBe(true)
  expect(seen[0]?.input).toEqual({ Namespace: 'n', MetricData })
})

test('CloudWatch: data points and errors come back', async () => {
  const { config } = sdkDoor(cloudwatch, (input) => {
    if (input['MetricName'] === 'm') return { Label: 'l', Datapoints: [{ Timestamp: at, Sum: 3 }] }
    const descriptor = {
      kind: 'error',
      code: 'ResourceNotFound',
      status: 404,
      fault: 'client',
    } as const
    throw new AwsError(descriptor, 'None.')
  })
  const client = new CloudWatchClient({ ...config, protocol })
  const span = {
    StartTime: new Date(at),
    EndTime: new Date(at),
    Period: 60,
    Statistics: ['Sum' as const],
  }
  const found = await client.send(
    new GetMetricStatisticsCommand({ Namespace: 'n', MetricName: 'm', ...span }),
  )
  expect(found).toMatchObject({ Label: 'l', Datapoints: [{ Timestamp: new Date(at), Sum: 3 }] })
  const refused = client.send(
    new GetMetricStatisticsCommand({ Namespace: 'n', MetricName: 'x', ...span }),
  )
  const error = await refused.catch((cause: unknown) => cause)
  expect(error).toBeInstanceOf(ResourceNotFound)
  expect(error).toMatchObject({ message: 'None.' })
})
