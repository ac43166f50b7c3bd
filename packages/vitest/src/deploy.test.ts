import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CreateQueue } from '@cloud-orrery/models/sqs'
import { App, CfnOutput, Stack } from 'aws-cdk-lib'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import { expect, test } from './index.ts'

const template = {
  Parameters: { Delay: { Type: 'Number', Default: 0 } },
  Resources: { Jobs: { Type: 'AWS::SQS::Queue', Properties: { DelaySeconds: { Ref: 'Delay' } } } },
  Outputs: { Url: { Value: { Ref: 'Jobs' } } },
}

const queueUrl = (stack: string, region = 'us-east-1') =>
  expect.stringMatching(`^https://sqs.${region}.amazonaws.com/123456789012/${stack}-Jobs`)

/** A new app each time: the CDK does not synthesise one twice. */
function app(outdir?: string): App {
  const made = new App({ analyticsReporting: false, ...(outdir === undefined ? {} : { outdir }) })
  const stack = new Stack(made, 'FromApp')
  new CfnOutput(stack, 'Url', { value: new Queue(stack, 'Jobs').queueUrl })
  return made
}

test('deploys a template as an object', async ({ aws }) => {
  const options = { stackName: 'work', parameters: { Delay: '5' } }
  expect(await aws.deploy(template, options)).toEqual({
    stackName: 'work',
    stackId: expect.stringMatching(/^arn:aws:cloudformation:us-east-1:123456789012:stack\/work\//),
    status: 'CREATE_COMPLETE',
    outputs: { Url: queueUrl('work') },
  })
  expect((await aws.deploy(template, { stackName: 'work' })).status).toBe('UPDATE_COMPLETE')
  expect(await aws.destroy('work')).toBe('DELETE_COMPLETE')
  expect(aws.inventory()).not.toContainEqual(expect.stringContaining(':sqs:'))
})

test('deploys a template file, named after it unless told otherwise', async ({ aws }) => {
  const path = join(mkdtempSync(join(tmpdir(), 'orrery-deploy-')), 'jobs.yaml')
  writeFileSync(path, 'Resources: { Jobs: { Type: AWS::SQS::Queue } }')
  expect((await aws.deploy(path)).stackName).toBe('jobs')
  expect((await aws.deploy(path, { stackName: 'other' })).stackName).toBe('other')
})

test('deploys a CDK app, and the assembly that it was synthesised to', async ({ aws }) => {
  expect((await aws.deploy(app())).outputs).toEqual({ Url: queueUrl('FromApp') })
  const outdir = mkdtempSync(join(tmpdir(), 'orrery-cdk-out-'))
  app(outdir).synth()
  const again = await aws.deploy(outdir)
  expect(again.status).toBe('CREATE_COMPLETE') // There is nothing to update.
})

test('deploys the folder of a CDK app by the command in its cdk.json', async ({ aws }) => {
  const folder = new URL('../../../systems/14-cloudformation-events-workflow', import.meta.url)
  const { stackName, status } = await aws.deploy(fileURLToPath(folder))
  expect([stackName, status]).toEqual(['StackInventory', 'CREATE_COMPLETE'])
}, 60_000)

test('deploy throws with the reasons when a stack fails; tryDeploy gives what it came to', async ({
  aws,
}) => {
  await aws.call(CreateQueue, { QueueName: 'taken' })
  const failing = {
    Resources: {
      Jobs: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'taken', DelaySeconds: 9 } },
    },
  }
  await expect(aws.deploy(failing, { stackName: 'first' })).rejects.toThrow(
    /^Stack first came to ROLLBACK_COMPLETE:\n {2}Jobs: CREATE_FAILED .*already exists/,
  )
  const [stack, ...others] = await aws.tryDeploy(failing, { stackName: 'second' })
  expect([stack?.status, others]).toEqual(['ROLLBACK_COMPLETE', []])
})

test('a template that CloudFormation refuses is told with what to do', async ({ aws }) => {
  await expect(aws.tryDeploy({ Resources: {} })).rejects.toMatchObject({
    name: 'SimulatorError',
    code: 'DeployRefused',
    next: 'Mend the template and deploy again.',
  })
})

test('progress is told resource by resource', async ({ aws }) => {
  const seen: string[] = []
  await aws.deploy(template, {
    onProgress: ({ logicalId, status }) => seen.push(`${logicalId} ${status}`),
  })
  expect(seen).toEqual([
    'test-stack CREATE_IN_PROGRESS',
    'Jobs CREATE_IN_PROGRESS',
    'Jobs CREATE_IN_PROGRESS',
    'Jobs CREATE_COMPLETE',
    'test-stack CREATE_COMPLETE',
  ])
})

test('stacks of another account and region are deployed and deleted there', async ({ aws }) => {
  const made = new App({ analyticsReporting: false })
  const env = { account: '111122223333', region: 'eu-west-1' }
  new Queue(new Stack(made, 'Elsewhere', { env }), 'Jobs')
  const { stackId } = await aws.deploy(made)
  expect(stackId).toMatch(/^arn:aws:cloudformation:eu-west-1:111122223333:stack\/Elsewhere\//)
  const place = { accountId: env.account, region: env.region }
  expect(await aws.destroy('Elsewhere', place)).toBe('DELETE_COMPLETE')
})
