import {
  ConfirmSubscriptionCommand,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  PublishCommand,
  SetTopicAttributesCommand,
  SubscribeCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns'
import { fetchFromCloud } from '@cloud-orrery/cloud'
import { type Mail, mailbox } from '@cloud-orrery/services'
import { expect, test } from 'vitest'
import { refusal, topicNamed, type World, world } from '../topics-and-queues.test-support.ts'

const reader = 'reader@example.com'

async function mails({ cloud }: World): Promise<Mail[]> {
  await cloud.settle()
  return mailbox.to(cloud.scope('', ''), reader)
}

async function follow({ cloud }: World, mail: Mail | undefined): Promise<number> {
  return (await fetchFromCloud(cloud, mail?.links[0] ?? '')).status
}

/** Someone who was asked whether they want mail. */
async function invited(aws: World, Protocol = 'email') {
  const TopicArn = await topicNamed(aws, 'news', { DisplayName: 'Daily News' })
  const { SubscriptionArn = '' } = await aws.sns.send(
    new SubscribeCommand({ TopicArn, Protocol, Endpoint: reader, ReturnSubscriptionArn: true }),
  )
  return {
    TopicArn,
    SubscriptionArn,
    publish: (Message: string, Subject?: string) =>
      aws.sns.send(new PublishCommand({ TopicArn, Message, Subject })),
    /** What the list says in place of the ARN. */
    async listed() {
      const list = await aws.sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }))
      return list.Subscriptions?.map((it) => it.SubscriptionArn)
    },
    async counts() {
      const { Attributes = {} } = await aws.sns.send(new GetTopicAttributesCommand({ TopicArn }))
      const { SubscriptionsPending, SubscriptionsConfirmed, SubscriptionsDeleted } = Attributes
      return [SubscriptionsPending, SubscriptionsConfirmed, SubscriptionsDeleted].map(Number)
    },
  }
}

test('a reader confirms by the link in the mail, and then gets mail', async () => {
  const aws = world()
  const { SubscriptionArn, publish, listed, counts } = await invited(aws)
  await publish('too early')
  const [asked, ...others] = await mails(aws)
  expect(others).toEqual([])
  expect({ subject: asked?.subject, from: asked?.from }).toEqual({
    subject: 'AWS Notification - Subscription Confirmation',
    from: 'no-reply@sns.amazonaws.com',
  })
  expect([await listed(), await counts()]).toEqual([['PendingConfirmation'], [1, 0, 0]])
  expect(await follow(aws, asked)).toBe(200)
  expect([await listed(), await counts()]).toEqual([[SubscriptionArn], [0, 1, 0]])

  await publish('Hello.', 'A subject')
  await publish('No subject.')
  const [, first, second] = await mails(aws)
  expect([first?.subject, second?.subject]).toEqual(['A subject', 'AWS Notification Message'])
  expect(first?.raw).toContain('From: Daily News <no-reply@sns.amazonaws.com>')
  expect(first?.text.split('\n--\n')[0]).toBe('Hello.\n')
})

test('the link in a mail cancels, the link in the last mail restores', async () => {
  const aws = world()
  const { SubscriptionArn, publish, listed, counts } = await invited(aws)
  await follow(aws, (await mails(aws))[0])
  await publish('Hello.')
  expect(await follow(aws, (await mails(aws))[1])).toBe(200)
  expect([await listed(), await counts()]).toEqual([['Deleted'], [0, 0, 1]])
  await publish('Not for you.')
  const last = (await mails(aws)).at(-1)
  expect(last?.subject).toBe('AWS Notification - Unsubscribe Confirmation')
  expect(await follow(aws, last)).toBe(200)
  expect([await listed(), await counts()]).toEqual([[SubscriptionArn], [0, 1, 0]])
  await publish('Welcome back.')
  expect((await mails(aws)).at(-1)?.text).toContain('Welcome back.')
})

test('a cancelled subscription is gone after 72 hours', async () => {
  const aws = world()
  const { publish, listed, counts } = await invited(aws)
  await follow(aws, (await mails(aws))[0])
  await publish('Hello.')
  await follow(aws, (await mails(aws))[1])
  await aws.cloud.advance({ hours: 71 })
  expect(await listed()).toEqual(['Deleted'])
  await aws.cloud.advance({ hours: 1 })
  expect([await listed(), await counts()]).toEqual([[], [0, 0, 0]])
})

