import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation'
import {
  CreateBucketCommand,
  GetBucketEncryptionCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'

const StackName = 'storage'

function stacks(region = 'us-east-1') {
  const cloud = createCloud({ deepFreeze: true, region })
  const cfn = client(cloud, CloudFormationClient)
  const s3 = client(cloud, S3Client)
  let exists = false
  const status = async () => {
    await cloud.advance({ minutes: 5 })
    const { Stacks } = await cfn.send(new DescribeStacksCommand({ StackName }))
    return Stacks?.[0]
  }
  return {
    cloud,
    s3,
    cfn,
    status,
    async deploy(resources: object, outputs: object = {}) {
      const TemplateBody = JSON.stringify({ Resources: resources, Outputs: outputs })
      const input = { StackName, TemplateBody }
      await cfn.send(exists ? new UpdateStackCommand(input) : new CreateStackCommand(input))
      exists = true
      const stack = await status()
      const values = stack?.Outputs?.map(({ OutputKey = '', OutputValue = '' }) => [
        OutputKey,
        OutputValue,
      ])
      return {
        status: stack?.StackStatus,
        outputs: Object.fromEntries(values ?? []) as Record<string, string>,
      }
    },
    async failures(): Promise<(string | undefined)[]> {
      const { StackEvents = [] } = await cfn.send(new DescribeStackEventsCommand({ StackName }))
      return StackEvents.filter(({ ResourceStatus }) => ResourceStatus?.endsWith('_FAILED'))
        .filter(({ ResourceType }) => ResourceType !== 'AWS::CloudFormation::Stack')
        .map(({ ResourceStatusReason }) => ResourceStatusReason)
    },
  }
}

const bucket = (Properties: object = {}) => ({ Type: 'AWS::S3::Bucket', Properties })
const att = (attribute: string) => ({ Value: { 'Fn::GetAtt': ['Bucket', attribute] } })

test('a bucket without properties gets a name, and tells where it is', async () => {
  const { deploy, s3, cfn, status } = stacks('eu-west-1')
  const { status: state, outputs } = await deploy(
    { Bucket: { Type: 'AWS::S3::Bucket' } },
    {
      Name: { Value: { Ref: 'Bucket' } },
      Arn: att('Arn'),
      DomainName: att('DomainName'),
      RegionalDomainName: att('RegionalDomainName'),
    },
  )
  const { Name } = outputs
  expect(state).toBe('CREATE_COMPLETE')
  expect(Name).toMatch(/^storage-bucket-[a-z0-9]+$/)
  expect(outputs).toEqual({
    Name,
    Arn: `arn:aws:s3:::${Name}`,
    DomainName: `${Name}.s3.amazonaws.com`,
    RegionalDomainName: `${Name}.s3.eu-west-1.amazonaws.com`,
  })
  await s3.send(new HeadBucketCommand({ Bucket: Name }))
  await cfn.send(new DeleteStackCommand({ StackName }))
  await expect(status()).rejects.toThrow()
  expect((await s3.send(new ListBucketsCommand())).Buckets).toEqual([])
})

test('a bucket is configured, and configured anew', async () => {
  const { deploy, s3 } = stacks()
  const Bucket = 'configured-things'
  const full = {
    BucketName: Bucket,
    VersioningConfiguration: { Status: 'Enabled' },
    PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: false },
    OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerPreferred' }] },
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [
        { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: true },
      ],
    },
    NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
    Tags: [{ Key: 'team', Value: 'blue' }],
  }
  expect((await deploy({ Bucket: bucket(full) })).status).toBe('CREATE_COMPLETE')
  const seen = async () => ({
    versioning: (await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status,
    block: (await s3.send(new GetPublicAccessBlockCommand({ Bucket })))
      .PublicAccessBlockConfiguration,
    ownership: (await s3.send(new GetBucketOwnershipControlsCommand({ Bucket }))).OwnershipControls
      ?.Rules,
    keys: (await s3.send(new GetBucketEncryptionCommand({ Bucket })))
      .ServerSideEncryptionConfiguration?.Rules?.[0]?.BucketKeyEnabled,
    bridge: (await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket })))
      .EventBridgeConfiguration,
    tags: (await s3.send(new GetBucketTaggingCommand({ Bucket }))).TagSet?.filter(
      ({ Key }) => !Key?.startsWith('aws:cloudformation:stack-id'),
    ),
  })
  const systemTags = [
    { Key: 'aws:cloudformation:stack-name', Value: StackName },
    { Key: 'aws:cloudformation:logical-id', Value: 'Bucket' },
  ]
  const block = {
    BlockPublicAcls: true,
    IgnorePublicAcls: false,
    BlockPublicPolicy: false,
    RestrictPublicBuckets: false,
  }
  expect(await seen()).toEqual({
    versioning: 'Enabled',
    block,
    ownership: [{ ObjectOwnership: 'BucketOwnerPreferred' }],
    keys: true,
    bridge: {},
    tags: expect.arrayContaining([...systemTags, { Key: 'team', Value: 'blue' }]),
  })
  const less = {
    BucketName: Bucket,
    PublicAccessBlockConfiguration: full.PublicAccessBlockConfiguration,
    OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    Tags: [{ Key: 'team', Value: 'red' }],
  }
  expect((await deploy({ Bucket: bucket(less) })).status).toBe('UPDATE_COMPLETE')
  expect(await seen()).toEqual({
    versioning: 'Suspended',
    block,
    ownership: [{ ObjectOwnership: 'BucketOwnerEnforced' }],
    keys: false,
    bridge: undefined,
    tags: expect.arrayContaining([...systemTags, { Key: 'team', Value: 'red' }]),
  })
})

