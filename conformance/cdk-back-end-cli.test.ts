import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn'
import { client, createCloud, listen } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'

/** The app of `back-ends/` by the unmodified `cdk` command line against the port. */

const run = promisify(execFile)
const app = fileURLToPath(new URL('./back-ends', import.meta.url))
const cdk = fileURLToPath(new URL('../node_modules/.bin/cdk', import.meta.url))

test('cdk deploys and destroys tables, workflows, schedules, secrets, mail and alarms', {
  timeout: 240_000,
}, async () => {
  const cloud = createCloud({ clock: { kind: 'real' } })
  const server = await listen(cloud, { port: 0, token: 'conformance' })
  const work = mkdtempSync(join(tmpdir(), 'orrery-cdk-'))
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
  const output = join(work, 'cdk.out')
  const told = async (...args: string[]) => {
    const { stdout, stderr } = await run(cdk, [...args, '--notices=false'], {
      cwd: app,
      env,
      maxBuffer: 2 ** 26,
    })
    return stdout + stderr
  }
  try {
    await told('bootstrap', 'aws://123456789012/us-east-1', '--output', output)
    const all = ['--all', '--app', output]
    await told('deploy', ...all, '--concurrency', '5', '--require-approval', 'never')

    const { Stacks = [] } = await client(cloud, CloudFormationClient).send(
      new DescribeStacksCommand({}),
    )
    const outputs = new Map(
      Stacks.flatMap((stack) => stack.Outputs ?? []).map((it) => [it.OutputKey, it.OutputValue]),
    )
    const tables = client(cloud, DynamoDBClient)
    const Item = { pk: { S: 'a' }, sk: { S: '1' }, kind: { S: 'book' } }
    await tables.send(new PutItemCommand({ TableName: outputs.get('OrdersName'), Item }))
    const states = client(cloud, SFNClient)
    const { executionArn } = await states.send(
      new StartExecutionCommand({
        stateMachineArn: outputs.get('PathsArn'),
        input: '{"items":["pen"]}',
      }),
    )
    await cloud.advance({ days: 31 })
    const { status } = await states.send(new DescribeExecutionCommand({ executionArn }))
    expect(status).toBe('SUCCEEDED')
    const countOf = async (name: string) =>
      (await tables.send(new ScanCommand({ TableName: outputs.get(name) }))).Count
    expect(await countOf('TotalsName')).toBe(1)
    expect(await countOf('TicksName')).toBe(31)

    await told('destroy', ...all, '--force')
    // Log groups of functions stay, as on AWS.
    const left = cloud
      .inventory()
      .filter((arn) => /backend/i.test(arn) && !/:logs:|:stack\//.test(arn))
    expect(left).toEqual([])
  } finally {
    await server.close()
    await cloud.code.ended()
    rmSync(work, { recursive: true, force: true })
  }
})
