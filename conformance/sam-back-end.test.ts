import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation'
import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn'
import { type Cloud, client, createCloud, listen } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'

/** A serverless template with tables, a function, state machines and schedules, by the unmodified AWS CLI. */

const run = promisify(execFile)
const app = fileURLToPath(new URL('./sam-app/', import.meta.url))
const venv = fileURLToPath(new URL('../.orrery/venv/bin/', import.meta.url))
const aws = [`${venv}aws`, '/usr/bin/aws'].find((path) => existsSync(path))

type Command = (...args: string[]) => Promise<string>

async function withCommand(use: (cloud: Cloud, cli: Command, work: string) => Promise<void>) {
  const cloud = createCloud({ clock: { kind: 'real' } })
  const server = await listen(cloud, { port: 0, token: 'conformance' })
  const work = mkdtempSync(join(tmpdir(), 'orrery-sam-'))
  const { accessKeyId, secretAccessKey } = cloud.credentials()
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: work,
    AWS_ENDPOINT_URL: server.url,
    AWS_DEFAULT_REGION: cloud.defaultRegion,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  }
  const cli: Command = async (...args) => {
    const all = ['--endpoint-url', server.url, 'cloudformation', ...args]
    return (await run(aws ?? '', all, { env, cwd: app, timeout: 100_000 })).stdout
  }
  try {
    await use(cloud, cli, work)
  } finally {
    await server.close()
    await cloud.code.ended()
    rmSync(work, { recursive: true, force: true })
  }
}

const logicalIds = [
  'Jobs',
  'Nightly',
  'NightlyAliaslive',
  'NightlyRole',
  'NightlyRule',
  'NightlyRuleRole',
  'NightlySchedule',
  'NightlyScheduleRole',
  'NightlyVersion',
  'Orders',
  'Seen',
  'Shipping',
  'ShippingPlaced',
  'ShippingPlacedRole',
  'ShippingRole',
  'Worker',
  'WorkerChanges',
  'WorkerDaily',
  'WorkerDailyQueue',
  'WorkerDailyRole',
  'WorkerHourly',
  'WorkerHourlyPermission',
  'WorkerJobs',
  'WorkerRole',
]

const everything = [
  'event by a rule',
  'function by a change',
  'function by a queue',
  'function by a rule',
  'function by a schedule',
  'machine by a rule',
  'machine by a schedule',
]

test.skipIf(aws === undefined)(
  'aws cloudformation package and deploy bring up tables, a function, state machines and schedules (skipped without the AWS CLI)',
  { timeout: 120_000 },
  () =>
    withCommand(async (cloud, cli, work) => {
      await client(cloud, S3Client).send(new CreateBucketCommand({ Bucket: 'artefacts' }))
      const packaged = join(work, 'packaged.yaml')
      const files = ['--template-file', 'back-end.yaml', '--output-template-file', packaged]
      await cli('package', '--s3-bucket', 'artefacts', ...files)
      const stack = ['--stack-name', 'shop', '--capabilities', 'CAPABILITY_IAM']
      // In two steps: `deploy` itself looks at its stack every 30 s of real time only.
      const prepared = await cli(
        'deploy',
        ...stack,
        '--template-file',
        packaged,
        '--no-execute-changeset',
      )
      const changeSet = /arn:aws:cloudformation:\S+/.exec(prepared)?.[0] ?? ''
      await cli('execute-change-set', '--change-set-name', changeSet)
      await cloud.advance({ minutes: 5 })

      const cfn = client(cloud, CloudFormationClient)
      const made = await cfn.send(new DescribeStackResourcesCommand({ StackName: 'shop' }))
      const ids = made.StackResources?.map(({ LogicalResourceId }) => LogicalResourceId).sort()
      expect(ids).toEqual(logicalIds)

      const { Stacks } = await cfn.send(new DescribeStacksCommand({ StackName: 'shop' }))
      const outputs = new Map(Stacks?.[0]?.Outputs?.map((it) => [it.OutputKey, it.OutputValue]))
      const tables = client(cloud, DynamoDBClient)
      await tables.send(
        new PutItemCommand({ TableName: outputs.get('Orders'), Item: { id: { S: 'a change' } } }),
      )
      const Detail = JSON.stringify({ what: 'event by a rule' })
      await client(cloud, EventBridgeClient).send(
        new PutEventsCommand({ Entries: [{ Source: 'shop', DetailType: 'placed', Detail }] }),
      )
      await cloud.advance({ hours: 25 })
      const seen = async () => {
        const { Items = [] } = await tables.send(
          new ScanCommand({ TableName: outputs.get('Seen'), ConsistentRead: true }),
        )
        return Items.map(({ what }) => what?.S).sort()
      }
      await expect.poll(seen, { timeout: 20_000 }).toEqual(everything)

      const machines = client(cloud, SFNClient)
      const { executionArn } = await machines.send(
        new StartExecutionCommand({ stateMachineArn: outputs.get('Live'), input: '{"what":"me"}' }),
      )
      const { stateMachineVersionArn = '' } = await machines.send(
        new DescribeExecutionCommand({ executionArn }),
      )
      expect(stateMachineVersionArn).toBe(`${outputs.get('Nightly')}:1`)
      await expect.poll(seen, { timeout: 20_000 }).toContain('me')

      await cli('delete-stack', '--stack-name', 'shop')
      await cloud.advance({ minutes: 5 })
      const left = cloud.inventory().filter((arn) => /:.*shop/.test(arn) && !/:logs:/.test(arn))
      expect(left).toEqual([])
    }),
)
