import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge'
import {
  CreateTopicCommand,
  SetTopicAttributesCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns'
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import {
  AssociateOpsItemRelatedItemCommand,
  CreateOpsItemCommand,
  DeleteOpsItemCommand,
  DisassociateOpsItemRelatedItemCommand,
  ListOpsItemEventsCommand,
  ListOpsItemRelatedItemsCommand,
  type OpsItemEventFilter,
  SSMClient,
  UpdateOpsItemCommand,
} from '@aws-sdk/client-ssm'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { busy } from '../../shared/outages.test-support.ts'

const queueArn = 'arn:aws:sqs:us-east-1:123456789012:heard'
const newItem = { Title: 'Disk full', Source: 'EC2', Description: 'sda1' }

/** A queue into which services of AWS may write, and what it got. */
async function heard(seed = 1) {
  const cloud = createCloud({ deepFreeze: true, seed })
  const sqs = client(cloud, SQSClient)
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'heard' }))
  const Statement = {
    Effect: 'Allow',
    Principal: { Service: ['events.amazonaws.com', 'sns.amazonaws.com'] },
    Action: 'sqs:SendMessage',
    Resource: queueArn,
  }
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement })
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }))
  return {
    cloud,
    ssm: client(cloud, SSMClient),
    async bodies(): Promise<Record<string, unknown>[]> {
      await cloud.settle()
      const receive = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 })
      const { Messages = [] } = await sqs.send(receive)
      return Messages.map(({ Body = '' }) => JSON.parse(Body) as Record<string, unknown>)
    },
  }
}

async function listening() {
  const world = await heard()
  const events = client(world.cloud, EventBridgeClient)
  const EventPattern = JSON.stringify({ source: ['aws.ssm'] })
  await events.send(new PutRuleCommand({ Name: 'ssm', EventPattern }))
  await events.send(new PutTargetsCommand({ Rule: 'ssm', Targets: [{ Id: 'q', Arn: queueArn }] }))
  return world
}

test('EventBridge hears of an OpsItem that is made and changed', async () => {
  const { cloud, ssm, bodies } = await listening()
  const { OpsItemId, OpsItemArn } = await ssm.send(new CreateOpsItemCommand(newItem))
  const by = expect.stringMatching(/^arn:aws:iam::123456789012:/)
  const created = {
    'created-by': by,
    'created-time': '2026-01-01T00:00:00.000Z',
    source: 'EC2',
    status: 'Open',
    'ops-item-id': OpsItemId,
    title: 'Disk full',
    'ops-item-type': '/aws/issue',
    description: 'sda1',
  }
  expect(await bodies()).toMatchObject([
    {
      source: 'aws.ssm',
      'detail-type': 'OpsItem Create',
      resources: [OpsItemArn],
      detail: created,
    },
  ])
  await cloud.advance({ minutes: 1 })
  await ssm.send(new UpdateOpsItemCommand({ OpsItemId, Status: 'Resolved' }))
  const [, changed] = [undefined, ...(await bodies()).slice(-1)]
  expect(changed).toMatchObject({
    'detail-type': 'OpsItem Update',
    detail: { 'modified-by': by, 'modified-time': '2026-01-01T00:01:00.000Z', status: 'Resolved' },
  })
  const { Summaries = [] } = await ssm.send(new ListOpsItemEventsCommand({}))
  expect(Summaries.map(({ DetailType }) => DetailType)).toEqual([
    'OpsItem Update',
    'OpsItem Create',
  ])
  const Filters: OpsItemEventFilter[] = [
    { Key: 'OpsItemId', Operator: 'Equal', Values: ['oi-000000000000'] },
  ]
  const others = await ssm.send(new ListOpsItemEventsCommand({ Filters }))
  expect(others.Summaries).toEqual([])
})

test('a topic that lets OpsCenter publish hears of its items, others do not', async () => {
  const { cloud, ssm, bodies } = await heard()
  const sns = client(cloud, SNSClient)
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'ops' }))
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: queueArn }))
  const { OpsItemId } = await ssm.send(
    new CreateOpsItemCommand({ ...newItem, Notifications: [{ Arn: TopicArn }] }),
  )
  expect(await bodies()).toEqual([])
  const Statement = {
    Effect: 'Allow',
    Principal: { Service: 'ssm.amazonaws.com' },
    Action: 'SNS:Publish',
    Resource: TopicArn,
    Condition: { StringEquals: { 'AWS:SourceAccount': '123456789012' } },
  }
  const AttributeValue = JSON.stringify({ Version: '2012-10-17', Statement })
  await sns.send(
    new SetTopicAttributesCommand({ TopicArn, AttributeName: 'Policy', AttributeValue }),
  )
  cloud.armFault('sns.Publish', busy, { times: 1 })
  await ssm.send(new UpdateOpsItemCommand({ OpsItemId, Status: 'InProgress' }))
  await cloud.advance({ seconds: 2 })
  const [letter] = await bodies()
  expect(letter).toMatchObject({ TopicArn, Subject: 'OpsItem Update' })
  expect(JSON.parse(String(letter?.['Message']))).toMatchObject({ 'ops-item-id': OpsItemId })
})

test('a related item is listed once, and goes with its OpsItem', async () => {
  const { ssm } = await heard()
  const { OpsItemId } = await ssm.send(new CreateOpsItemCommand(newItem))
  const ResourceUri = 'arn:aws:ssm-incidents::123456789012:incident-record/plan/1'
  const related = new AssociateOpsItemRelatedItemCommand({
    OpsItemId,
    AssociationType: 'RelatesTo',
    ResourceType: 'AWS::SSMIncidents::IncidentRecord',
    ResourceUri,
  })
  const { AssociationId } = await ssm.send(related)
  await expect(ssm.send(related)).rejects.toMatchObject({
    name: 'OpsItemRelatedItemAlreadyExistsException',
    ResourceUri,
  })
  const list = async () =>
    (await ssm.send(new ListOpsItemRelatedItemsCommand({ OpsItemId }))).Summaries?.map(
      (it) => it.AssociationId,
    )
  expect(await list()).toEqual([AssociationId])
  const leave = new DisassociateOpsItemRelatedItemCommand({ OpsItemId, AssociationId })
  await ssm.send(leave)
  await expect(ssm.send(leave)).rejects.toMatchObject({
    name: 'OpsItemRelatedItemAssociationNotFoundException',
  })
  await ssm.send(related)
  await ssm.send(new DeleteOpsItemCommand({ OpsItemId }))
  expect(await list()).toEqual([])
})

test('the same seed gives the same journal', async () => {
  const digest = async () => {
    const { cloud, ssm } = await heard(7)
    await ssm.send(new CreateOpsItemCommand(newItem))
    await cloud.settle()
    return cloud.kernel.journal.digest()
  }
  expect(await digest()).toBe(await digest())
})
