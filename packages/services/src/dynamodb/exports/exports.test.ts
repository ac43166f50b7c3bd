import { gunzipSync } from 'node:zlib'
import {
  DeleteItemCommand,
  DescribeExportCommand,
  ExportTableToPointInTimeCommand,
  type ExportTableToPointInTimeCommandInput,
  ListExportsCommand,
  PutItemCommand,
  UpdateContinuousBackupsCommand,
} from '@aws-sdk/client-dynamodb'
import { CreateBucketCommand, GetObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { client } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { streamed } from '../../dynamodbstreams/streams.test-support.ts'

const TableArn = 'arn:aws:dynamodb:us-east-1:123456789012:table/orders'

async function exported() {
  const world = await streamed()
  const { dynamodb, cloud } = world
  const s3 = client(cloud, S3Client)
  await s3.send(new CreateBucketCommand({ Bucket: 'exported' }))
  const enable = () =>
    dynamodb.send(
      new UpdateContinuousBackupsCommand({
        TableName: 'orders',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      }),
    )
  const put = (id: string, n: number) =>
    dynamodb.send(
      new PutItemCommand({
        TableName: 'orders',
        Item: { id: { S: id }, n: { N: String(n) }, raw: { B: Buffer.from('raw') } },
      }),
    )
  const run = async (input: Partial<ExportTableToPointInTimeCommandInput> = {}) => {
    const { ExportDescription: made } = await dynamodb.send(
      new ExportTableToPointInTimeCommand({ TableArn, S3Bucket: 'exported', ...input }),
    )
    await cloud.advance({ minutes: 5 })
    const ExportArn = made?.ExportArn
    const { ExportDescription } = await dynamodb.send(new DescribeExportCommand({ ExportArn }))
    return ExportDescription
  }
  const bytes = async (Key: string) => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'exported', Key }))
    return Buffer.from((await Body?.transformToByteArray()) ?? [])
  }
  const json = async (Key: string) =>
    JSON.parse((await bytes(Key)).toString()) as Record<string, string>
  const lines = async (manifest: string | undefined) => {
    const summary = await json(manifest ?? '')
    const file = await json(String(summary['manifestFilesS3Key']))
    const text = gunzipSync(await bytes(String(file['dataFileS3Key']))).toString()
    const parsed = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, never>)
    return { summary, file, parsed }
  }
  return { ...world, enable, put, run, lines, json }
}

test('an export has the items of its moment, and manifests', async () => {
  const { cloud, enable, put, run, lines } = await exported()
  await enable()
  await put('a', 1)
  const ExportTime = new Date(cloud.kernel.clock.nowMs)
  await cloud.advance({ minutes: 10 })
  await put('a', 2)
  await put('b', 2)
  const done = await run({ ExportTime, S3Prefix: 'daily' })
  expect(done?.ExportStatus).toBe('COMPLETED')
  const id = done?.ExportArn?.split('/').at(-1)
  expect(done?.ExportManifest).toBe(`daily/AWSDynamoDB/${id}/manifest-summary.json`)
  const { summary, file, parsed } = await lines(done?.ExportManifest)
  expect(parsed).toEqual([{ Item: { id: { S: 'a' }, n: { N: '1' }, raw: { B: 'cmF3' } } }])
  expect(summary).toEqual({
    version: '2020-06-30',
    exportArn: done?.ExportArn,
    startTime: done?.StartTime?.toISOString(),
    endTime: expect.any(String),
    tableArn: TableArn,
    tableId: done?.TableId,
    exportTime: ExportTime.toISOString(),
    s3Bucket: 'exported',
    s3Prefix: 'daily',
    s3SseAlgorithm: 'AES256',
    s3SseKmsKeyId: null,
    manifestFilesS3Key: `daily/AWSDynamoDB/${id}/manifest-files.json`,
    billedSizeBytes: 12,
    itemCount: 1,
    outputFormat: 'DYNAMODB_JSON',
    exportType: 'FULL_EXPORT',
  })
  expect(file).toMatchObject({
    itemCount: 1,
    dataFileS3Key: expect.stringMatching(
      new RegExp(`^daily/AWSDynamoDB/${id}/data/[a-z2-7]{26}\\.json\\.gz$`),
    ),
  })
})

test('an incremental export has what changed in its span', async () => {
  const { cloud, dynamodb, enable, put, run, lines } = await exported()
  await enable()
  await put('old', 1)
  await put('gone', 1)
  await cloud.advance({ minutes: 10 })
  const ExportFromTime = new Date(cloud.kernel.clock.nowMs)
  await put('old', 2)
  await put('old', 3)
  await put('new', 1)
  await dynamodb.send(new DeleteItemCommand({ TableName: 'orders', Key: { id: { S: 'gone' } } }))
  await cloud.advance({ minutes: 20 })
  const ExportToTime = new Date(cloud.kernel.clock.nowMs)
  await put('old', 4)
  const done = await run({
    ExportType: 'INCREMENTAL_EXPORT',
    IncrementalExportSpecification: { ExportFromTime, ExportToTime },
  })
  const { parsed } = await lines(done?.ExportManifest)
  const raw = { B: 'cmF3' }
  const WriteTimestampMicros = String(ExportFromTime.getTime() * 1000)
  const item = (id: string, n: number) => ({ id: { S: id }, n: { N: String(n) }, raw })
  expect(parsed).toEqual([
    {
      Metadata: { WriteTimestampMicros },
      Keys: { id: { S: 'old' } },
      NewImage: item('old', 3),
      OldImage: item('old', 1),
    },
    { Metadata: { WriteTimestampMicros }, Keys: { id: { S: 'new' } }, NewImage: item('new', 1) },
    { Metadata: { WriteTimestampMicros }, Keys: { id: { S: 'gone' } }, OldImage: item('gone', 1) },
  ])
})

test('an export needs recovery, a bucket, and a format that is there', async () => {
  const { dynamodb, enable, run } = await exported()
  await expect(run()).rejects.toMatchObject({ name: 'PointInTimeRecoveryUnavailableException' })
  await enable()
  await expect(run({ ExportFormat: 'ION' })).rejects.toMatchObject({
    name: 'NotImplemented',
    message: 'Orrery does not model ExportFormat ION of dynamodb:ExportTableToPointInTime.',
  })
  const failed = await run({ S3Bucket: 'nobodys' })
  expect([failed?.ExportStatus, failed?.FailureCode]).toEqual(['FAILED', 'S3NoSuchBucket'])
  const { ExportSummaries } = await dynamodb.send(new ListExportsCommand({ TableArn }))
  expect(ExportSummaries).toEqual([
    { ExportArn: failed?.ExportArn, ExportStatus: 'FAILED', ExportType: 'FULL_EXPORT' },
  ])
})
