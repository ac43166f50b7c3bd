import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs'
import type { JournalEntry } from '@cloud-orrery/kernel'
import { GetQueueUrl, SendMessage } from '@cloud-orrery/models/sqs'
import { AssumeRole, GetCallerIdentity } from '@cloud-orrery/models/sts'
import type { CallOptions, Context } from '@cloud-orrery/services'
import { describe, expect, test } from 'vitest'
import type { Cloud } from './cloud.ts'
import { client, createCloud } from './index.ts'
import { newUser, send } from './wire.test-support.ts'

const accountId = '123456789012'
const region = 'us-east-1'
const queueArn = `arn:aws:sqs:${region}:${accountId}:queue`

/** A queue, and the context in which EventBridge works in the queue's account. */
async function eventsBesideQueue(policy?: object) {
  const cloud = createCloud()
  const { QueueUrl = '' } = await client(cloud, SQSClient).send(
    new CreateQueueCommand({
      QueueName: 'queue',
      ...(policy === undefined
        ? {}
        : {
            Attributes: { Policy: JSON.stringify({ Statement: [{ Effect: 'Allow', ...policy }] }) },
          }),
    }),
  )
  const service = await cloud.services.load('events')
  const cause = cloud.kernel.journal.append({
    atMs: cloud.kernel.clock.nowMs,
    kind: 'task',
    name: 'events.deliver',
    cause: undefined,
    entered: false,
    data: {},
  })
  const ctx = cloud.contextOf(service, { accountId, region }, cause)
  const deliver = (options: CallOptions) =>
    ctx.call(SendMessage, { QueueUrl, MessageBody: 'x' }, options)
  return { cloud, ctx, deliver, cause, QueueUrl }
}

function lastCall(cloud: Cloud): JournalEntry | undefined {
  return cloud.kernel.journal.entries.findLast(({ kind }) => kind === 'call')
}

describe('a service that calls as itself', () => {
  const as = 'events.amazonaws.com'
  const policy = {
    Principal: { Service: as },
    Action: 'sqs:SendMessage',
    Resource: queueArn,
    Condition: {
      ArnEquals: { 'aws:SourceArn': 'arn:aws:events:us-east-1:123456789012:rule/r' },
      StringEquals: { 'aws:SourceAccount': accountId },
    },
  }

  test('may do what the resource’s policy lets it, for the sake of its source', async () => {
    const { cloud, deliver, cause } = await eventsBesideQueue(policy)
    const { MessageId } = await deliver({
      as,
      sourceArn: policy.Condition.ArnEquals['aws:SourceArn'],
    })
    expect(MessageId).toMatch(/^[0-9a-f-]{36}$/)
    expect(lastCall(cloud)).toMatchObject({
      name: 'sqs.SendMessage',
      cause: cause.sequence,
      entered: false,
      data: { door: 'internal', caller: { principal: { kind: 'service', service: as } } },
    })
  })

  test('is refused for any other source, and where no policy names it', async () => {
    const { deliver } = await eventsBesideQueue(policy)
    const denied = { code: 'AccessDeniedException', status: 403 }
    await expect(
      deliver({ as, sourceArn: 'arn:aws:events:us-east-1:1:rule/other' }),
    ).rejects.toMatchObject(denied)
    await expect(
      deliver({ as, sourceArn: policy.Condition.ArnEquals['aws:SourceArn'], sourceAccount: '1' }),
    ).rejects.toMatchObject(denied)
    const without = await eventsBesideQueue()
    await expect(without.deliver({ as })).rejects.toMatchObject(denied)
  })
})