test('an invitation that nobody accepts ends after 48 hours', async () => {
  const aws = world()
  const { SubscriptionArn, listed, counts } = await invited(aws)
  await aws.cloud.advance({ hours: 47 })
  expect(await listed()).toEqual(['PendingConfirmation'])
  await aws.cloud.advance({ hours: 1 })
  expect([await listed(), await counts()]).toEqual([[], [0, 0, 0]])
  expect(await follow(aws, (await mails(aws))[0])).toBe(400)
  const attributes = new GetSubscriptionAttributesCommand({ SubscriptionArn })
  expect(await refusal(aws.sns.send(attributes))).toEqual([
    'NotFoundException',
    'Subscription does not exist',
  ])
})

test('subscribing again sends the invitation again', async () => {
  const aws = world()
  const { TopicArn } = await invited(aws)
  const again = await aws.sns.send(
    new SubscribeCommand({ TopicArn, Protocol: 'email', Endpoint: reader }),
  )
  expect(again.SubscriptionArn).toBe('pending confirmation')
  const [first, second] = await mails(aws)
  expect(second?.links).toEqual(first?.links)
})

test('a subscription that asks for signatures is not cancelled by a link', async () => {
  const aws = world()
  const { TopicArn, SubscriptionArn, publish, listed } = await invited(aws)
  const Token = /Token=(\w+)/.exec((await mails(aws))[0]?.text ?? '')?.[1]
  await aws.sns.send(
    new ConfirmSubscriptionCommand({ TopicArn, Token, AuthenticateOnUnsubscribe: 'true' }),
  )
  await publish('Hello.')
  expect(await follow(aws, (await mails(aws))[1])).toBe(403)
  expect(await listed()).toEqual([SubscriptionArn])
  await aws.sns.send(new UnsubscribeCommand({ SubscriptionArn }))
  expect(await listed()).toEqual([])
})

test('a subscription that waits for its confirmation cannot be cancelled', async () => {
  const aws = world()
  const { SubscriptionArn } = await invited(aws)
  expect(await refusal(aws.sns.send(new UnsubscribeCommand({ SubscriptionArn })))).toEqual([
    'InvalidParameterException',
    'Invalid parameter: Cannot unsubscribe a subscription that is pending confirmation',
  ])
})

test('email-json carries the envelope', async () => {
  const aws = world()
  const { TopicArn, publish } = await invited(aws, 'email-json')
  const asked = JSON.parse((await mails(aws))[0]?.text ?? '') as Record<string, string>
  expect(asked['Type']).toBe('SubscriptionConfirmation')
  expect((await fetchFromCloud(aws.cloud, asked['SubscribeURL'] ?? '')).status).toBe(200)
  await publish('Hello.')
  const told = JSON.parse((await mails(aws))[1]?.text ?? '') as Record<string, string>
  expect([told['Type'], told['TopicArn'], told['Message']]).toEqual([
    'Notification',
    TopicArn,
    'Hello.',
  ])
})

test('each protocol gets its own text of a message with the structure json', async () => {
  const aws = world()
  const { TopicArn } = await invited(aws)
  await follow(aws, (await mails(aws))[0])
  const Message = JSON.stringify({ default: 'for all', email: 'for readers' })
  await aws.sns.send(new PublishCommand({ TopicArn, Message, MessageStructure: 'json' }))
  expect((await mails(aws))[1]?.text).toMatch(/^for readers\n/)
})

test('a mail server that is down delays a mail by the schedule for mail', async () => {
  const aws = world()
  const { publish } = await invited(aws)
  await follow(aws, (await mails(aws))[0])
  aws.cloud.armFault('sns.email', { kind: 'error', code: 'Down' }, { times: 3 })
  await publish('Hello.')
  await aws.cloud.advance({ seconds: 29 })
  expect(await mails(aws)).toHaveLength(1)
  await aws.cloud.advance({ seconds: 1 }) // Ten seconds three times.
  expect(await mails(aws)).toHaveLength(2)
})

test('a display name is the sender of what is sent from then on', async () => {
  const aws = world()
  const { TopicArn, publish } = await invited(aws)
  await follow(aws, (await mails(aws))[0])
  const name = { TopicArn, AttributeName: 'DisplayName', AttributeValue: '' }
  await aws.sns.send(new SetTopicAttributesCommand(name))
  await publish('Hello.')
  expect((await mails(aws))[1]?.raw).toContain('From: AWS Notifications <')
})
