import {
  CreateBackupCommand,
  DeleteBackupCommand,
  DeleteTableCommand,
  DescribeBackupCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  ListBackupsCommand,
  PutItemCommand,
  RestoreTableFromBackupCommand,
  RestoreTableToPointInTimeCommand,
  ScanCommand,
  UpdateContinuousBackupsCommand,
} from '@aws-sdk/client-dynamodb'
import { expect, test } from 'vitest'
import { streamed } from '../../dynamodbstreams/streams.test-support.ts'

async function backedUp() {
  const world = await streamed()
  const { dynamodb, cloud } = world
  const put = (id: string, n: number, TableName = 'orders') =>
    dynamodb.send(new PutItemCommand({ TableName, Item: { id: { S: id }, n: { N: String(n) } } }))
  const itemsOf = async (TableName: string) => {
    await cloud.advance({ seconds: 10 })
    const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName }))
    return Object.fromEntries(Items.map(({ id, n }) => [id?.S, n?.N]))
  }
  const recovery = (PointInTimeRecoveryEnabled: boolean, more: object = {}) =>
    dynamodb.send(
      new UpdateContinuousBackupsCommand({
        TableName: 'orders',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled, ...more },
      }),
    )
  return { ...world, put, itemsOf, recovery }
}

test('a backup is what the table was, and a table is made from it', async () => {
  const { cloud, dynamodb, put, itemsOf } = await backedUp()
  await put('a', 1)
  const made = await dynamodb.send(
    new CreateBackupCommand({ TableName: 'orders', BackupName: 'first' }),
  )
  const BackupArn = made.BackupDetails?.BackupArn ?? ''
  expect(BackupArn).toMatch(/:table\/orders\/backup\/\d{14}-[0-9a-f]{8}$/)
  expect(made.BackupDetails).toMatchObject({ BackupStatus: 'CREATING', BackupType: 'USER' })
  await put('a', 2)
  await put('b', 3)
  await cloud.advance({ seconds: 2 })
  const { BackupDescription } = await dynamodb.send(new DescribeBackupCommand({ BackupArn }))
  expect(BackupDescription?.BackupDetails?.BackupStatus).toBe('AVAILABLE')
  expect(BackupDescription?.SourceTableDetails).toMatchObject({
    TableName: 'orders',
    ItemCount: 1,
    BillingMode: 'PAY_PER_REQUEST',
  })
  const restore = () =>
    dynamodb.send(new RestoreTableFromBackupCommand({ BackupArn, TargetTableName: 'restored' }))
  await restore()
  expect(await itemsOf('restored')).toEqual({ a: '1' })
  const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: 'restored' }))
  expect(Table?.RestoreSummary).toEqual({
    SourceBackupArn: BackupArn,
    SourceTableArn: 'arn:aws:dynamodb:us-east-1:123456789012:table/orders',
    RestoreDateTime: made.BackupDetails?.BackupCreationDateTime,
    RestoreInProgress: false,
  })
  expect(Table?.StreamSpecification).toBeUndefined()
  await expect(restore()).rejects.toMatchObject({ name: 'TableAlreadyExistsException' })
  await dynamodb.send(new DeleteBackupCommand({ BackupArn }))
  await expect(dynamodb.send(new DescribeBackupCommand({ BackupArn }))).rejects.toMatchObject({
    name: 'BackupNotFoundException',
    message: `Backup not found: ${BackupArn}`,
  })
})

test('a table is restored to any second of its recovery period', async () => {
  const { cloud, dynamodb, put, itemsOf, recovery } = await backedUp()
  await put('a', 1)
  await recovery(true)
  await cloud.advance({ minutes: 10 })
  await put('a', 2)
  await put('b', 2)
  await cloud.advance({ minutes: 10 })
  await put('b', 3)
  await cloud.advance({ hours: 1 })
  const restore = (TargetTableName: string, minutes: number) =>
    dynamodb.send(
      new RestoreTableToPointInTimeCommand({
        SourceTableName: 'orders',
        TargetTableName,
        RestoreDateTime: new Date(Date.parse('2026-01-01T00:00:10Z') + minutes * 60_000),
      }),
    )
  await restore('after-five', 5)
  await restore('after-fifteen', 15)
  await restore('after-thirty', 30)
  expect(await itemsOf('after-five')).toEqual({ a: '1' })
  expect(await itemsOf('after-fifteen')).toEqual({ a: '2', b: '2' })
  expect(await itemsOf('after-thirty')).toEqual({ a: '2', b: '3' })
  await expect(restore('before', -1)).rejects.toMatchObject({ name: 'InvalidRestoreTimeException' })
  await expect(restore('too-new', 79)).rejects.toMatchObject({
    name: 'InvalidRestoreTimeException',
  })
})

test('the recovery period is what was asked for, 35 days at the most', async () => {
  const { cloud, dynamodb, recovery } = await backedUp()
  const described = async () => {
    const { ContinuousBackupsDescription: it } = await dynamodb.send(
      new DescribeContinuousBackupsCommand({ TableName: 'orders' }),
    )
    return it?.PointInTimeRecoveryDescription
  }
  expect(await described()).toEqual({ PointInTimeRecoveryStatus: 'DISABLED' })
  await expect(
    dynamodb.send(
      new RestoreTableToPointInTimeCommand({
        SourceTableName: 'orders',
        TargetTableName: 'other',
        UseLatestRestorableTime: true,
      }),
    ),
  ).rejects.toMatchObject({
    name: 'PointInTimeRecoveryUnavailableException',
    message: "Point in time recovery is not enabled for table 'orders'",
  })
  await recovery(true, { RecoveryPeriodInDays: 7 })
  await cloud.advance({ days: 30 })
  expect(await described()).toEqual({
    PointInTimeRecoveryStatus: 'ENABLED',
    RecoveryPeriodInDays: 7,
    EarliestRestorableDateTime: new Date('2026-01-24T00:00:10Z'),
    LatestRestorableDateTime: new Date('2026-01-30T23:55:10Z'),
  })
  await expect(recovery(true, { RecoveryPeriodInDays: 36 })).rejects.toMatchObject({
    name: 'ValidationException',
  })
})

test('a deleted table that had recovery leaves a backup for 35 days', async () => {
  const { cloud, dynamodb, put, recovery, itemsOf } = await backedUp()
  await put('a', 1)
  await recovery(true)
  await dynamodb.send(new DeleteTableCommand({ TableName: 'orders' }))
  await cloud.advance({ days: 30 })
  const listed = async () => {
    const { BackupSummaries } = await dynamodb.send(
      new ListBackupsCommand({ BackupType: 'SYSTEM' }),
    )
    return BackupSummaries ?? []
  }
  const [backup] = await listed()
  expect(backup?.BackupName).toBe('orders$DeletedTableBackup')
  await dynamodb.send(
    new RestoreTableFromBackupCommand({
      BackupArn: backup?.BackupArn,
      TargetTableName: 'orders',
    }),
  )
  expect(await itemsOf('orders')).toEqual({ a: '1' })
  await cloud.advance({ days: 6 })
  expect(await listed()).toEqual([])
})
