import { EventBridgeClient, PutEventsCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge'
import { DeleteRolePolicyCommand, IAMClient } from '@aws-sdk/client-iam'
import {
  CreateTopicCommand,
  SetTopicAttributesCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns'
import { SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { DescribeOpsItemsCommand, GetOpsItemCommand, SSMClient } from '@aws-sdk/client-ssm'
import { type Cloud, client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { bodies, openQueue, putEvent, roleFor, ruleFor, taken } from './delivered.test-support.ts'

const pattern = { source: ['shop'] }
const opsItems = 'arn:aws:ssm:us-east-1:123456789012:opsitem'
const ruleArn = 'arn:aws:events:us-east-1:123456789012:rule/r'

async function opsItemsOf(cloud: Cloud) {
  await cloud.settle()
  const ssm = client(cloud, SSMClient)
  const { OpsItemSummaries = [] } = await ssm.send(new DescribeOpsItemsCommand({}))
  const ids = OpsItemSummaries.map(({ OpsItemId = '' }) => OpsItemId)
  const found = []
  for (const OpsItemId of ids) {
    found.push((await ssm.send(new GetOpsItemCommand({ OpsItemId }))).OpsItem ?? {})
  }
  return found
}

/** A topic that allows EventBridge's rule and hands its messages to a queue. */
async function topicFor(cloud: Cloud, rule: string) {
  const sns = client(cloud, SNSClient)
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'ops' }))
  const statement = {
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'sns:Publish',
    Resource: TopicArn,
    Condition: { ArnEquals: { 'aws:SourceArn': rule } },
  }
  const AttributeValue = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
  const attribute = { TopicArn, AttributeName: 'Policy', AttributeValue }
  await sns.send(new SetTopicAttributesCommand(attribute))
  const queue = await openQueue(cloud, 'mail')
  await client(cloud, SQSClient).send(
    new SetQueueAttributesCommand({
      QueueUrl: queue.url,
      Attributes: {
        Policy: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: 'sns.amazonaws.com' },
              Action: 'sqs:SendMessage',
              Resource: queue.arn,
            },
          ],
        }),
      },
    }),
  )
  await sns.send(
    new SubscribeCommand({
      TopicArn,
      Protocol: 'sqs',
      Endpoint: queue.arn,
      Attributes: { RawMessageDelivery: 'true' },
    }),
  )
  return { TopicArn, queue }
}

test('a topic gets what the template makes of the event', async () => {
  const cloud = createCloud({ deepFreeze: true })
  const { TopicArn, queue } = await topicFor(cloud, ruleArn)
  const InputTransformer = {
    InputPathsMap: { item: '$.detail.items[0].name', all: '$.detail.items' },
    InputTemplate: '"Order of <item> from <all> by <aws.events.rule-name>"',
  }
  await ruleFor(cloud, [{ Id: 't', Arn: TopicArn, InputTransformer }], { pattern })
  await putEvent(cloud, { items: [{ name: 'tea' }, { name: 'milk' }] })
  expect(await bodies(cloud, queue)).toEqual(['"Order of tea from [{name:tea},{name:milk}] by r"'])
})

test('a topic that allows another rule refuses this one', async () => {
  const cloud = createCloud({ deepFreeze: true })
  const { TopicArn, queue } = await topicFor(cloud, `${ruleArn}-other`)
  const dead = await openQueue(cloud, 'dead')
  const DeadLetterConfig = { Arn: dead.arn }
  await ruleFor(cloud, [{ Id: 't', Arn: TopicArn, DeadLetterConfig }], { pattern })
  await putEvent(cloud, {})
  expect(await bodies(cloud, queue)).toEqual([])
  const [letter] = await taken(cloud, dead)
  expect(letter?.MessageAttributes?.['ERROR_CODE']?.StringValue).toBe('NO_PERMISSIONS')
  expect(letter?.MessageAttributes?.['ERROR_MESSAGE']?.StringValue).toBe(
    `User: events.amazonaws.com is not authorized to perform: SNS:Publish on resource: ${TopicArn} because no resource-based policy allows the SNS:Publish action`,
  )
})

