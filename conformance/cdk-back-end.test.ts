import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch'
import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2'
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn'
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import {
  type Cloud,
  client,
  createCloud,
  deploy,
  destroy,
  inProcessTarget,
  readAssembly,
} from '@cloud-orrery/cloud'
import { App, Stack } from 'aws-cdk-lib'
import { afterAll, expect, test } from 'vitest'
import { clockwork, sealed, tables, watched, workflows } from './back-ends/stacks.ts'

/** The CDK's L2 constructs for whole back ends: deployed, used once, deleted, with nothing left. */

const folder = mkdtempSync(join(tmpdir(), 'orrery-cdk-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const timeout = 60_000

/** Deploys a stack into a fresh cloud, has `use` work with it, deletes it and looks for what is left. */
async function lifeOf(
  build: (stack: Stack) => void,
  use: (cloud: Cloud, outputs: Readonly<Record<string, string>>) => Promise<void>,
): Promise<void> {
  const outdir = mkdtempSync(join(folder, 'app-'))
  const app = new App({ outdir, analyticsReporting: false })
  build(new Stack(app, 'BackEnd'))
  app.synth()
  const cloud = createCloud()
  const target = inProcessTarget(cloud)
  const reasons: string[] = []
  const [done] = await deploy(target, readAssembly(outdir), {
    onProgress: ({ status, logicalId, reason }) => {
      if (status.endsWith('_FAILED')) reasons.push(`${logicalId}: ${reason}`)
    },
  })
  expect(reasons).toEqual([])
  await use(cloud, done?.outputs ?? {})
  await destroy(target, 'BackEnd')
  await cloud.advance({ hours: 1 })
  // Log groups of functions stay, as on AWS.
  const left = cloud.inventory().filter((arn) => /backend/i.test(arn) && !arn.includes(':logs:'))
  expect(left).toEqual([])
  cloud.close()
}

test(
  'TableV2 with indexes feeds a function by its stream; Table holds what it counts',
  { timeout },
  () =>
    lifeOf(tables, async (cloud, outputs) => {
      const client_ = client(cloud, DynamoDBClient)
      const TableName = outputs['OrdersName']
      for (const [pk, kind] of [
        ['a', 'book'],
        ['b', 'pen'],
        ['c', 'book'],
      ] as const) {
        const Item = { pk: { S: pk }, sk: { S: '1' }, kind: { S: kind } }
        await client_.send(new PutItemCommand({ TableName, Item }))
      }
      await cloud.advance({ minutes: 1 })
      const { Items = [] } = await client_.send(
        new ScanCommand({ TableName: outputs['TotalsName'] }),
      )
      const counted = Items.map(({ kind, orders }) => [kind?.S, orders?.N]).sort()
      expect(counted).toEqual([
        ['book', '2'],
        ['pen', '1'],
      ])
    }),
)

test(
  'StateMachines in both languages call functions, a table and a queue, and wait a month',
  { timeout },
  () =>
    lifeOf(workflows, async (cloud, outputs) => {
      const states = client(cloud, SFNClient)
      const run = async (stateMachineArn: string | undefined, input: object) => {
        const start = new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) })
        const { executionArn } = await states.send(start)
        await cloud.advance({ days: 31 })
        return states.send(new DescribeExecutionCommand({ executionArn }))
      }
      const paths = await run(outputs['PathsArn'], { items: ['pen', 'book'] })
      expect([paths.status, paths.cause]).toEqual(['SUCCEEDED', undefined])
      const scan = new ScanCommand({ TableName: outputs['PricesName'] })
      const { Items = [] } = await client(cloud, DynamoDBClient).send(scan)
      const kept = Items.map(({ item, price }) => [item?.S, price?.N]).sort()
      expect(kept).toEqual([
        ['book', '4'],
        ['pen', '3'],
      ])
      const receive = new ReceiveMessageCommand({ QueueUrl: outputs['DoneUrl'] })
      const { Messages = [] } = await client(cloud, SQSClient).send(receive)
      expect(Messages.map(({ Body }) => Body)).toEqual(['["pen","book"]'])
      const data = await run(outputs['DataArn'], { prices: [3, 4] })
      expect(JSON.parse(data.output ?? '')).toEqual({ item: 'x7', price: 2 })
    }),
)

test('Schedule invokes a function every morning where its people are', { timeout }, () =>
  lifeOf(clockwork, async (cloud, outputs) => {
    await cloud.advance({ days: 2 })
    const scan = new ScanCommand({ TableName: outputs['TicksName'] })
    const { Items = [] } = await client(cloud, DynamoDBClient).send(scan)
    expect(Items.map(({ at }) => at?.S).sort()).toEqual([
      'cdk 2026-01-01T08:00:00.000Z',
      'cdk 2026-01-02T08:00:00.000Z',
    ])
  }),
)

test(
  'Secret is rotated each month; EmailIdentity with its ConfigurationSet sends',
  { timeout },
  () =>
    lifeOf(sealed, async (cloud, outputs) => {
      const secrets = client(cloud, SecretsManagerClient)
      const get = new GetSecretValueCommand({ SecretId: outputs['SecretArn'] })
      const { SecretString: first } = await secrets.send(get)
      expect(first).toMatch(/^[A-Za-z0-9]{24}$/)
      await cloud.advance({ days: 32 })
      expect((await secrets.send(get)).SecretString).toBe('rotated')
      const { MessageId } = await client(cloud, SESv2Client).send(
        new SendEmailCommand({
          FromEmailAddress: 'hello@shop.example.com',
          Destination: { ToAddresses: ['success@simulator.amazonses.com'] },
          Content: { Simple: { Subject: { Data: 'Hi' }, Body: { Text: { Data: 'there' } } } },
        }),
      )
      expect(MessageId).toMatch(/^[0-9a-f-]+$/)
    }),
)

test(
  'Alarm on a MathExpression raises a CompositeAlarm; Dashboard and MetricFilter stand',
  { timeout },
  () =>
    lifeOf(watched, async (cloud, outputs) => {
      const invoke = new InvokeCommand({ FunctionName: outputs['FailingName'] })
      expect((await client(cloud, LambdaClient).send(invoke)).FunctionError).toBe('Unhandled')
      await cloud.advance({ minutes: 2 })
      const describe = new DescribeAlarmsCommand({ AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] })
      const { MetricAlarms = [], CompositeAlarms = [] } = await client(
        cloud,
        CloudWatchClient,
      ).send(describe)
      const states = [...MetricAlarms, ...CompositeAlarms].map((it) => [
        it.AlarmName,
        it.StateValue,
      ])
      expect(states).toEqual([
        ['quiet', 'INSUFFICIENT_DATA'],
        ['rate', 'ALARM'],
        ['over', 'ALARM'],
      ])
    }),
)
