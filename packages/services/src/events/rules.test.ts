import {
  CreateEventBusCommand,
  DeleteEventBusCommand,
  DeleteRuleCommand,
  EventBridgeClient,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'

function eventBridge(cloud = createCloud({ deepFreeze: true })) {
  return client(cloud, EventBridgeClient)
}

const pattern = '{"source":["shop"]}'
const queue = { Id: 'q', Arn: 'arn:aws:sqs:us-east-1:123456789012:q' }

test('a rule that has targets is not deleted, nor is a bus that has rules', async () => {
  const events = eventBridge()
  await events.send(new CreateEventBusCommand({ Name: 'orders' }))
  const rule = { Name: 'placed', EventBusName: 'orders' }
  await events.send(new PutRuleCommand({ ...rule, EventPattern: pattern }))
  await events.send(
    new PutTargetsCommand({ Rule: 'placed', EventBusName: 'orders', Targets: [queue] }),
  )
  await expect(events.send(new DeleteRuleCommand(rule))).rejects.toMatchObject({
    name: 'ValidationException',
    message: "Rule can't be deleted since it has targets.",
  })
  await expect(events.send(new DeleteEventBusCommand({ Name: 'orders' }))).rejects.toMatchObject({
    name: 'ValidationException',
  })
  await events.send(
    new RemoveTargetsCommand({ Rule: 'placed', EventBusName: 'orders', Ids: ['q'] }),
  )
  await events.send(new DeleteRuleCommand(rule))
  await events.send(new DeleteEventBusCommand({ Name: 'orders' }))
})

test('a rule that is put again is replaced as a whole, its targets stay', async () => {
  const events = eventBridge()
  await events.send(
    new PutRuleCommand({
      Name: 'r',
      EventPattern: pattern,
      Description: 'first',
      State: 'DISABLED',
    }),
  )
  await events.send(new PutTargetsCommand({ Rule: 'r', Targets: [queue] }))
  await events.send(new PutRuleCommand({ Name: 'r', ScheduleExpression: 'rate(1 hour)' }))
  const { Rules } = await events.send(new ListRulesCommand({}))
  expect(Rules).toEqual([
    {
      Name: 'r',
      Arn: 'arn:aws:events:us-east-1:123456789012:rule/r',
      ScheduleExpression: 'rate(1 hour)',
      State: 'ENABLED',
      EventBusName: 'default',
    },
  ])
  const { Targets } = await events.send(new ListTargetsByRuleCommand({ Rule: 'r' }))
  expect(Targets).toEqual([queue])
})

test('a rule needs a pattern or a schedule', async () => {
  await expect(eventBridge().send(new PutRuleCommand({ Name: 'r' }))).rejects.toMatchObject({
    name: 'ValidationException',
    message: 'Parameter(s) EventPattern or ScheduleExpression must be specified.',
  })
})

test('deleting a rule that is not there is no error', async () => {
  const { $metadata } = await eventBridge().send(new DeleteRuleCommand({ Name: 'gone' }))
  expect($metadata.httpStatusCode).toBe(200)
})

test('targets of kinds that are not built are refused by name', async () => {
  const events = eventBridge()
  await events.send(new PutRuleCommand({ Name: 'r', EventPattern: pattern }))
  const Arn = 'arn:aws:batch:us-east-1:123456789012:job-queue/q'
  await expect(
    events.send(new PutTargetsCommand({ Rule: 'r', Targets: [{ Id: 'f', Arn }] })),
  ).rejects.toMatchObject({
    name: 'NotImplemented',
    message: `Orrery does not model targets of events:PutTargets such as ${Arn}.`,
  })
})
