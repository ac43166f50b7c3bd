import { AwsError } from '@cloud-orrery/models'
import { DescribeStacks } from '@cloud-orrery/models/cloudformation'
import { CreateArchive } from '@cloud-orrery/models/events'
import { CreateBucket, DeleteBucket } from '@cloud-orrery/models/s3'
import { expect, test } from 'vitest'
import { call } from '../call.ts'
import { createCloud } from '../create-cloud.ts'
import type { StackSource } from './assembly.ts'
import { deploy, destroy } from './deploy.ts'
import { inProcessTarget } from './target.ts'

const stackName = 'shop'

function source(resources: object, more: Partial<StackSource> = {}): StackSource {
  const template = JSON.stringify({ Resources: resources })
  return {
    stackName,
    template,
    parameters: {},
    tags: {},
    assets: [],
    bootstrapped: false,
    ...more,
  }
}

const bucket = { Things: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'shop-things' } } }

function target() {
  const cloud = createCloud({ deepFreeze: true })
  return { cloud, target: inProcessTarget(cloud) }
}

test('a stack that was never created is deleted and created anew, as the CDK does', async () => {
  const { cloud, target: to } = target()
  await call(cloud, CreateBucket, { Bucket: 'shop-things' })
  const [failed] = await deploy(to, { stacks: [source(bucket)] })
  expect(failed?.status).toBe('ROLLBACK_COMPLETE')
  await call(cloud, DeleteBucket, { Bucket: 'shop-things' })
  const [mended] = await deploy(to, { stacks: [source(bucket)] })
  expect(mended?.status).toBe('CREATE_COMPLETE')
  expect(mended?.stackId).not.toBe(failed?.stackId)
})

test('termination protection of an assembly follows the stack', async () => {
  const { cloud, target: to } = target()
  const put = (terminationProtection: boolean) =>
    deploy(to, { stacks: [source(bucket, { terminationProtection })] })
  await put(true)
  const { Stacks = [] } = await call(cloud, DescribeStacks, { StackName: stackName })
  expect(Stacks[0]?.EnableTerminationProtection).toBe(true)
  await expect(destroy(to, stackName)).rejects.toThrow(/TerminationProtection is enabled/)
  await put(false)
  expect(await destroy(to, stackName)).toBe('DELETE_COMPLETE')
})

test('an archive without a key of its own, as the CDK writes it', async () => {
  const { cloud, target: to } = target()
  const SourceArn = { 'Fn::Sub': 'arn:aws:events:us-east-1:${AWS::AccountId}:event-bus/default' }
  const Properties = { SourceArn, KmsKeyIdentifier: '' }
  const [stack] = await deploy(to, {
    stacks: [source({ Kept: { Type: 'AWS::Events::Archive', Properties } })],
  })
  expect(stack?.status).toBe('CREATE_COMPLETE')
  const refused = call(cloud, CreateArchive, {
    ArchiveName: 'keyed',
    EventSourceArn: 'arn:aws:events:us-east-1:123456789012:event-bus/default',
    KmsKeyIdentifier: 'alias/mine',
  })
  await expect(refused).rejects.toThrow(AwsError)
})
