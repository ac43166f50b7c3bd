import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  FilterLogEventsCommand,
  PutResourcePolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import type { InputTransformer } from '@aws-sdk/client-eventbridge'
import { type Cloud, client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { openQueue, putEvent, ruleFor, taken } from './delivered.test-support.ts'

const logGroupName = '/aws/events/shop'
const arn = `arn:aws:logs:us-east-1:123456789012:log-group:${logGroupName}`

async function loggedShop(InputTransformer?: InputTransformer) {
  const cloud = createCloud({ deepFreeze: true })
  const logs = client(cloud, CloudWatchLogsClient)
  await logs.send(new CreateLogGroupCommand({ logGroupName }))
  const dead = await openQueue(cloud, 'dead')
  const target = { Id: 't', Arn: arn, DeadLetterConfig: { Arn: dead.arn } }
  await ruleFor(cloud, [{ ...target, ...(InputTransformer && { InputTransformer }) }], {
    pattern: { source: ['shop'] },
  })
  return { cloud, logs, dead }
}

async function allow(logs: CloudWatchLogsClient) {
  const statement = {
    Effect: 'Allow',
    Principal: { Service: ['events.amazonaws.com', 'delivery.logs.amazonaws.com'] },
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: `${arn}:*`,
  }
  const policyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
  await logs.send(new PutResourcePolicyCommand({ policyName: 'p', policyDocument }))
}

async function lines(cloud: Cloud, logs: CloudWatchLogsClient) {
  await cloud.settle()
  const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName }))
  return events.map(({ timestamp, message }) => [timestamp, message])
}

test('a log group whose account allows EventBridge gets one line an event', async () => {
  const { cloud, logs } = await loggedShop()
  await allow(logs)
  const id = await putEvent(cloud, { a: 1 })
  const line = `{"version":"0","id":"${id}","detail-type":"Placed","source":"shop","account":"123456789012","time":"2026-01-01T00:00:00Z","region":"us-east-1","resources":[],"detail":{"a":1}}`
  expect(await lines(cloud, logs)).toEqual([[Date.UTC(2026, 0, 1), line]])
})

test('without a resource policy of the account nothing is logged', async () => {
  const { cloud, dead, logs } = await loggedShop()
  await putEvent(cloud, {})
  expect(await lines(cloud, logs)).toEqual([])
  const [letter] = await taken(cloud, dead)
  expect(letter?.MessageAttributes?.['ERROR_CODE']?.StringValue).toBe('NO_PERMISSIONS')
})

test('a template gives time and text of the line', async () => {
  const { cloud, logs } = await loggedShop({
    InputPathsMap: { at: '$.detail.at', what: '$.detail.what' },
    InputTemplate: '{"timestamp": <at>, "message": <what>}',
  })
  await allow(logs)
  const at = Date.UTC(2026, 0, 1) - 60_000
  await putEvent(cloud, { at, what: 'tea' })
  expect(await lines(cloud, logs)).toEqual([[at, 'tea']])
})
