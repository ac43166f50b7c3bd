import {
  GetSubscriptionAttributesCommand,
  ListSubscriptionsByTopicCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns'
import { client, createCloud, listen } from '@cloud-orrery/cloud'
import { mailbox } from '@cloud-orrery/services'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { topicNamed, worldOf } from './topics-and-queues.test-support.ts'

const cloud = createCloud({ deepFreeze: true })
let port: Awaited<ReturnType<typeof listen>>

beforeAll(async () => {
  port = await listen(cloud, { port: 0, token: 'a token' })
})

afterAll(async () => {
  await port.close()
})

/** Links in mails name AWS's host; someone at a command line puts the port in its place. */
const local = (link: string) => link.replace(/^https:\/\/[^/]+/, port.url)

test('a link works on the port, in the region of its topic', async () => {
  const away = worldOf(cloud, { region: 'eu-west-1' })
  const TopicArn = await topicNamed(away, 'news')
  const { SubscriptionArn } = await away.sns.send(
    new SubscribeCommand({
      TopicArn,
      Protocol: 'email',
      Endpoint: 'reader@example.com',
      ReturnSubscriptionArn: true,
    }),
  )
  await cloud.settle()
  const [link = ''] = mailbox.to(cloud.scope('', ''), 'reader@example.com')[0]?.links ?? []
  const answer = await fetch(local(link))
  expect([answer.status, await answer.text()]).toEqual([
    200,
    expect.stringContaining(`<SubscriptionArn>${SubscriptionArn}</SubscriptionArn>`),
  ])
  const attributes = new GetSubscriptionAttributesCommand({ SubscriptionArn })
  const { Attributes } = await away.sns.send(attributes)
  expect([
    Attributes?.['PendingConfirmation'],
    Attributes?.['ConfirmationWasAuthenticated'],
  ]).toEqual(['false', 'false'])
})

test('the certificate is on the port', async () => {
  const path = '/SimpleNotificationService-2114a1ff9d0250e851af57d0db398647.pem'
  const answer = await fetch(port.url + path)
  expect([answer.status, (await answer.text()).slice(0, 27)]).toEqual([
    200,
    '-----BEGIN CERTIFICATE-----',
  ])
})

test('other calls without a signature are refused', async () => {
  const answer = await fetch(`${port.url}/?Action=Publish&Version=2010-03-31&TopicArn=a&Message=hi`)
  expect([answer.status, await answer.text()]).toEqual([
    403,
    expect.stringContaining('<Code>MissingAuthenticationToken</Code>'),
  ])
})

test('the SDK talks to the port', async () => {
  const sns = new SNSClient({
    endpoint: port.url,
    region: 'us-east-1',
    credentials: cloud.credentials(),
  })
  const inside = client(cloud, SNSClient)
  const TopicArn = await topicNamed({ ...worldOf(cloud), sns }, 'from-outside')
  const list = (from: SNSClient) => from.send(new ListSubscriptionsByTopicCommand({ TopicArn }))
  expect((await list(sns)).Subscriptions).toEqual((await list(inside)).Subscriptions)
})
