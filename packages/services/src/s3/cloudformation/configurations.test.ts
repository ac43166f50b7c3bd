import {
  GetBucketCorsCommand,
  GetBucketInventoryConfigurationCommand,
  GetBucketLoggingCommand,
  GetBucketReplicationCommand,
  GetBucketWebsiteCommand,
  GetObjectLockConfigurationCommand,
  ListBucketInventoryConfigurationsCommand,
  PutBucketCorsCommand,
} from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import { bucket, stackOf } from './stacks.test-support.ts'

const Bucket = 'complete-things'
const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] })

const Target = bucket({
  BucketName: 'target-things',
  VersioningConfiguration: { Status: 'Enabled' },
  ObjectLockEnabled: true,
})

const Role = {
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 'sts:AssumeRole' },
      ],
    },
  },
}

const full = {
  BucketName: Bucket,
  VersioningConfiguration: { Status: 'Enabled' },
  ObjectLockEnabled: true,
  ObjectLockConfiguration: {
    ObjectLockEnabled: 'Enabled',
    Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 1 } },
  },
  CorsConfiguration: {
    CorsRules: [
      {
        Id: 'all',
        AllowedMethods: ['GET'],
        AllowedOrigins: ['*'],
        ExposedHeaders: ['ETag'],
        MaxAge: 300,
      },
    ],
  },
  WebsiteConfiguration: {
    IndexDocument: 'index.html',
    ErrorDocument: 'error.html',
    RoutingRules: [
      {
        RoutingRuleCondition: { KeyPrefixEquals: 'old/' },
        RedirectRule: { ReplaceKeyPrefixWith: 'new/' },
      },
    ],
  },
  LoggingConfiguration: { DestinationBucketName: { Ref: 'Target' }, LogFilePrefix: 'log/' },
  InventoryConfigurations: [
    {
      Id: 'daily',
      Enabled: true,
      IncludedObjectVersions: 'Current',
      ScheduleFrequency: 'Daily',
      Prefix: 'in/',
      Destination: { BucketArn: arnOf('Target'), Format: 'CSV', Prefix: 'lists' },
    },
  ],
  ReplicationConfiguration: {
    Role: arnOf('Role'),
    Rules: [
      {
        Id: 'all',
        Status: 'Enabled',
        Priority: 1,
        Filter: { Prefix: '' },
        DeleteMarkerReplication: { Status: 'Enabled' },
        Destination: { Bucket: arnOf('Target'), StorageClass: 'STANDARD_IA' },
      },
    ],
  },
}

test('every configuration of a template is put, holds, and goes', async () => {
  const { deploy, s3, drift, failures } = stackOf()
  const status = await deploy({ Role, Target, Bucket: bucket(full) })
  expect([status, await failures()]).toEqual(['CREATE_COMPLETE', []])
  const seen = {
    cors: (await s3.send(new GetBucketCorsCommand({ Bucket }))).CORSRules,
    routes: (await s3.send(new GetBucketWebsiteCommand({ Bucket }))).RoutingRules,
    log: (await s3.send(new GetBucketLoggingCommand({ Bucket }))).LoggingEnabled,
    list: (await s3.send(new GetBucketInventoryConfigurationCommand({ Bucket, Id: 'daily' })))
      .InventoryConfiguration?.Filter,
    replication: (await s3.send(new GetBucketReplicationCommand({ Bucket })))
      .ReplicationConfiguration?.Rules?.[0]?.Destination,
    lock: (await s3.send(new GetObjectLockConfigurationCommand({ Bucket }))).ObjectLockConfiguration
      ?.Rule,
  }
  expect(seen).toEqual({
    cors: [
      {
        ID: 'all',
        AllowedMethods: ['GET'],
        AllowedOrigins: ['*'],
        ExposeHeaders: ['ETag'],
        MaxAgeSeconds: 300,
      },
    ],
    routes: [
      { Condition: { KeyPrefixEquals: 'old/' }, Redirect: { ReplaceKeyPrefixWith: 'new/' } },
    ],
    log: { TargetBucket: 'target-things', TargetPrefix: 'log/' },
    list: { Prefix: 'in/' },
    replication: { Bucket: 'arn:aws:s3:::target-things', StorageClass: 'STANDARD_IA' },
    lock: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 1 } },
  })
  expect(await drift()).toEqual([])
  await s3.send(
    new PutBucketCorsCommand({
      Bucket,
      CORSConfiguration: { CORSRules: [{ AllowedMethods: ['PUT'], AllowedOrigins: ['*'] }] },
    }),
  )
  expect((await drift()).some((path) => path.startsWith('/CorsConfiguration'))).toBe(true)
  const { BucketName, VersioningConfiguration, ObjectLockEnabled } = full
  const less = bucket({ BucketName, VersioningConfiguration, ObjectLockEnabled })
  expect(await deploy({ Role, Target, Bucket: less })).toBe('UPDATE_COMPLETE')
  await expect(s3.send(new GetBucketCorsCommand({ Bucket }))).rejects.toThrow()
  await expect(s3.send(new GetBucketWebsiteCommand({ Bucket }))).rejects.toThrow()
  await expect(s3.send(new GetBucketReplicationCommand({ Bucket }))).rejects.toThrow()
  const left = await s3.send(new ListBucketInventoryConfigurationsCommand({ Bucket }))
  expect(left.InventoryConfigurationList).toBeUndefined()
})

test('when a replication cannot be put, the stack that has it leaves nothing', async () => {
  const { deploy, destroy, s3 } = stackOf()
  const { VersioningConfiguration: _versions, ObjectLockEnabled: _lock, ...rest } = full
  const { ObjectLockConfiguration: _rule, ...unversioned } = rest
  expect(await deploy({ Role, Target, Bucket: bucket(unversioned) })).toBe('ROLLBACK_COMPLETE')
  await expect(s3.send(new GetBucketCorsCommand({ Bucket }))).rejects.toMatchObject({
    name: 'NoSuchBucket',
  })
  expect(await destroy()).toBe('gone')
})
