import { AddPermissionCommand } from '@aws-sdk/client-lambda'
import {
  CreateBucketCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { call, client } from '@cloud-orrery/cloud'
import { PutBucketNotificationConfiguration } from '@cloud-orrery/models/s3'
import { expect, test } from 'vitest'
import { makeFunction, start } from '../lambda/functions.test-support.ts'
import { refusalsDuring } from '../shared/outages.test-support.ts'

const Bucket = 'heard-things'
const functionArn = 'arn:aws:lambda:us-east-1:123456789012:function:seen'

async function heard(source = `arn:aws:s3:::${Bucket}`) {
  const seen: unknown[] = []
  const made = start({ seen: (event: unknown) => void seen.push(event) })
  await makeFunction(made, 'seen')
  await made.lambda.send(
    new AddPermissionCommand({
      FunctionName: 'seen',
      StatementId: 'bucket',
      Action: 'lambda:InvokeFunction',
      Principal: 's3.amazonaws.com',
      SourceArn: source,
      SourceAccount: '123456789012',
    }),
  )
  const s3 = client(made.cloud, S3Client)
  await s3.send(new CreateBucketCommand({ Bucket }))
  return {
    ...made,
    seen,
    s3,
    listen: (arn = functionArn) =>
      s3.send(
        new PutBucketNotificationConfigurationCommand({
          Bucket,
          NotificationConfiguration: {
            LambdaFunctionConfigurations: [
              {
                Id: 'rule',
                LambdaFunctionArn: arn,
                Events: ['s3:ObjectCreated:*'],
                Filter: { Key: { FilterRules: [{ Name: 'suffix', Value: '.jpg' }] } },
              },
            ],
          },
        }),
      ),
  }
}

test('a function hears of the objects that it asked for', async () => {
  const { cloud, s3, seen, listen } = await heard()
  await listen()
  await s3.send(new PutObjectCommand({ Bucket, Key: 'a b.jpg', Body: 'x' }))
  await s3.send(new PutObjectCommand({ Bucket, Key: 'other', Body: 'x' }))
  await cloud.settle()
  expect(seen).toEqual([
    {
      Records: [
        {
          eventVersion: '2.1',
          eventSource: 'aws:s3',
          awsRegion: 'us-east-1',
          eventTime: expect.stringMatching(/^2026-01-01T00:00:0\d\.000Z$/),
          eventName: 'ObjectCreated:Put',
          userIdentity: { principalId: expect.stringMatching(/^AWS:AIDA/) },
          requestParameters: { sourceIPAddress: '127.0.0.1' },
          responseElements: {
            'x-amz-request-id': expect.any(String),
            'x-amz-id-2': expect.any(String),
          },
          s3: {
            s3SchemaVersion: '1.0',
            configurationId: 'rule',
            bucket: {
              name: Bucket,
              ownerIdentity: { principalId: expect.any(String) },
              arn: `arn:aws:s3:::${Bucket}`,
            },
            object: {
              key: 'a+b.jpg',
              size: 1,
              eTag: '9dd4e461268c8034f5c8564e155c67a6',
              sequencer: expect.any(String),
            },
          },
        },
      ],
    },
  ])
})

test('a function that lets in another bucket, or is not there, is refused', async () => {
  const { listen } = await heard('arn:aws:s3:::other-things')
  const refused = (arn: string) => ({
    name: 'InvalidArgument',
    message: 'Unable to validate the following destination configurations',
    ArgumentName1: `${arn}, null`,
    ArgumentValue1: `Not authorized to invoke function [${arn}]`,
  })
  await expect(listen()).rejects.toMatchObject(refused(functionArn))
  const missing = functionArn.replace('seen', 'missing')
  await expect(listen(missing)).rejects.toMatchObject(refused(missing))
})

test('an outage of functions delays an event', async () => {
  const { cloud, s3, seen, listen } = await heard()
  await listen()
  const fault = cloud.armFault('lambda.Invoke', { kind: 'error', code: 'ServiceException' })
  await s3.send(new PutObjectCommand({ Bucket, Key: 'a.jpg', Body: 'x' }))
  await cloud.advance({ seconds: 2 })
  expect(seen).toEqual([])
  cloud.endFault(fault)
  await cloud.advance({ minutes: 1 })
  expect(seen.length).toBe(1)
})

test("a Lambda that is busy or fails says nothing about the function's policy", async () => {
  const { cloud } = await heard()
  const Events = ['s3:ObjectCreated:*'] as const
  const NotificationConfiguration = {
    LambdaFunctionConfigurations: [{ LambdaFunctionArn: functionArn, Events }],
  }
  const listen = () =>
    call(cloud, PutBucketNotificationConfiguration, { Bucket, NotificationConfiguration })
  const internal = 'InternalError: We encountered an internal error. Please try again.'
  expect(await refusalsDuring(cloud, 'lambda.Invoke', listen)).toEqual([internal, internal])
})
