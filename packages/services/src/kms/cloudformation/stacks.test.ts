import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStackResourceDriftsCommand,
  DescribeStacksCommand,
  DetectStackDriftCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation'
import {
  DescribeKeyCommand,
  EnableKeyCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  KMSClient,
  ListAliasesCommand,
  ListResourceTagsCommand,
  UpdateKeyDescriptionCommand,
} from '@aws-sdk/client-kms'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { expectRecorded, recording } from '../../shared/recorded.test-support.ts'
import { recorded } from '../keys.test-support.ts'

/** A cloud in which one stack is deployed again and again. */
function stack() {
  const cloud = createCloud({ accountId: '111111111111', deepFreeze: true })
  const cfn = client(cloud, CloudFormationClient)
  const StackName = 'a-stack'
  let exists = false
  return {
    cloud,
    cfn,
    kms: client(cloud, KMSClient),
    StackName,
    async deploy(Resources: object, Outputs: object = {}) {
      const Tags = [{ Key: 'team', Value: 'a' }]
      const input = { StackName, Tags, TemplateBody: JSON.stringify({ Resources, Outputs }) }
      await cfn.send(exists ? new UpdateStackCommand(input) : new CreateStackCommand(input))
      exists = true
      await cloud.advance({ minutes: 5 })
      const { Stacks } = await cfn.send(new DescribeStacksCommand({ StackName }))
      const outputs = Object.fromEntries(
        (Stacks?.[0]?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
      )
      return { status: Stacks?.[0]?.StackStatus, outputs: outputs as Record<string, string> }
    },
    async reasons() {
      const { StackEvents = [] } = await cfn.send(new DescribeStackEventsCommand({ StackName }))
      return StackEvents.map(({ ResourceStatusReason: reason = '' }) => reason)
    },
    async destroy() {
      await cfn.send(new DeleteStackCommand({ StackName }))
      await cloud.advance({ minutes: 5 })
    },
  }
}

const root = { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:root' }
/** What CDK's `kms.Key` writes. */
const cdkPolicy = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: root }, Action: 'kms:*', Resource: '*' }],
}
const cdkKey = (more: object = {}) => ({
  Type: 'AWS::KMS::Key',
  DeletionPolicy: 'Delete',
  UpdateReplacePolicy: 'Delete',
  Properties: { KeyPolicy: cdkPolicy, ...more },
})
const alias = (AliasName: string, key = 'Key') => ({
  Type: 'AWS::KMS::Alias',
  Properties: { AliasName, TargetKeyId: { 'Fn::GetAtt': [key, 'Arn'] } },
})
const outputs = {
  KeyId: { Value: { Ref: 'Key' } },
  Arn: { Value: { 'Fn::GetAtt': ['Key', 'Arn'] } },
}

recorded('a stack makes a key and its alias', async () => {
  const facts = recording('cloudformation/resources/test_kms', 'test_cfn_with_kms_resources')
  const { deploy } = stack()
  const { outputs: made } = await deploy(
    { Key: cdkKey(), Alias: alias('alias/sample') },
    {
      KeyArn: { Value: { 'Fn::GetAtt': ['Key', 'Arn'] } },
      KeyAlias: { Value: { Ref: 'Alias' } },
    },
  )
  expectRecorded(
    made,
    facts['stack-outputs'],
    new Map([
      ['<partition>', 'aws'],
      ['<region>', 'us-east-1'],
    ]),
  )
})

test('a key of a stack follows its template, and waits for its deletion when the stack is gone', async () => {
  const { deploy, destroy, kms, cloud } = stack()
  const made = await deploy(
    {
      Key: cdkKey({ EnableKeyRotation: true, PendingWindowInDays: 7, Description: 'first' }),
      Alias: alias('alias/a'),
    },
    outputs,
  )
  expect(made.status).toBe('CREATE_COMPLETE')
  const { KeyId = '' } = made.outputs
  const rotation = () => kms.send(new GetKeyRotationStatusCommand({ KeyId }))
  expect(await rotation()).toMatchObject({ KeyRotationEnabled: true, RotationPeriodInDays: 365 })
  const { Tags = [] } = await kms.send(new ListResourceTagsCommand({ KeyId }))
  expect(Tags.map(({ TagKey }) => TagKey)).toEqual([
    'aws:cloudformation:logical-id',
    'aws:cloudformation:stack-id',
    'aws:cloudformation:stack-name',
    'team',
  ])
  const updated = await deploy(
    {
      Key: cdkKey({
        PendingWindowInDays: 7,
        Description: 'second',
        Enabled: false,
        Tags: [{ Key: 'team', Value: 'b' }],
      }),
      Other: cdkKey(),
      Alias: alias('alias/a', 'Other'),
    },
    outputs,
  )
  expect(updated).toEqual({ status: 'UPDATE_COMPLETE', outputs: made.outputs })
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }))
  expect(KeyMetadata).toMatchObject({ Description: 'second', KeyState: 'Disabled' })
  expect(await rotation()).toMatchObject({ KeyRotationEnabled: false })
  const { Aliases = [] } = await kms.send(new ListAliasesCommand({}))
  expect(Aliases.map(({ AliasName, TargetKeyId }) => [AliasName, TargetKeyId === KeyId])).toEqual([
    ['alias/a', false],
  ])
  await destroy()
  const { KeyMetadata: condemned } = await kms.send(new DescribeKeyCommand({ KeyId }))
  expect(condemned).toMatchObject({ KeyState: 'PendingDeletion' })
  expect((await kms.send(new ListAliasesCommand({}))).Aliases).toEqual([])
  await cloud.advance({ days: 8 })
  await expect(kms.send(new DescribeKeyCommand({ KeyId }))).rejects.toMatchObject({
    name: 'NotFoundException',
  })
})

