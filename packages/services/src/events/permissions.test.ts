import {
  CreateEventBusCommand,
  DeleteRuleCommand,
  DescribeEventBusCommand,
  DescribeRuleCommand,
  EventBridgeClient,
  PutEventsCommand,
  PutPermissionCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemovePermissionCommand,
} from '@aws-sdk/client-eventbridge'
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import { type Cloud, client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { bodies, openQueue, putEvent, roleFor, ruleFor, taken } from './delivered.test-support.ts'

const other = { accountId: '222222222222' }
const arn = 'arn:aws:events:us-east-1:123456789012'
const entry = { Source: 'shop', DetailType: 'Placed', Detail: '{}' }
const EventPattern = '{"source":["shop"]}'

/** A client of a user who may do what the statements say, and no more. */
async function userWith(cloud: Cloud, ...statements: readonly object[]) {
  const iam = client(cloud, IAMClient)
  const UserName = 'u'
  await iam.send(new CreateUserCommand({ UserName }))
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statements })
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'p', PolicyDocument }))
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }))
  const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '' } = AccessKey ?? {}
  return client(cloud, EventBridgeClient, { credentials: { accessKeyId, secretAccessKey } })
}

const denied = (action: string, resource: string) => ({
  name: 'AccessDeniedException',
  message: `User: arn:aws:iam::123456789012:user/u is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`,
})

test('PutEvents is judged by bus, source and detail type', async () => {
  const cloud = createCloud({ deepFreeze: true })
  const events = await userWith(cloud, {
    Effect: 'Allow',
    Action: 'events:PutEvents',
    Resource: `${arn}:event-bus/default`,
    Condition: { StringEquals: { 'events:source': 'shop', 'events:detail-type': 'Placed' } },
  })
  const put = (fields: object) =>
    events.send(new PutEventsCommand({ Entries: [{ ...entry, ...fields }] }))
  expect((await put({})).FailedEntryCount).toBe(0)
  for (const fields of [{ Source: 'x' }, { DetailType: 'x' }]) {
    await expect(put(fields)).rejects.toMatchObject(
      denied('events:PutEvents', `${arn}:event-bus/default`),
    )
  }
  await expect(put({ EventBusName: 'b' })).rejects.toMatchObject(
    denied('events:PutEvents', `${arn}:event-bus/b`),
  )
})

test('PutRule is judged by the sources of its pattern', async () => {
  const cloud = createCloud({ deepFreeze: true })
  const events = await userWith(cloud, {
    Effect: 'Allow',
    Action: 'events:PutRule',
    Resource: '*',
    Condition: {
      'ForAllValues:StringEquals': { 'events:source': ['shop'] },
      Null: { 'events:source': 'false' },
    },
  })
  await events.send(new PutRuleCommand({ Name: 'r', EventPattern }))
  await expect(
    events.send(new PutRuleCommand({ Name: 'r', EventPattern: '{"source":["shop","bank"]}' })),
  ).rejects.toMatchObject(denied('events:PutRule', `${arn}:rule/r`))
})

test('PutTargets is judged by the ARNs of the targets, and roles must be allowed to be passed', async () => {
  const cloud = createCloud({ deepFreeze: true })
  const queue = 'arn:aws:sqs:us-east-1:123456789012:q'
  const role = await roleFor(cloud, 'sqs:SendMessage')
  await client(cloud, EventBridgeClient).send(new PutRuleCommand({ Name: 'r', EventPattern }))
  const events = await userWith(
    cloud,
    {
      Effect: 'Allow',
      Action: 'events:PutTargets',
      Resource: `${arn}:rule/r`,
      Condition: { 'ForAllValues:ArnEquals': { 'events:TargetArn': queue } },
    },
    {
      Effect: 'Allow',
      Action: 'iam:PassRole',
      Resource: `${role}-other`,
    },
  )
  const put = (target: object) =>
    events.send(new PutTargetsCommand({ Rule: 'r', Targets: [{ Id: 't', Arn: queue, ...target }] }))
  expect((await put({})).FailedEntryCount).toBe(0)
  await expect(put({ Arn: `${queue}2` })).rejects.toMatchObject(
    denied('events:PutTargets', `${arn}:rule/r`),
  )
  await expect(put({ RoleArn: role })).rejects.toMatchObject(denied('iam:PassRole', role))
})

