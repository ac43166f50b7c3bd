import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation'
import {
  CreateRoleCommand,
  GetRoleCommand,
  IAMClient,
  NoSuchEntityException,
} from '@aws-sdk/client-iam'
import {
  PublishBatchCommand,
  PublishCommand,
  SetTopicAttributesCommand,
  SNSClient,
} from '@aws-sdk/client-sns'
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { AwsError, loadServiceModel } from '@cloud-orrery/models'
import { expect, test } from 'vitest'
import { sdkDoor } from './sdk-door.test-support.ts'

const at = Date.UTC(2026, 0, 2, 3, 4, 5)

test('SNS: attributes of a message arrive as sent', async () => {
  const { seen, config } = sdkDoor(loadServiceModel('sns'), () => ({ MessageId: 'm-1' }))
  const sent = {
    TopicArn: 'arn:aws:sns:us-east-1:123456789012:t',
    Message: 'a=b&c d+e%ü☃',
    MessageAttributes: {
      'a.b': { DataType: 'String', StringValue: 'x' },
      bytes: { DataType: 'Binary', BinaryValue: Uint8Array.of(0, 255) },
    },
  }
  const result = await new SNSClient(config).send(new PublishCommand(sent))
  expect(seen).toMatchObject([
    { operation: 'Publish', protocol: 'awsQuery', signatureIsValid: true },
  ])
  expect(seen[0]?.input).toEqual(sent)
  expect(result).toMatchObject({ MessageId: 'm-1', $metadata: { requestId: 'request-1' } })
})

test('SNS: a batch and its failures, and an operation without output', async () => {
  const output = {
    Successful: [{ Id: '1', MessageId: 'm' }],
    Failed: [{ Id: '2', Code: 'C', SenderFault: true }],
  }
  const { seen, config } = sdkDoor(loadServiceModel('sns'), (_input, { operation }) =>
    operation.name === 'PublishBatch' ? output : undefined,
  )
  const client = new SNSClient(config)
  const sent = {
    TopicArn: 'arn:aws:sns:us-east-1:123456789012:t',
    PublishBatchRequestEntries: [
      { Id: '1', Message: 'a' },
      { Id: '2', Message: 'b' },
    ],
  }
  expect(await client.send(new PublishBatchCommand(sent))).toMatchObject(output)
  expect(seen[0]?.input).toEqual(sent)
  const attribute = { TopicArn: sent.TopicArn, AttributeName: 'Policy', AttributeValue: '' }
  await client.send(new SetTopicAttributesCommand(attribute))
  expect(seen[1]?.input).toEqual(attribute)
})

test('IAM: a role goes out and comes back with its dates and tags', async () => {
  const role = {
    Path: '/',
    RoleName: 'r',
    RoleId: 'AROA',
    Arn: 'arn:aws:iam::123456789012:role/r',
    CreateDate: at,
    MaxSessionDuration: 3600,
    Tags: [{ Key: 'k', Value: '' }],
  }
  const { seen, config } = sdkDoor(loadServiceModel('iam'), () => ({ Role: role }))
  const sent = {
    RoleName: 'r',
    AssumeRolePolicyDocument: '{"a": "<&>"}',
    Tags: [{ Key: 'k', Value: '' }],
  }
  const { Role } = await new IAMClient(config).send(new CreateRoleCommand(sent))
  expect(seen[0]?.input).toEqual(sent)
  expect(Role).toEqual({ ...role, CreateDate: new Date(at) })
})

test('IAM: a refusal has its class and code', async () => {
  const { config } = sdkDoor(loadServiceModel('iam'), () => {
    const descriptor = {
      kind: 'error',
      code: 'NoSuchEntityException',
      status: 404,
      fault: 'client',
      queryCode: 'NoSuchEntity',
      queryStatus: 404,
    } as const
    throw new AwsError(descriptor, 'The role with name r cannot be found.')
  })
  const error = await new IAMClient(config)
    .send(new GetRoleCommand({ RoleName: 'r' }))
    .catch((cause: unknown) => cause)
  expect(error).toBeInstanceOf(NoSuchEntityException)
  expect(error).toMatchObject({
    message: 'The role with name r cannot be found.',
    $metadata: { httpStatusCode: 404, requestId: 'request-1' },
  })
})

test('STS: credentials come back; a call without input decodes to nothing', async () => {
  const issued = { AccessKeyId: 'ASIA', SecretAccessKey: 's', SessionToken: 't', Expiration: at }
  const { seen, config } = sdkDoor(loadServiceModel('sts'), (_input, { operation }) =>
    operation.name === 'AssumeRole' ? { Credentials: issued } : { Account: '123456789012' },
  )
  const client = new STSClient(config)
  const sent = {
    RoleArn: 'arn:aws:iam::123456789012:role/r',
    RoleSessionName: 's',
    TransitiveTagKeys: ['a', 'b'],
  }
  const { Credentials } = await client.send(new AssumeRoleCommand(sent))
  expect(Credentials).toEqual({ ...issued, Expiration: new Date(at) })
  expect((await client.send(new GetCallerIdentityCommand({}))).Account).toBe('123456789012')
  expect(seen.map(({ input }) => input)).toEqual([sent, {}])
  expect(seen.every(({ signatureIsValid }) => signatureIsValid)).toBe(true)
})

test('CloudFormation: nested lists go out, stacks come back', async () => {
  const stack = {
    StackName: 's',
    CreationTime: at + 123,
    StackStatus: 'CREATE_COMPLETE',
    DisableRollback: false,
    Outputs: [{ OutputKey: 'k', OutputValue: ' v ' }],
    Capabilities: [],
  }
  const { seen, config } = sdkDoor(loadServiceModel('cloudformation'), (_input, { operation }) =>
    operation.name === 'CreateStack' ? { StackId: 'arn' } : { Stacks: [stack] },
  )
  const client = new CloudFormationClient(config)
  const sent = {
    StackName: 's',
    TemplateBody: 'a: "b"\nc: d\n',
    Parameters: [{ ParameterKey: 'p', UsePreviousValue: true }],
    Capabilities: ['CAPABILITY_IAM' as const],
    TimeoutInMinutes: 5,
  }
  await client.send(new CreateStackCommand(sent))
  expect(seen[0]?.input).toEqual(sent)
  const { Stacks } = await client.send(new DescribeStacksCommand({}))
  expect(Stacks).toEqual([{ ...stack, CreationTime: new Date(at + 123) }])
})