test('an OpsItem holds the parts of an event', async () => {
  const cloud = createCloud({ deepFreeze: true })
  const RoleArn = await roleFor(cloud, 'ssm:CreateOpsItem')
  await ruleFor(cloud, [{ Id: 'ops', Arn: opsItems, RoleArn }], { pattern })
  const id = await putEvent(cloud, { reason: 'broken' }, { Resources: ['arn:aws:s3:::b'] })
  const [item] = await opsItemsOf(cloud)
  expect(item).toMatchObject({
    Title: 'Placed',
    Source: 'shop',
    Status: 'Open',
    CreatedBy: expect.stringContaining('assumed-role/a-role/'),
    OperationalData: {
      '/aws/resources': { Type: 'SearchableString', Value: '[{"arn":"arn:aws:s3:::b"}]' },
      id: { Type: 'String', Value: id },
      detail: { Type: 'String', Value: '{"reason":"broken"}' },
    },
  })
})

const template = (dedup: string) => ({
  InputPathsMap: { reason: '$.detail.reason', resources: '$.resources' },
  InputTemplate: JSON.stringify({
    title: 'Order <reason>',
    description: 'See <reason>.',
    category: 'Availability',
    severity: '2',
    source: 'Shop',
    resources: '@resources@',
    operationalData: {
      '/aws/dedup': { type: 'SearchableString', value: `{"dedupString":"${dedup}"}` },
      cause: { value: '@reason@' },
    },
  }).replaceAll(/"@(\w+)@"/g, '<$1>'),
})

test('a template fills an OpsItem, and its dedup string allows one open item', async () => {
  const cloud = createCloud({ deepFreeze: true })
  const RoleArn = await roleFor(cloud, 'ssm:CreateOpsItem')
  const dead = await openQueue(cloud, 'dead')
  const DeadLetterConfig = { Arn: dead.arn }
  const InputTransformer = template('orders')
  await ruleFor(
    cloud,
    [{ Id: 'ops', Arn: opsItems, RoleArn, InputTransformer, DeadLetterConfig }],
    { pattern },
  )
  await putEvent(cloud, { reason: 'late' }, { Resources: ['arn:aws:s3:::b'] })
  const [item, ...more] = await opsItemsOf(cloud)
  expect(more).toEqual([])
  expect(item).toMatchObject({
    Title: 'Order late',
    Description: 'See late.',
    Category: 'Availability',
    Severity: '2',
    Source: 'Shop',
    OperationalData: {
      '/aws/resources': { Type: 'SearchableString', Value: '[{"arn":"arn:aws:s3:::b"}]' },
      cause: { Type: 'String', Value: 'late' },
    },
  })
  await putEvent(cloud, { reason: 'later' }, { Resources: ['arn:aws:s3:::b'] })
  expect((await opsItemsOf(cloud)).length).toBe(1)
  const [letter] = await taken(cloud, dead)
  expect(letter?.MessageAttributes?.['ERROR_CODE']?.StringValue).toBe('RESOURCE_ALREADY_EXISTS')
})

test('a role that may not create OpsItems sends the event to the dead-letter queue at once', async () => {
  const cloud = createCloud({ deepFreeze: true })
  const RoleArn = await roleFor(cloud, 'ssm:CreateOpsItem')
  await client(cloud, IAMClient).send(
    new DeleteRolePolicyCommand({ RoleName: 'a-role', PolicyName: 'p' }),
  )
  const dead = await openQueue(cloud, 'dead')
  const DeadLetterConfig = { Arn: dead.arn }
  await ruleFor(cloud, [{ Id: 'ops', Arn: opsItems, RoleArn, DeadLetterConfig }], { pattern })
  await putEvent(cloud, {})
  expect(await opsItemsOf(cloud)).toEqual([])
  const [letter] = await taken(cloud, dead)
  const { ERROR_CODE, ERROR_MESSAGE, RETRY_ATTEMPTS } = letter?.MessageAttributes ?? {}
  expect([ERROR_CODE?.StringValue, RETRY_ATTEMPTS?.StringValue]).toEqual(['NO_PERMISSIONS', '0'])
  expect(ERROR_MESSAGE?.StringValue).toMatch(
    /^User: arn:aws:sts::123456789012:assumed-role\/a-role\/\w+ is not authorized to perform: ssm:CreateOpsItem on resource: arn:aws:ssm:us-east-1:123456789012:opsitem\/\* because no identity-based policy allows the ssm:CreateOpsItem action$/,
  )
})

