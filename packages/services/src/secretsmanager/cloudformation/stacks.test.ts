import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation'
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetResourcePolicyCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import { ListQueuesCommand, ListQueueTagsCommand, SQSClient } from '@aws-sdk/client-sqs'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import {
  asRecorded,
  expectRecorded,
  recording,
  recordingsPresent,
} from '../../shared/recorded.test-support.ts'

const recorded = test.skipIf(!recordingsPresent)
const file = 'cloudformation/resources/test_secretsmanager'

type Resources = Record<string, { Type: string; Properties: object }>

/** A cloud in which one stack is deployed again and again. */
function stack() {
  const cloud = createCloud({ accountId: '111111111111', deepFreeze: true })
  const cfn = client(cloud, CloudFormationClient)
  const StackName = 'stack-63e3fdc5'
  let exists = false
  return {
    cloud,
    sm: client(cloud, SecretsManagerClient),
    async deploy(Resources: Resources, Outputs: object = {}) {
      const input = { StackName, TemplateBody: JSON.stringify({ Resources, Outputs }) }
      await cfn.send(exists ? new UpdateStackCommand(input) : new CreateStackCommand(input))
      exists = true
      await cloud.advance({ minutes: 5 })
      const { Stacks: [found] = [] } = await cfn.send(new DescribeStacksCommand({ StackName }))
      const outputs = (found?.Outputs ?? []).map(
        ({ OutputKey = '', OutputValue = '' }): [string, string] => [OutputKey, OutputValue],
      )
      return {
        status: found?.StackStatus,
        stackId: found?.StackId ?? '',
        outputs: Object.fromEntries(outputs),
      }
    },
    async destroy() {
      await cfn.send(new DeleteStackCommand({ StackName }))
      await cloud.advance({ minutes: 5 })
    },
  }
}

const secret = (Properties: object) => ({ Type: 'AWS::SecretsManager::Secret', Properties })
const ref = { Id: { Value: { Ref: 'Secret' } } }

recorded('a generated secret has the tags of its stack', async () => {
  const content = recording(file, 'test_cfn_secretsmanager_gen_secret')
  const { sm, deploy } = stack()
  const { outputs, stackId } = await deploy(
    {
      Secret: secret({
        Name: 'a-secret',
        Description: 'Aurora Password',
        GenerateSecretString: {
          SecretStringTemplate: '{"username": "localstack-user"}',
          GenerateStringKey: 'password',
          PasswordLength: 30,
          IncludeSpace: false,
          ExcludePunctuation: true,
        },
      }),
    },
    ref,
  )
  const SecretId = outputs['Id'] ?? ''
  const described = await asRecorded(sm.send(new DescribeSecretCommand({ SecretId })))
  const [versionId = ''] = Object.keys(described['VersionIdsToStages'] as object)
  const text = JSON.stringify(content['secret'])
    // These were recorded as they were.
    .replace(/"arn:<partition>:cloudformation:[^"]+"/, JSON.stringify(stackId))
    .replace('2b1f1af7-47ee-aee1-5609-991d4352ae14', versionId)
  expectRecorded(
    described,
    JSON.parse(text),
    new Map([
      ['<partition>', 'aws'],
      ['<region>', 'us-east-1'],
    ]),
  )
  const { SecretString = '' } = await sm.send(new GetSecretValueCommand({ SecretId }))
  expect(JSON.parse(SecretString)).toEqual({
    username: 'localstack-user',
    password: expect.stringMatching(/^[A-Za-z0-9]{30}$/),
  })
})