test('a key policy is changed in place; another spec is refused', async () => {
  const { deploy, kms } = stack()
  const first = await deploy({ Key: cdkKey() }, outputs)
  const Statement = [
    ...cdkPolicy.Statement,
    {
      Effect: 'Allow',
      Principal: { Service: 'sns.amazonaws.com' },
      Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      Resource: '*',
    },
  ]
  const second = await deploy(
    { Key: cdkKey({ KeyPolicy: { Version: '2012-10-17', Statement } }) },
    outputs,
  )
  expect(second.outputs).toEqual(first.outputs)
  const { Policy = '' } = await kms.send(
    new GetKeyPolicyCommand({ KeyId: first.outputs['KeyId'] ?? '' }),
  )
  expect((JSON.parse(Policy) as { Statement: unknown[] }).Statement).toHaveLength(2)
  const third = await deploy(
    { Key: cdkKey({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' }) },
    outputs,
  )
  expect(third).toEqual({ status: 'UPDATE_ROLLBACK_COMPLETE', outputs: first.outputs })
})

test('what is changed by hand is drift', async () => {
  const { deploy, kms, cfn, cloud, StackName } = stack()
  const { outputs: made } = await deploy(
    { Key: cdkKey({ Description: 'mine', Enabled: false }), Alias: alias('alias/a') },
    outputs,
  )
  const { KeyId = '' } = made
  const drifts = async () => {
    await cfn.send(new DetectStackDriftCommand({ StackName }))
    await cloud.advance({ minutes: 1 })
    const { StackResourceDrifts = [] } = await cfn.send(
      new DescribeStackResourceDriftsCommand({ StackName }),
    )
    return StackResourceDrifts.map((drift) => [
      drift.LogicalResourceId,
      drift.StackResourceDriftStatus,
      drift.PropertyDifferences?.map(({ PropertyPath, ActualValue }) => [
        PropertyPath,
        ActualValue,
      ]),
    ])
  }
  expect(await drifts()).toEqual([
    ['Alias', 'IN_SYNC', []],
    ['Key', 'IN_SYNC', []],
  ])
  await kms.send(new EnableKeyCommand({ KeyId }))
  await kms.send(new UpdateKeyDescriptionCommand({ KeyId, Description: 'yours' }))
  expect(await drifts()).toEqual([
    ['Alias', 'IN_SYNC', []],
    [
      'Key',
      'MODIFIED',
      [
        ['/Description', 'yours'],
        ['/Enabled', 'true'],
      ],
    ],
  ])
})

test('a policy that would lock the deployer out fails the stack', async () => {
  const { deploy, reasons } = stack()
  const Statement = { ...cdkPolicy.Statement[0], Principal: { Service: 's3.amazonaws.com' } }
  const { status } = await deploy({
    Key: cdkKey({ KeyPolicy: { Version: '2012-10-17', Statement: [Statement] } }),
  })
  expect(status).toBe('ROLLBACK_COMPLETE')
  expect((await reasons()).join('\n')).toContain(
    'The new key policy will not allow you to update the key policy in the future.',
  )
})

test('replicas, asymmetric and multi-Region keys are refused by name', async () => {
  for (const [resource, words] of [
    [cdkKey({ MultiRegion: true }), 'Orrery does not model multi-Region keys'],
    [
      cdkKey({ KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' }),
      'Orrery does not model asymmetric keys',
    ],
    [
      {
        Type: 'AWS::KMS::ReplicaKey',
        Properties: {
          KeyPolicy: cdkPolicy,
          PrimaryKeyArn: 'arn:aws:kms:us-west-2:111111111111:key/mrk-1',
        },
      },
      'AWS::KMS::ReplicaKey',
    ],
  ] as const) {
    const { deploy, reasons } = stack()
    await deploy({ Key: resource }).catch(() => {})
    expect((await reasons().catch((error: Error) => [error.message])).join('\n')).toContain(words)
  }
})
