import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { HeadBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import {
  client,
  createCloud,
  deploy,
  destroy,
  inProcessTarget,
  readAssembly,
} from '@cloud-orrery/cloud'
import { App, CfnOutput, CustomResource, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda'
import { RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Bucket } from 'aws-cdk-lib/aws-s3'
import {
  AwsCustomResource,
  AwsCustomResourcePolicy,
  PhysicalResourceId,
  Provider,
} from 'aws-cdk-lib/custom-resources'
import { afterAll, expect, test } from 'vitest'

/** The CDK's own custom resources, with their own function code, as the CDK synthesises them. */

const folder = mkdtempSync(join(tmpdir(), 'orrery-cdk-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function synthesised(name: string, build: (stack: Stack) => void) {
  const outdir = join(folder, name)
  const app = new App({ outdir, analyticsReporting: false })
  build(new Stack(app, 'Strangers'))
  app.synth()
  return readAssembly(outdir)
}

function world() {
  const cloud = createCloud()
  const target = inProcessTarget(cloud)
  return {
    cloud,
    deployed: async (name: string, build: (stack: Stack) => void) => {
      const reasons: string[] = []
      const [done] = await deploy(target, synthesised(name, build), {
        onProgress: ({ status, logicalId, reason }) => {
          if (status.endsWith('_FAILED')) reasons.push(`${logicalId}: ${reason}`)
        },
      })
      return { status: done?.status, outputs: done?.outputs ?? {}, reasons }
    },
    removed: () => destroy(target, 'Strangers'),
    /** What the stack left: log groups of functions stay, as on AWS, and so does what bootstrapping made. */
    left: () =>
      cloud.inventory().filter((arn) => /strangers|by-sdk/i.test(arn) && !arn.includes(':logs:')),
  }
}

const timeout = 120_000

function sdkCalls(text: string) {
  return (stack: Stack) => {
    const bucket = new Bucket(stack, 'Data', {
      removalPolicy: RemovalPolicy.DESTROY,
      autoDeleteObjects: true,
    })
    new LambdaFunction(stack, 'Logged', {
      runtime: Runtime.NODEJS_22_X,
      handler: 'index.handler',
      code: Code.fromInline('exports.handler = async () => {}'),
      logRetention: RetentionDays.ONE_WEEK,
    })
    const put = {
      service: 'SSM',
      action: 'putParameter',
      parameters: { Name: 'by-sdk', Type: 'String', Value: text, Overwrite: true },
      physicalResourceId: PhysicalResourceId.of('by-sdk'),
    }
    const sdk = new AwsCustomResource(stack, 'BySdk', {
      installLatestAwsSdk: false,
      onCreate: put,
      onUpdate: put,
      onDelete: { service: 'SSM', action: 'deleteParameter', parameters: { Name: 'by-sdk' } },
      policy: AwsCustomResourcePolicy.fromSdkCalls({
        resources: AwsCustomResourcePolicy.ANY_RESOURCE,
      }),
    })
    new CfnOutput(stack, 'Bucket', { value: bucket.bucketName })
    new CfnOutput(stack, 'Version', { value: sdk.getResponseField('Version') })
  }
}

test('AwsCustomResource, autoDeleteObjects and log retention work as they are', {
  timeout,
}, async () => {
  const { cloud, deployed, removed, left } = world()
  const ssm = client(cloud, SSMClient)
  const s3 = client(cloud, S3Client)
  const put = async () =>
    (await ssm.send(new GetParameterCommand({ Name: 'by-sdk' }))).Parameter?.Value

  const made = await deployed('sdk-1', sdkCalls('hello'))
  expect(made).toMatchObject({ status: 'CREATE_COMPLETE', reasons: [] })
  expect([made.outputs['Version'], await put()]).toEqual(['1', 'hello'])
  const { logGroups = [] } = await client(cloud, CloudWatchLogsClient).send(
    new DescribeLogGroupsCommand({ logGroupNamePrefix: '/aws/lambda/Strangers-Logged' }),
  )
  expect(logGroups.map(({ retentionInDays }) => retentionInDays)).toEqual([7])

  const changed = await deployed('sdk-2', sdkCalls('again'))
  expect(changed).toMatchObject({ status: 'UPDATE_COMPLETE', outputs: { Version: '2' } })
  expect(await put()).toBe('again')

  // The Parameter Store refuses an empty value. The CDK's function then answers another physical id, so that the clean-up
  // of the rollback deletes what the rollback has just put: so it is on AWS (aws-cdk, issue 30012).
  const failed = await deployed('sdk-3', sdkCalls(''))
  expect(failed.status).toBe('UPDATE_ROLLBACK_COMPLETE')
  expect(failed.reasons[0]).toContain('BySdk')
  await expect(put()).rejects.toThrow()
  expect((await deployed('sdk-4', sdkCalls('third'))).status).toBe('UPDATE_COMPLETE')
  expect(await put()).toBe('third')

  const { Bucket: name } = made.outputs
  await s3.send(new PutObjectCommand({ Bucket: name, Key: 'left', Body: 'over' }))
  expect(await removed()).toBe('DELETE_COMPLETE')
  await expect(s3.send(new HeadBucketCommand({ Bucket: name }))).rejects.toThrow()
  await expect(put()).rejects.toThrow()
  expect(left()).toEqual([])
})

const onEvent = `
exports.handler = async ({ RequestType, PhysicalResourceId, ResourceProperties }) => {
  if (RequestType === 'Delete') return {}
  const { Text } = ResourceProperties
  if (Text === 'bad') throw new Error('a bad text')
  return { PhysicalResourceId: PhysicalResourceId ?? 'first', Data: { Shout: Text.toUpperCase() } }
}`

function provided(text: string) {
  return (stack: Stack) => {
    const onEventHandler = new LambdaFunction(stack, 'OnEvent', {
      runtime: Runtime.NODEJS_22_X,
      handler: 'index.handler',
      code: Code.fromInline(onEvent),
    })
    const { serviceToken } = new Provider(stack, 'Provider', { onEventHandler })
    const shout = new CustomResource(stack, 'Shout', {
      serviceToken,
      resourceType: 'Custom::Shout',
      properties: { Text: text },
    })
    new CfnOutput(stack, 'Shouted', { value: shout.getAttString('Shout') })
  }
}

/** The framework's function loads it whether it needs it or not; AWS's runtime has it. */
function hasStepFunctionsClient(): boolean {
  try {
    createRequire(import.meta.url).resolve('@aws-sdk/client-sfn')
    return true
  } catch {
    return false
  }
}

test.skipIf(!hasStepFunctionsClient())(
  'the provider framework works as it is (skipped where @aws-sdk/client-sfn is not installed)',
  { timeout },
  async () => {
    const { deployed, removed, left } = world()
    const made = await deployed('provided-1', provided('hello'))
    expect(made).toEqual({
      status: 'CREATE_COMPLETE',
      outputs: { Shouted: 'HELLO' },
      reasons: [],
    })
    const changed = await deployed('provided-2', provided('again'))
    expect(changed).toMatchObject({ status: 'UPDATE_COMPLETE', outputs: { Shouted: 'AGAIN' } })
    const failed = await deployed('provided-3', provided('bad'))
    expect(failed).toMatchObject({
      status: 'UPDATE_ROLLBACK_COMPLETE',
      outputs: { Shouted: 'AGAIN' },
    })
    expect(failed.reasons[0]).toContain('a bad text')
    expect(await removed()).toBe('DELETE_COMPLETE')
    expect(left()).toEqual([])
  },
)