recorded('a policy of a secret is named by the ARN of the secret', async () => {
  const content = recording(file, 'test_cfn_secret_policy[default]')
  const { sm, deploy } = stack()
  const { outputs } = await deploy(
    {
      Secret: secret({ Description: 'This is a secret' }),
      Policy: {
        Type: 'AWS::SecretsManager::ResourcePolicy',
        Properties: {
          SecretId: { Ref: 'Secret' },
          BlockPublicPolicy: true,
          ResourcePolicy: {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Principal: { AWS: { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:root' } },
                Action: 'secretsmanager:ReplicateSecretToRegions',
                Resource: '*',
              },
            ],
          },
        },
      },
    },
    { SecretId: { Value: { Ref: 'Secret' } }, SecretPolicyArn: { Value: { Ref: 'Policy' } } },
  )
  const bindings = new Map([
    ['<partition>', 'aws'],
    ['<region>', 'us-east-1'],
  ])
  expectRecorded(outputs, content['outputs'], bindings)
  const SecretId = outputs['SecretId'] ?? ''
  const { ResourcePolicy = '', ...rest } = await sm.send(new GetResourcePolicyCommand({ SecretId }))
  const answer = { ...rest, ResourcePolicy: JSON.parse(ResourcePolicy) as object }
  expectRecorded(await asRecorded(Promise.resolve(answer)), content['resource_policy'], bindings)
})

test('a secret that changes keeps its ARN, and gets a new value only with a new setting', async () => {
  const { sm, deploy, destroy } = stack()
  const GenerateSecretString = { PasswordLength: 20 }
  const first = await deploy({ Secret: secret({ GenerateSecretString, Description: 'a' }) }, ref)
  const SecretId = first.outputs['Id'] ?? ''
  expect(SecretId).toMatch(/:secret:Secret-[A-Za-z0-9]{12}-[A-Za-z0-9]{6}$/)
  const value = async () =>
    (await sm.send(new GetSecretValueCommand({ SecretId }))).SecretString ?? ''
  const before = await value()
  const second = await deploy({ Secret: secret({ GenerateSecretString, Description: 'b' }) }, ref)
  expect([second.status, second.outputs['Id'], await value()]).toEqual([
    'UPDATE_COMPLETE',
    SecretId,
    before,
  ])
  await deploy({ Secret: secret({ GenerateSecretString: { PasswordLength: 21 } }) }, ref)
  expect(await value()).toHaveLength(21)
  await destroy()
  const { SecretList } = await sm.send(new ListSecretsCommand({ IncludePlannedDeletion: true }))
  expect(SecretList).toEqual([])
})

test('dynamic references give the whole value, a member of it, or a version', async () => {
  const { cloud, sm, deploy } = stack()
  const SecretString = JSON.stringify({ name: 'orders', seconds: 90 })
  const { ARN, VersionId } = await sm.send(new CreateSecretCommand({ Name: 'cfg', SecretString }))
  await sm.send(new CreateSecretCommand({ Name: 'all', SecretString: '7' }))
  const { status } = await deploy({
    Queue: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        QueueName: `{{resolve:secretsmanager:${ARN}:SecretString:name}}-a`,
        Tags: [
          {
            Key: 'old',
            Value: `{{resolve:secretsmanager:cfg:SecretString:seconds::${VersionId}}}`,
          },
          { Key: 'all', Value: '{{resolve:secretsmanager:all}}' },
        ],
      },
    },
  })
  expect(status).toBe('CREATE_COMPLETE')
  const sqs = client(cloud, SQSClient)
  const { QueueUrls: [QueueUrl = ''] = [] } = await sqs.send(new ListQueuesCommand({}))
  const { Tags } = await sqs.send(new ListQueueTagsCommand({ QueueUrl }))
  expect([QueueUrl.split('/').at(-1), Tags]).toMatchObject(['orders-a', { old: '90', all: '7' }])
})

test('a member that a secret does not have fails the deployment', async () => {
  const { sm, deploy } = stack()
  await sm.send(new CreateSecretCommand({ Name: 'cfg', SecretString: '{}' }))
  const QueueName = '{{resolve:secretsmanager:cfg:SecretString:name}}'
  const { status } = await deploy({ Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName } } })
  expect(status).toBe('ROLLBACK_COMPLETE')
})
