import {
  AddLayerVersionPermissionCommand,
  AddPermissionCommand,
  CreateAliasCommand,
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  LambdaClient,
  PublishLayerVersionCommand,
  PutFunctionEventInvokeConfigCommand,
  PutProvisionedConcurrencyConfigCommand,
} from '@aws-sdk/client-lambda'
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs'
import { type Cloud, client } from '@cloud-orrery/cloud'
import { giveRole, zipOf } from '../../../packages/services/src/lambda/functions.test-support.ts'
import type { KnownValues } from '../valid-values.ts'

const FunctionName = 'ring'
const account = '123456789012'
const arnOf = (service: string, resource: string) =>
  `arn:aws:${service}:us-east-1:${account}:${resource}`
const queueArn = arnOf('sqs', 'ring')

async function queues(cloud: Cloud): Promise<void> {
  const sqs = client(cloud, SQSClient)
  const Attributes = { VisibilityTimeout: '60' }
  await sqs.send(new CreateQueueCommand({ QueueName: 'ring', Attributes }))
  await sqs.send(new CreateQueueCommand({ QueueName: 'other', Attributes }))
}

async function codeInBucket(cloud: Cloud, Body: Uint8Array): Promise<void> {
  const s3 = client(cloud, S3Client)
  await s3.send(new CreateBucketCommand({ Bucket: 'ring-code' }))
  await s3.send(new PutObjectCommand({ Bucket: 'ring-code', Key: 'code.zip', Body }))
}

/** A layer's version, with a permission. */
async function layer(lambda: LambdaClient, ZipFile: Uint8Array): Promise<string | undefined> {
  const of = { LayerName: 'ring', VersionNumber: 1, StatementId: 'ring' }
  const publish = new PublishLayerVersionCommand({ LayerName: 'ring', Content: { ZipFile } })
  const { LayerVersionArn } = await lambda.send(publish)
  await lambda.send(
    new AddLayerVersionPermissionCommand({
      ...of,
      Action: 'lambda:GetLayerVersion',
      Principal: '*',
    }),
  )
  return LayerVersionArn
}

/**
 * A function with a version, an alias, a permission, a URL, settings for events and a queue that it takes messages
 * from; a second one without all this; a layer.
 */
export async function arrangeLambda(cloud: Cloud): Promise<KnownValues> {
  const lambda = client(cloud, LambdaClient)
  const Role = giveRole(cloud, ['logs:*', 'sqs:*', 'kms:*'])
  const ZipFile = await zipOf({ 'index.js': 'exports.handler = 1' })
  await queues(cloud)
  await codeInBucket(cloud, ZipFile)
  const code = { Role, Runtime: 'nodejs22.x', Handler: 'index.handler', Code: { ZipFile } } as const
  await lambda.send(new CreateFunctionCommand({ FunctionName, ...code, Publish: true }))
  await lambda.send(new CreateFunctionCommand({ FunctionName: 'bare', ...code, Publish: true }))
  await cloud.advance({ seconds: 10 })
  const Qualifier = 'live'
  await lambda.send(new CreateAliasCommand({ FunctionName, Name: Qualifier, FunctionVersion: '1' }))
  const provisioned = { FunctionName, Qualifier, ProvisionedConcurrentExecutions: 1 }
  await lambda.send(new PutProvisionedConcurrencyConfigCommand(provisioned))
  const permission = { StatementId: 'ring', Action: 'lambda:InvokeFunction' }
  const Principal = 's3.amazonaws.com'
  await lambda.send(new AddPermissionCommand({ FunctionName, ...permission, Principal }))
  const MaximumRetryAttempts = 1
  await lambda.send(new PutFunctionEventInvokeConfigCommand({ FunctionName, MaximumRetryAttempts }))
  await lambda.send(new CreateFunctionUrlConfigCommand({ FunctionName, AuthType: 'NONE' }))
  const { UUID } = await lambda.send(
    new CreateEventSourceMappingCommand({ FunctionName, EventSourceArn: queueArn }),
  )
  const layerArn = await layer(lambda, ZipFile)
  await cloud.advance({ minutes: 2 })
  const functionArn = arnOf('lambda', `function:${FunctionName}`)
  const create = { FunctionName: 'new', ...code }
  const mapping = { FunctionName: 'bare', EventSourceArn: arnOf('sqs', 'other') }
  const s3Code = { S3Bucket: 'ring-code', S3Key: 'code.zip' }
  return {
    FunctionName,
    Role,
    'CreateFunction.': create,
    'CreateFunction.FunctionName': 'new',
    'CreateFunction.Code': { ZipFile },
    'CreateFunction.Layers[]': layerArn,
    'UpdateFunctionConfiguration.Layers[]': layerArn,
    'UpdateFunctionCode.': { FunctionName, ZipFile },
    'UpdateFunctionCode.S3Bucket': s3Code.S3Bucket,
    'UpdateFunctionCode.S3Key': s3Code.S3Key,
    ZipFile,
    Runtime: 'nodejs22.x',
    Handler: 'index.handler',
    'CreateAlias.Name': 'new',
    Name: Qualifier,
    FunctionVersion: '1',
    'ListFunctions.FunctionVersion': 'ALL',
    'GetProvisionedConcurrencyConfig.Qualifier': Qualifier,
    'PutProvisionedConcurrencyConfig.Qualifier': Qualifier,
    'DeleteProvisionedConcurrencyConfig.Qualifier': Qualifier,
    'Invoke.Payload': Buffer.from('{}'),
    'Invoke.Qualifier': Qualifier,
    'InvokeWithResponseStream.Payload': Buffer.from('{}'),
    'InvokeWithResponseStream.Qualifier': Qualifier,
    'AddPermission.StatementId': 'new',
    'AddPermission.Action': 'lambda:InvokeFunction',
    'AddPermission.Principal': Principal,
    StatementId: 'ring',
    UUID,
    'CreateEventSourceMapping.': mapping,
    'CreateFunctionUrlConfig.FunctionName': 'bare',
    EventSourceArn: queueArn,
    'CreateEventSourceMapping.EventSourceArn': mapping.EventSourceArn,
    LayerName: 'ring',
    VersionNumber: 1,
    'AddLayerVersionPermission.StatementId': 'new',
    'AddLayerVersionPermission.Action': 'lambda:GetLayerVersion',
    'AddLayerVersionPermission.Principal': '*',
    'PublishLayerVersion.Content': { ZipFile },
    'GetLayerVersionByArn.Arn': layerArn,
    Resource: functionArn,
  }
}
