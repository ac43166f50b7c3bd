import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import {
  CreateBucketCommand,
  GetBucketLocationCommand,
  PutBucketPolicyCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import { client, createCloud } from './index.ts'

const other = '111122223333'

test('aws:ResourceAccount is the owner of the bucket, whose ARN does not say it', async () => {
  const cloud = createCloud({ deepFreeze: true })
  const iam = client(cloud, IAMClient)
  await iam.send(new CreateUserCommand({ UserName: 'u' }))
  const statement = {
    Effect: 'Allow',
    Action: 's3:GetBucketLocation',
    Resource: '*',
    Condition: { StringEquals: { 'aws:ResourceAccount': cloud.defaultAccountId } },
  }
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
  await iam.send(new PutUserPolicyCommand({ UserName: 'u', PolicyName: 'p', PolicyDocument }))
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'u' }))
  const credentials = {
    accessKeyId: AccessKey?.AccessKeyId ?? '',
    secretAccessKey: AccessKey?.SecretAccessKey ?? '',
  }
  await client(cloud, S3Client).send(new CreateBucketCommand({ Bucket: 'own' }))
  const stranger = client(cloud, S3Client, { credentials: cloud.credentials(other) })
  await stranger.send(new CreateBucketCommand({ Bucket: 'foreign' }))
  const everyone = {
    Effect: 'Allow',
    Principal: { AWS: cloud.defaultAccountId },
    Action: 's3:GetBucketLocation',
    Resource: 'arn:aws:s3:::foreign',
  }
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [everyone] })
  await stranger.send(new PutBucketPolicyCommand({ Bucket: 'foreign', Policy }))
  const s3 = client(cloud, S3Client, { credentials })
  await s3.send(new GetBucketLocationCommand({ Bucket: 'own' }))
  await expect(s3.send(new GetBucketLocationCommand({ Bucket: 'foreign' }))).rejects.toMatchObject({
    name: 'AccessDenied',
  })
})
