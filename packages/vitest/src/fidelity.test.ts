import { CreateBucket, PutBucketAcl } from '@cloud-orrery/models/s3'
import { CreatePlatformApplication, ListTopics } from '@cloud-orrery/models/sns'
import { CreateQueue } from '@cloud-orrery/models/sqs'
import { expect, test } from './index.ts'

const pages = { Bucket: 'pages', ObjectOwnership: 'ObjectWriter' }

test('the ledger names what was called, with how its answers are known', async ({ aws }) => {
  await aws.call(CreateQueue, { QueueName: 'q' })
  await aws.call(CreateBucket, pages)
  await aws.call(PutBucketAcl, { Bucket: 'pages', ACL: 'private' })
  expect(aws.fidelity.ledger()).toEqual({
    'sqs.CreateQueue': 'recorded',
    's3.CreateBucket': 'recorded',
    's3.PutBucketAcl': 'simplified',
  })
})

test('atLeast fails on a simplified answer, and names it', async ({ aws }) => {
  await aws.call(CreateBucket, pages)
  aws.fidelity.atLeast('modelled')
  await aws.call(PutBucketAcl, { Bucket: 'pages', ACL: 'private' })
  aws.fidelity.atLeast('simplified')
  expect(() => aws.fidelity.atLeast('modelled')).toThrow(
    "These answers are known less well than 'modelled':\n  s3.PutBucketAcl: simplified",
  )
  aws.fidelity.atLeast('modelled', { only: ['sqs'] })
  expect(() => aws.fidelity.atLeast('modelled', { only: ['s3'] })).toThrow()
})

test('a refused operation is below every level', async ({ aws }) => {
  const input = { Name: 'app', Platform: 'GCM', Attributes: {} }
  await expect(aws.call(CreatePlatformApplication, input)).toFailWith('NotImplemented')
  expect(() => aws.fidelity.atLeast('simplified')).toThrow(
    '  sns.CreatePlatformApplication: refused',
  )
})

test('an operation is known as well as the least known of its answers', async ({ aws }) => {
  await aws.call(CreateBucket, pages)
  const open = { Bucket: 'pages', ACL: 'authenticated-read' } as const
  await expect(aws.call(PutBucketAcl, open)).toFailWith('NotImplemented')
  await aws.call(PutBucketAcl, { Bucket: 'pages', ACL: 'private' })
  expect(aws.fidelity.ledger()['s3.PutBucketAcl']).toBe('refused')
})

test('what a service calls for another one counts too', async ({ aws }) => {
  await aws.deploy({ Resources: { Alerts: { Type: 'AWS::SNS::Topic' } } })
  expect(Object.keys(aws.fidelity.ledger())).toContain('sns.CreateTopic')
  expect(Object.keys(aws.fidelity.ledger())).not.toContain(`sns.${ListTopics.name}`)
})