describe('a service that assumes a role', () => {
  async function roleFor(cloud: Cloud, service: string): Promise<string> {
    const AssumeRolePolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: service } }],
    })
    const { Role } = await client(cloud, IAMClient).send(
      new CreateRoleCommand({ RoleName: 'role', AssumeRolePolicyDocument }),
    )
    return Role?.Arn ?? ''
  }

  test('calls as the role’s session, for which its trust policy was judged', async () => {
    const { cloud, ctx } = await eventsBesideQueue()
    const role = await roleFor(cloud, 'events.amazonaws.com')
    const as = { role, service: 'events.amazonaws.com', sessionName: 'delivery' }
    const { Arn } = await ctx.call(GetCallerIdentity, {}, { as })
    expect(Arn).toBe('arn:aws:sts::123456789012:assumed-role/role/delivery')
    const names = cloud.kernel.journal.entries.map(({ name }) => name)
    expect(names.slice(-2)).toEqual(['sts.AssumeRole', 'sts.GetCallerIdentity'])
  })

  test('has the permissions of the role, which are none here', async () => {
    const { cloud, deliver } = await eventsBesideQueue()
    const role = await roleFor(cloud, 'events.amazonaws.com')
    await expect(
      deliver({ as: { role, service: 'events.amazonaws.com', sessionName: 'delivery' } }),
    ).rejects.toMatchObject({
      code: 'AccessDeniedException',
      message: expect.stringContaining(
        'assumed-role/role/delivery is not authorized to perform: sqs:sendmessage',
      ),
    })
  })

  test('that does not trust it, is refused by STS', async () => {
    const { cloud, deliver } = await eventsBesideQueue()
    const role = await roleFor(cloud, 'lambda.amazonaws.com')
    await expect(deliver({ as: { role, service: 'events.amazonaws.com' } })).rejects.toMatchObject({
      code: 'AccessDenied',
    })
    expect(lastCall(cloud)?.name).toBe('sts.AssumeRole')
  })
})

describe('a service that calls for its caller', () => {
  /** The context of a call that a user makes. */
  async function contextFor(cloud: Cloud, userName: string): Promise<Context> {
    const credentials = await newUser(cloud, userName)
    await send(cloud, {
      service: 'sts',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'Action=GetCallerIdentity&Version=2011-06-15',
      credentials,
    })
    const service = await cloud.services.load('events')
    const entry = lastCall(cloud)
    const caller = entry?.data['caller'] as Context['caller']
    return cloud.contextOfCall(service, {
      door: 'in-process',
      requestId: '1',
      caller,
      accountId,
      region,
      cause: undefined,
      decisions: [],
    })
  }

  test('has that caller’s permissions, and shows through whom it came', async () => {
    const { cloud, ctx, QueueUrl } = await eventsBesideQueue()
    const mary = await contextFor(cloud, 'mary')
    const message = { QueueUrl, MessageBody: 'x' }
    await expect(mary.call(SendMessage, message)).rejects.toMatchObject({
      code: 'AccessDeniedException',
    })
    // Later, as data: the same caller.
    const later = ctx.call(SendMessage, message, { as: { caller: mary.caller } })
    await expect(later).rejects.toMatchObject({ code: 'AccessDeniedException' })
    expect(lastCall(cloud)?.data['caller']).toMatchObject({
      principal: { userName: 'mary' },
      calledVia: ['events.amazonaws.com'],
      invokedBy: 'events.amazonaws.com',
    })
  })
})

test('a call goes where it is sent: another region, another account', async () => {
  const { cloud, ctx } = await eventsBesideQueue()
  cloud.credentials('111122223333')
  const ask = (options: CallOptions) =>
    ctx.call(GetQueueUrl, { QueueName: 'queue' }, { as: 'events.amazonaws.com', ...options })
  for (const options of [{ region: 'eu-west-1' }, { accountId: '111122223333' }]) {
    await ask(options).catch(() => {})
    expect(lastCall(cloud)).toMatchObject({ accountId, region, ...options })
  }
})

test('an operation of its own that a service calls is judged like any other', async () => {
  const { cloud, ctx } = await eventsBesideQueue()
  await expect(
    ctx.call(
      AssumeRole,
      { RoleArn: `arn:aws:iam::${accountId}:role/none`, RoleSessionName: 'xx' },
      { as: 'x.amazonaws.com' },
    ),
  ).rejects.toMatchObject({ code: 'AccessDenied' })
  expect(lastCall(cloud)?.data['decisions']).toMatchObject([{ allowed: false }])
})