test('a role that does not trust EventBridge is not assumed', async () => {
  const cloud = createCloud({ deepFreeze: true })
  const dead = await openQueue(cloud, 'dead')
  const target = {
    Id: 'ops',
    Arn: opsItems,
    RoleArn: 'arn:aws:iam::123456789012:role/gone',
    DeadLetterConfig: { Arn: dead.arn },
  }
  await ruleFor(cloud, [target], { pattern })
  await putEvent(cloud, {})
  const [letter] = await taken(cloud, dead)
  expect(letter?.MessageAttributes?.['ERROR_CODE']?.StringValue).toBe('FAILED_TO_ASSUME_ROLE')
})

for (const [target, message] of [
  [{ Arn: opsItems }, `RoleArn is required for target ${opsItems}.`],
  [
    { Arn: 'not-an-arn' },
    'Parameter not-an-arn is not valid. Reason: Provided Arn is not in correct format.',
  ],
  [
    { Arn: 'arn:aws:sqs:us-east-1:123456789012:q', InputPath: '$.a', Input: '{}' },
    'Only one of Input, InputPath, or InputTransformer must be provided for target t.',
  ],
  [
    { Arn: 'arn:aws:sqs:us-east-1:123456789012:q', Input: '' },
    'JSON syntax error in input for target t : [Source: (String)""; line: 1, column: 0]',
  ],
  [
    {
      Arn: 'arn:aws:sqs:us-east-1:123456789012:q',
      InputTransformer: { InputPathsMap: { a: '$.a' }, InputTemplate: '<a> is not JSON' },
    },
    'Invalid InputTemplate for target t : [Source: (String)"null is not JSON"; line: 1, column: 8]',
  ],
] as const) {
  test(`PutTargets refuses: ${message}`, async () => {
    const cloud = createCloud({ deepFreeze: true })
    await ruleFor(cloud, [{ Id: 'ok', Arn: 'arn:aws:sqs:us-east-1:123456789012:q' }], { pattern })
    await expect(
      client(cloud, EventBridgeClient).send(
        new PutTargetsCommand({ Rule: 'r', Targets: [{ Id: 't', ...target }] }),
      ),
    ).rejects.toMatchObject({ name: 'ValidationException', message })
  })
}

test('a JSON template that quotes a list makes no JSON, and nothing is delivered', async () => {
  const cloud = createCloud({ deepFreeze: true })
  const [queue, dead] = [await openQueue(cloud), await openQueue(cloud, 'dead')]
  const target = {
    Id: 't',
    Arn: queue.arn,
    DeadLetterConfig: { Arn: dead.arn },
    InputTransformer: {
      InputPathsMap: { list: '$.detail.list' },
      InputTemplate: '{"list": "<list>"}',
    },
  }
  await ruleFor(cloud, [target], { pattern })
  await putEvent(cloud, { list: ['HIGH'] })
  expect(await bodies(cloud, queue)).toEqual([])
  const [letter] = await taken(cloud, dead)
  expect(letter?.MessageAttributes?.['ERROR_CODE']?.StringValue).toBe('INVALID_JSON')
})

test.each(['constructor', 'toString'])('<%s> is no variable of a template', async (name) => {
  const cloud = createCloud({ deepFreeze: true })
  const queue = await openQueue(cloud, 'q')
  await ruleFor(cloud, [{ Id: 'q', Arn: queue.arn }], { pattern })
  const InputTransformer = { InputTemplate: `"<${name}>"` }
  const Targets = [{ Id: 'q', Arn: queue.arn, InputTransformer }]
  await expect(
    client(cloud, EventBridgeClient).send(new PutTargetsCommand({ Rule: 'r', Targets })),
  ).rejects.toMatchObject({
    name: 'ValidationException',
    message: `InputTemplate for target q contains invalid placeholder ${name}.`,
  })
})

test('an event that nests deeper than AWS reads is refused when it is put', async () => {
  const cloud = createCloud({ deepFreeze: true })
  const detail = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
  const entry = (depth: number) => ({ Source: 'shop', DetailType: 'd', Detail: detail(depth) })
  const put = await client(cloud, EventBridgeClient).send(
    new PutEventsCommand({ Entries: [entry(1001), entry(1000)] }),
  )
  expect([put.FailedEntryCount, put.Entries?.[0], put.Entries?.[1]?.ErrorCode]).toEqual([
    1,
    { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' },
    undefined,
  ])
})