test('another account puts events only on a bus whose policy allows it', async () => {
  const cloud = createCloud({ deepFreeze: true })
  const queue = await openQueue(cloud)
  await ruleFor(cloud, [{ Id: 't', Arn: queue.arn }], { bus: 'b', pattern: { source: ['shop'] } })
  const events = client(cloud, EventBridgeClient)
  const there = client(cloud, EventBridgeClient, other)
  const put = () =>
    there.send(
      new PutEventsCommand({ Entries: [{ ...entry, EventBusName: `${arn}:event-bus/b` }] }),
    )
  const refusal = {
    name: 'AccessDeniedException',
    message: `User: arn:aws:iam::222222222222:user/admin is not authorized to perform: events:PutEvents on resource: ${arn}:event-bus/b because no resource-based policy allows the events:PutEvents action`,
  }
  await expect(put()).rejects.toMatchObject(refusal)
  await events.send(
    new PutPermissionCommand({
      EventBusName: 'b',
      Action: 'events:PutEvents',
      Principal: other.accountId,
      StatementId: 'partner',
    }),
  )
  expect((await put()).FailedEntryCount).toBe(0)
  const [body] = await bodies(cloud, queue)
  expect(JSON.parse(body ?? '')).toMatchObject({ account: other.accountId, region: 'us-east-1' })
  const remove = { EventBusName: 'b', StatementId: 'partner' }
  await events.send(new RemovePermissionCommand(remove))
  await expect(put()).rejects.toMatchObject(refusal)
  const { Policy } = await events.send(new DescribeEventBusCommand({ Name: 'b' }))
  expect(Policy).toBeUndefined()
})

test('a policy of a bus lets another account manage the rules that it made', async () => {
  const cloud = createCloud({ deepFreeze: true })
  const events = client(cloud, EventBridgeClient)
  const there = client(cloud, EventBridgeClient, other)
  await events.send(new CreateEventBusCommand({ Name: 'b' }))
  const statement = {
    Sid: 's',
    Effect: 'Allow',
    Principal: { AWS: 'arn:aws:iam::222222222222:root' },
    Action: ['events:PutRule', 'events:DeleteRule', 'events:DescribeRule'],
    Resource: `${arn}:rule/b/*`,
    Condition: { StringEqualsIfExists: { 'events:creatorAccount': '${aws:PrincipalAccount}' } },
  }
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
  await events.send(new PutPermissionCommand({ EventBusName: 'b', Policy }))
  const EventBusName = `${arn}:event-bus/b`
  await there.send(new PutRuleCommand({ Name: 'theirs', EventBusName, EventPattern }))
  await events.send(new PutRuleCommand({ Name: 'ours', EventBusName: 'b', EventPattern }))
  const described = await there.send(new DescribeRuleCommand({ Name: 'theirs', EventBusName }))
  expect([described.Arn, described.CreatedBy]).toEqual([`${arn}:rule/b/theirs`, '222222222222'])
  await expect(
    there.send(new DeleteRuleCommand({ Name: 'ours', EventBusName })),
  ).rejects.toMatchObject({ name: 'AccessDeniedException' })
})

test('an event that came from one bus goes to no third one', async () => {
  const cloud = createCloud({ deepFreeze: true })
  const events = client(cloud, EventBridgeClient)
  const dead = await openQueue(cloud, 'dead')
  const RoleArn = await roleFor(cloud, 'events:PutEvents')
  for (const Name of ['one', 'two', 'three']) await events.send(new CreateEventBusCommand({ Name }))
  for (const [from, to] of [
    ['one', 'two'],
    ['two', 'three'],
  ] as const) {
    await events.send(new PutRuleCommand({ Name: 'r', EventBusName: from, EventPattern }))
    const target = { Id: 't', Arn: `${arn}:event-bus/${to}`, RoleArn }
    const Targets = [{ ...target, DeadLetterConfig: { Arn: dead.arn } }]
    await events.send(new PutTargetsCommand({ Rule: 'r', EventBusName: from, Targets }))
  }
  await putEvent(cloud, {}, { EventBusName: 'one' })
  const [letter, ...more] = await taken(cloud, dead)
  expect(more).toEqual([])
  expect(letter?.MessageAttributes?.['TARGET_ARN']?.StringValue).toBe(`${arn}:event-bus/three`)
})

test('sources of AWS are AWS alone', async () => {
  const events = client(createCloud({ deepFreeze: true }), EventBridgeClient)
  const { Entries } = await events.send(
    new PutEventsCommand({ Entries: [{ ...entry, Source: 'aws.s3' }, entry] }),
  )
  expect(Entries).toEqual([
    {
      ErrorCode: 'NotAuthorizedForSourceException',
      ErrorMessage: 'Not authorized for the source.',
    },
    { EventId: expect.stringMatching(/^[\da-f-]{36}$/) },
  ])
})
