import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { type Cloud, client, createCloud, listen } from '@cloud-orrery/cloud'
import { expect, onTestFinished, test } from 'vitest'

/** The unmodified `cdk` command line against the port: what an engineer does with an app on the first day. */

const run = promisify(execFile)
const app = fileURLToPath(new URL('./cdk-app', import.meta.url))
const cdk = fileURLToPath(new URL('../node_modules/.bin/cdk', import.meta.url))
const venv = fileURLToPath(new URL('../.orrery/venv/bin', import.meta.url))

// Functions in Python run on the Python of the path: the one with boto3, as on AWS.
process.env['PATH'] = `${venv}:${process.env['PATH'] ?? ''}`
const hasBoto3 = spawnSync('python3', ['-c', 'import boto3']).status === 0

async function withPort(cloud: Cloud) {
  const server = await listen(cloud, { port: 0, token: 'conformance' })
  const work = mkdtempSync(join(tmpdir(), 'orrery-cdk-'))
  onTestFinished(async () => {
    await server.close()
    await cloud.code.ended()
    rmSync(work, { recursive: true, force: true })
  })
  const { accessKeyId, secretAccessKey } = cloud.credentials()
  const env = {
    ...process.env,
    HOME: work,
    CI: 'true',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    AWS_ENDPOINT_URL: server.url,
    AWS_REGION: cloud.defaultRegion,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  }
  /** What the command printed, and how it ended. */
  return async (...args: string[]): Promise<{ code: number; text: string }> => {
    const [verb = '', ...rest] = args
    const all = [verb, '--output', join(work, 'cdk.out'), '--notices=false', ...rest]
    try {
      const { stdout, stderr } = await run(cdk, all, { cwd: app, env, maxBuffer: 2 ** 26 })
      return { code: 0, text: stdout + stderr }
    } catch (error) {
      const {
        stdout = '',
        stderr = '',
        code = 1,
      } = error as { stdout?: string; stderr?: string; code?: number }
      return { code, text: stdout + stderr }
    }
  }
}

async function outputsOf(cloud: Cloud, StackName: string): Promise<Record<string, string>> {
  const { Stacks } = await client(cloud, CloudFormationClient).send(
    new DescribeStacksCommand({ StackName }),
  )
  const outputs = Stacks?.[0]?.Outputs ?? []
  return Object.fromEntries(outputs.map((one) => [one.OutputKey ?? '', one.OutputValue ?? '']))
}

async function keysOf(cloud: Cloud, Bucket: string): Promise<string[]> {
  const { Contents = [] } = await client(cloud, S3Client).send(new ListObjectsV2Command({ Bucket }))
  return Contents.map(({ Key = '' }) => Key)
}

async function textOf(cloud: Cloud, Bucket: string, Key: string): Promise<string | undefined> {
  const { Body } = await client(cloud, S3Client).send(new GetObjectCommand({ Bucket, Key }))
  return await Body?.transformToString()
}

test.skipIf(!hasBoto3)(
  'cdk bootstrap, deploy, diff and destroy do their work (skipped where Python has no boto3)',
  { timeout: 400_000 },
  async () => {
    const cloud = createCloud({ clock: { kind: 'real' } })
    const cdk = await withPort(cloud)
    expect(await cdk('bootstrap', 'aws://123456789012/us-east-1')).toMatchObject({ code: 0 })
    const deployed = await cdk('deploy', '--all', '--require-approval', 'never')
    expect(deployed, deployed.text).toMatchObject({ code: 0 })

    const outputs = await outputsOf(cloud, 'StrangerWork')
    const { BucketName = '', QueueUrl, ReaderName } = outputs
    expect(await keysOf(cloud, BucketName)).toEqual(['index.html', 'marker'])
    expect(await textOf(cloud, BucketName, 'marker')).toBe('made by a function')

    const sqs = client(cloud, SQSClient)
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'first' }))
    const isKept = async () => (await keysOf(cloud, BucketName)).includes('orders/first')
    await expect.poll(isKept, { timeout: 30_000 }).toBe(true)

    const read = await client(cloud, LambdaClient).send(
      new InvokeCommand({ FunctionName: ReaderName, Payload: JSON.stringify({ key: 'marker' }) }),
    )
    const answer = Buffer.from(read.Payload ?? []).toString()
    expect(JSON.parse(answer)).toEqual({
      keys: ['index.html', 'marker', 'orders/first'],
      text: 'made by a function',
    })
    const { logGroups = [] } = await client(cloud, CloudWatchLogsClient).send(
      new DescribeLogGroupsCommand({ logGroupNamePrefix: '/aws/lambda/StrangerWork-Worker' }),
    )
    expect(logGroups.map(({ retentionInDays }) => retentionInDays)).toEqual([7])

    expect(await cdk('diff', '--fail', '--all')).toMatchObject({ code: 0 })
    const changed = ['--context', 'text=changed']
    const diff = await cdk('diff', '--fail', ...changed, '--all')
    expect([diff.code, /Text/.test(diff.text)]).toEqual([1, true])
    const again = await cdk('deploy', '--all', '--require-approval', 'never', ...changed)
    expect(again, again.text).toMatchObject({ code: 0 })
    expect(await textOf(cloud, BucketName, 'marker')).toBe('changed')

    const destroyed = await cdk('destroy', '--all', '--force')
    expect(destroyed, destroyed.text).toMatchObject({ code: 0 })
    // Of functions, log groups stay that no stack owns, as on AWS.
    const left = cloud
      .inventory()
      .filter((arn) => /[Ss]tranger/.test(arn) && !/:log-group:|:stack\//.test(arn))
    expect(left).toEqual([])
  },
)
