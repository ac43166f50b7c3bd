import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { CreateTopicCommand } from '@aws-sdk/client-sns'
import { UpdateOpsItemCommand } from '@aws-sdk/client-ssm'
import { expect } from '@cloud-orrery/vitest/scenario'
import { alerts, bucketTemplate, clientsOf, desk, fact, openItems } from './desk.ts'
import { originalPost, stormTemplate } from './templates.ts'

desk.promise(1, 'a bucket whose name exists opens one item and sends one mail', async ({ aws }) => {
  await clientsOf(aws, '222222222222').s3.send(new CreateBucketCommand({ Bucket: 'taken' }))

  const [stack] = await aws.tryDeploy(bucketTemplate('taken'), { stackName: 'shop' })
  await aws.clock.advance({ seconds: 1 })

  expect(stack?.status).toBe('ROLLBACK_COMPLETE')
  const [item, ...others] = await openItems(aws)
  expect(others).toEqual([])
  expect(item?.Title).toBe('Stack resource Data: CREATE_FAILED')
  expect(fact(item, 'resource')).toBe('Data')
  expect(fact(item, 'status')).toBe('CREATE_FAILED')
  expect(fact(item, 'reason')).toMatch(/already exists/)
  expect(fact(item, 'stack')).toBe(stack?.stackId)
  const [mail, ...more] = alerts(aws)
  expect(more).toEqual([])
  expect(mail?.text).toContain('resource: Data')
  expect(mail?.text).toMatch(/reason: .*already exists/)
})

desk.promise(
  2,
  'an update that fails and a deletion that fails are told the same way',
  async ({ aws }) => {
    const queue = (VisibilityTimeout: number) => ({
      Resources: { Jobs: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout } } },
    })
    await aws.deploy(queue(30), { stackName: 'jobs' })
    const [updated] = await aws.tryDeploy(queue(43_201), { stackName: 'jobs' })
    await aws.clock.advance({ seconds: 1 })
    expect(updated?.status).toBe('UPDATE_ROLLBACK_COMPLETE')
    expect((await openItems(aws)).map((item) => fact(item, 'status'))).toEqual(['UPDATE_FAILED'])
    expect(alerts(aws)).toHaveLength(1)

    await aws.deploy(bucketTemplate('holds-one-object'), { stackName: 'archive' })
    await clientsOf(aws).s3.send(
      new PutObjectCommand({ Bucket: 'holds-one-object', Key: 'letter', Body: 'x' }),
    )
    expect(await aws.destroy('archive')).toBe('DELETE_FAILED')
    await aws.clock.advance({ seconds: 1 })
    const statuses = (await openItems(aws)).map((item) => fact(item, 'status'))
    expect(statuses.sort()).toEqual(['DELETE_FAILED', 'UPDATE_FAILED'])
    expect(alerts(aws)).toHaveLength(2)
  },
)

desk.promise(
  3,
  'one mistake among five resources opens one item, where the first pattern opened five',
  async ({ aws }) => {
    const first = aws.fork()
    await aws.tryDeploy(stormTemplate, { stackName: 'storm' })
    await aws.clock.advance({ seconds: 1 })
    expect((await openItems(aws)).map((item) => fact(item, 'resource'))).toEqual(['Broken'])

    await first.destroy('StackFailureDesk')
    const topic = await clientsOf(first).sns.send(new CreateTopicCommand({ Name: 'operators' }))
    const SNSTopicARN = topic.TopicArn ?? ''
    await first.deploy(originalPost, { stackName: 'original', parameters: { SNSTopicARN } })
    await first.tryDeploy(stormTemplate, { stackName: 'storm' })
    await first.clock.advance({ seconds: 1 })
    expect(await openItems(first)).toHaveLength(5)
  },
)

desk.promise(4, 'a stack that succeeds opens nothing and tells no one', async ({ aws }) => {
  await aws.deploy(bucketTemplate('new-bucket'), { stackName: 'fine' })
  await aws.clock.advance({ minutes: 5 })
  expect(await openItems(aws)).toEqual([])
  expect(alerts(aws)).toEqual([])
})

desk.promise(
  7,
  'a resolved item makes room: success opens nothing, the next failure a new item',
  async ({ aws }) => {
    await clientsOf(aws, '222222222222').s3.send(new CreateBucketCommand({ Bucket: 'taken' }))
    await aws.tryDeploy(bucketTemplate('taken'), { stackName: 'shop' })
    await aws.clock.advance({ seconds: 1 })
    const [first] = await openItems(aws)
    await clientsOf(aws).ssm.send(
      new UpdateOpsItemCommand({ OpsItemId: first?.OpsItemId, Status: 'Resolved' }),
    )
    await aws.destroy('shop')
    const fixed = await aws.deploy(bucketTemplate('free'), { stackName: 'shop' })
    await aws.clock.advance({ seconds: 1 })
    expect(fixed.status).toBe('CREATE_COMPLETE')
    expect(await openItems(aws)).toEqual([])

    await aws.tryDeploy(bucketTemplate('taken'), { stackName: 'shop' })
    await aws.clock.advance({ seconds: 1 })
    const [second, ...others] = await openItems(aws)
    expect(others).toEqual([])
    expect(second?.OpsItemId).not.toBe(first?.OpsItemId)
    expect(fact(second, 'status')).toBe('UPDATE_FAILED')
  },
)
