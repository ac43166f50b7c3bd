import {
  ConfirmSubscriptionCommand,
  PublishCommand,
  SetSubscriptionAttributesCommand,
  SubscribeCommand,
} from '@aws-sdk/client-sns'
import { record, replay } from '@cloud-orrery/cloud'
import type { OutboundRequest } from '@cloud-orrery/services'
import { expect, test } from 'vitest'
import {
  queueFor,
  receivedBodies,
  topicNamed,
  type World,
  world,
} from '../topics-and-queues.test-support.ts'

/** A confirmed endpoint whose answers the test decides, with the times at which it was called. */
async function hook(aws: World, policy?: object) {
  const calls: { atMs: number; request: OutboundRequest }[] = []
  const answers: number[] = []
  aws.cloud.internet.set('hooks.example', (request) => {
    calls.push({ atMs: aws.cloud.kernel.clock.nowMs, request })
    return { status: answers.shift() ?? 200, headers: {}, body: '' }
  })
  const TopicArn = await topicNamed(aws, 'news')
  const { SubscriptionArn } = await aws.sns.send(
    new SubscribeCommand({
      TopicArn,
      Protocol: 'https',
      Endpoint: 'https://hooks.example/',
      ReturnSubscriptionArn: true,
      ...(policy === undefined ? {} : { Attributes: { DeliveryPolicy: JSON.stringify(policy) } }),
    }),
  )
  await aws.cloud.settle()
  const { Token } = JSON.parse(calls.splice(0)[0]?.request.body ?? '{}') as { Token: string }
  await aws.sns.send(new ConfirmSubscriptionCommand({ TopicArn, Token }))
  const dead = await queueFor(aws, 'dead', TopicArn)
  await aws.sns.send(
    new SetSubscriptionAttributesCommand({
      SubscriptionArn,
      AttributeName: 'RedrivePolicy',
      AttributeValue: JSON.stringify({ deadLetterTargetArn: dead.queueArn }),
    }),
  )
  const startMs = aws.cloud.kernel.clock.nowMs
  return {
    answers,
    publish: (Message: string) => aws.sns.send(new PublishCommand({ TopicArn, Message })),
    /** Seconds after the start at which calls came. */
    seconds: () => calls.map(({ atMs }) => (atMs - startMs) / 1000),
    deadLetters: () => receivedBodies(aws, dead.queueUrl),
  }
}

test('a failing endpoint is tried again three times, 20 s apart, then the message is a dead letter', async () => {
  const aws = world()
  const { answers, publish, seconds, deadLetters } = await hook(aws)
  answers.push(500, 503, 599, 500)
  await publish('hi')
  await aws.cloud.advance({ minutes: 10 })
  expect(seconds()).toEqual([0, 20, 40, 60])
  expect(await deadLetters()).toEqual(['hi'])
})

test('an endpoint that recovers gets the message', async () => {
  const aws = world()
  const { answers, publish, seconds, deadLetters } = await hook(aws)
  answers.push(429, 500)
  await publish('hi')
  await aws.cloud.advance({ minutes: 10 })
  expect(seconds()).toEqual([0, 20, 40])
  expect(await deadLetters()).toEqual([])
})

test('an endpoint that refuses the message is not asked again', async () => {
  const aws = world()
  const { answers, publish, seconds, deadLetters } = await hook(aws)
  answers.push(403)
  await publish('hi')
  await aws.cloud.advance({ minutes: 10 })
  expect(seconds()).toEqual([0])
  expect(await deadLetters()).toEqual(['hi'])
})

test('a host that is not there counts as an outage', async () => {
  const aws = world()
  const { publish, deadLetters } = await hook(aws)
  aws.cloud.internet.delete('hooks.example')
  await publish('hi')
  await aws.cloud.advance({ seconds: 59 })
  expect(await deadLetters()).toEqual([])
  await aws.cloud.advance({ seconds: 1 })
  expect(await deadLetters()).toEqual(['hi'])
})

test('a delivery policy decides how often and when', async () => {
  const aws = world()
  const { answers, publish, seconds } = await hook(aws, {
    healthyRetryPolicy: {
      minDelayTarget: 2,
      maxDelayTarget: 10,
      numRetries: 7,
      numNoDelayRetries: 1,
      numMinDelayRetries: 1,
      numMaxDelayRetries: 2,
      backoffFunction: 'linear',
    },
  })
  answers.push(...Array.from({ length: 8 }, () => 500))
  await publish('hi')
  await aws.cloud.advance({ minutes: 10 })
  expect(seconds()).toEqual([0, 0, 2, 4, 10, 20, 30, 40])
})

test('a throttle policy spreads messages over time', async () => {
  const aws = world()
  const { publish, seconds } = await hook(aws, { throttlePolicy: { maxReceivesPerSecond: 2 } })
  for (const message of ['a', 'b', 'c', 'd']) await publish(message)
  await aws.cloud.advance({ minutes: 1 })
  expect(seconds()).toEqual([0, 0.5, 1, 1.5])
})

test('what a policy may not say is refused', async () => {
  const aws = world()
  const refused = hook(aws, { healthyRetryPolicy: { minDelayTarget: 30, maxDelayTarget: 20 } })
  await expect(refused).rejects.toThrow(
    'Invalid parameter: Attributes Reason: DeliveryPolicy: minDelayTarget must be less than or equal to maxDelayTarget',
  )
})

test('a replay answers for the endpoint, and nobody is called', async () => {
  const aws = world()
  const { answers, publish, seconds } = await hook(aws)
  answers.push(500)
  await publish('hi')
  await aws.cloud.advance({ minutes: 1 })
  const calls = seconds()
  const recording = record(aws.cloud)
  const again = await replay(recording)
  expect(again.kernel.journal.digest()).toBe(recording.journalSha256)
  expect(seconds()).toEqual(calls)
})