test('an update gives a bucket what it had not when it was created', async () => {
  const { deploy, s3, failures } = stacks()
  const named = { BucketName: 'later-things' }
  await deploy({ Bucket: bucket(named) })
  const rules = [{ ObjectOwnership: 'ObjectWriter' }]
  const open = { ...named, OwnershipControls: { Rules: rules } }
  expect((await deploy({ Bucket: bucket(open) })).status).toBe('UPDATE_COMPLETE')
  const { OwnershipControls } = await s3.send(
    new GetBucketOwnershipControlsCommand({ Bucket: 'later-things' }),
  )
  expect(OwnershipControls?.Rules).toEqual(rules)
  // What an ACL would open to others is refused by name, not passed over.
  const { status } = await deploy({ Bucket: bucket({ ...open, AccessControl: 'PublicRead' }) })
  expect([status, await failures()]).toEqual([
    'UPDATE_ROLLBACK_COMPLETE',
    [expect.stringContaining('the ACL public-read')],
  ])
})

test('another name is another bucket', async () => {
  const { deploy, s3 } = stacks()
  await deploy({ Bucket: bucket({ BucketName: 'former-things' }) })
  expect((await deploy({ Bucket: bucket({ BucketName: 'latter-things' }) })).status).toBe(
    'UPDATE_COMPLETE',
  )
  const { Buckets = [] } = await s3.send(new ListBucketsCommand())
  expect(Buckets.map(({ Name }) => Name)).toEqual(['latter-things'])
})

test('a name that is taken fails the stack, also where the API would let it pass', async () => {
  const { deploy, failures, s3, cloud } = stacks()
  await s3.send(new CreateBucketCommand({ Bucket: 'taken-things' }))
  const { status } = await deploy({ Bucket: bucket({ BucketName: 'taken-things' }) })
  expect([status, await failures()]).toEqual(['ROLLBACK_COMPLETE', ['taken-things already exists']])
  const other = client(cloud, S3Client, { accountId: '222222222222' })
  await expect(
    other.send(new CreateBucketCommand({ Bucket: 'taken-things' })),
  ).rejects.toMatchObject({
    name: 'BucketAlreadyExists',
  })
})

test('a bucket with objects keeps its stack from going', async () => {
  const { deploy, failures, s3, cfn, status } = stacks()
  await deploy({ Bucket: bucket({ BucketName: 'full-things' }) })
  await s3.send(new PutObjectCommand({ Bucket: 'full-things', Key: 'k', Body: '' }))
  await cfn.send(new DeleteStackCommand({ StackName }))
  expect((await status())?.StackStatus).toBe('DELETE_FAILED')
  expect(await failures()).toEqual([
    expect.stringContaining('The bucket you tried to delete is not empty'),
  ])
})

test('a policy belongs to its bucket, and goes with its stack', async () => {
  const { deploy, s3 } = stacks()
  const Bucket = 'policed-things'
  const policy = (Action: string) => ({
    Type: 'AWS::S3::BucketPolicy',
    Properties: {
      Bucket: { Ref: 'Bucket' },
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: {
          Effect: 'Deny',
          Principal: '*',
          Action,
          Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Bucket', 'Arn'] }, '/*']] },
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      },
    },
  })
  const Thing = bucket({ BucketName: Bucket })
  const actionOf = async () => {
    const { Policy = '{}' } = await s3.send(new GetBucketPolicyCommand({ Bucket }))
    return (JSON.parse(Policy) as { Statement?: { Action: string } }).Statement?.Action
  }
  expect((await deploy({ Bucket: Thing, Policy: policy('s3:GetObject') })).status).toBe(
    'CREATE_COMPLETE',
  )
  expect(await actionOf()).toBe('s3:GetObject')
  expect((await deploy({ Bucket: Thing, Policy: policy('s3:PutObject') })).status).toBe(
    'UPDATE_COMPLETE',
  )
  expect(await actionOf()).toBe('s3:PutObject')
  expect((await deploy({ Bucket: Thing })).status).toBe('UPDATE_COMPLETE')
  await expect(s3.send(new GetBucketPolicyCommand({ Bucket }))).rejects.toMatchObject({
    name: 'NoSuchBucketPolicy',
  })
})

test('a property that is not built is refused by name', async () => {
  const { deploy, failures } = stacks()
  const AccelerateConfiguration = { AccelerationStatus: 'Enabled' }
  const { status } = await deploy({ Bucket: bucket({ AccelerateConfiguration }) })
  expect([status, await failures()]).toEqual([
    'ROLLBACK_COMPLETE',
    ['Orrery does not model the property AccelerateConfiguration of AWS::S3::Bucket.'],
  ])
})
