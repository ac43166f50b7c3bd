import {
  GetIdentityNotificationAttributesCommand,
  GetSendStatisticsCommand,
  SESClient,
  SendEmailCommand,
  SetIdentityHeadersInNotificationsEnabledCommand,
  SetIdentityNotificationTopicCommand,
  VerifyEmailIdentityCommand,
} from '@aws-sdk/client-ses'
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns'
import { client, createCloud, fetchFromCloud } from '@cloud-orrery/cloud'
import { mailbox } from '@cloud-orrery/services'
import { expect, test } from 'vitest'

const sender = 'shop@example.com'

async function shopWithTopic() {
  const cloud = createCloud({ deepFreeze: true })
  const ses = client(cloud, SESClient)
  await ses.send(new VerifyEmailIdentityCommand({ EmailAddress: sender }))
  const [mail] = mailbox.to(cloud.scope('', ''), sender)
  await fetchFromCloud(cloud, mail?.links[0] ?? '')
  const { TopicArn } = await client(cloud, SNSClient).send(
    new CreateTopicCommand({ Name: 'bounces' }),
  )
  await ses.send(
    new SetIdentityNotificationTopicCommand({
      Identity: sender,
      NotificationType: 'Bounce',
      SnsTopic: TopicArn,
    }),
  )
  const send = (to: string) =>
    ses.send(
      new SendEmailCommand({
        Source: sender,
        Destination: { ToAddresses: [to] },
        Message: { Subject: { Data: 'Hi' }, Body: { Text: { Data: 'Hello' } } },
      }),
    )
  /** What SES told the topic. */
  const told = async () => {
    await cloud.advance({ seconds: 10 })
    return cloud.kernel.journal.entries
      .filter(({ kind, name }) => kind === 'call' && name === 'sns.Publish')
      .map(({ data }) => JSON.parse((data['input'] as { Message: string }).Message) as Told)
  }
  return { cloud, ses, send, told, TopicArn }
}

interface Told {
  readonly notificationType: string
  readonly mail: Readonly<Record<string, unknown>>
}

test("an identity's topic is told of bounces, and the sender gets no mail of them", async () => {
  const { cloud, ses, send, told, TopicArn } = await shopWithTopic()
  const { MessageId } = await send('bounce@simulator.amazonses.com')
  const [notification, ...rest] = await told()
  expect(rest).toEqual([])
  expect([notification?.notificationType, notification?.mail]).toEqual([
    'Bounce',
    {
      timestamp: '2026-01-01T00:00:00.000Z',
      source: sender,
      sourceArn: `arn:aws:ses:us-east-1:123456789012:identity/${sender}`,
      sourceIp: '127.0.0.1',
      callerIdentity: 'admin',
      sendingAccountId: '123456789012',
      messageId: MessageId,
      destination: ['bounce@simulator.amazonses.com'],
    },
  ])
  expect(mailbox.to(cloud.scope('', ''), sender)).toHaveLength(1) // The verification.
  const { NotificationAttributes } = await ses.send(
    new GetIdentityNotificationAttributesCommand({ Identities: [sender, 'nobody@example.com'] }),
  )
  expect(NotificationAttributes).toEqual({
    [sender]: {
      BounceTopic: TopicArn,
      ForwardingEnabled: true,
      HeadersInBounceNotificationsEnabled: false,
      HeadersInComplaintNotificationsEnabled: false,
      HeadersInDeliveryNotificationsEnabled: false,
    },
  })
})

test('headers come with a notification where they are asked for', async () => {
  const { ses, send, told } = await shopWithTopic()
  await ses.send(
    new SetIdentityHeadersInNotificationsEnabledCommand({
      Identity: sender,
      NotificationType: 'Bounce',
      Enabled: true,
    }),
  )
  await send('bounce@simulator.amazonses.com')
  const [notification] = await told()
  expect(notification?.mail['headersTruncated']).toBe(false)
  expect(notification?.mail['commonHeaders']).toMatchObject({ from: [sender], subject: 'Hi' })
})

test('statistics count attempts by quarters of an hour; the simulator harms no reputation', async () => {
  const { ses, send, cloud } = await shopWithTopic()
  await send('bounce@simulator.amazonses.com')
  await cloud.advance({ minutes: 20 })
  await send(sender)
  const { SendDataPoints } = await ses.send(new GetSendStatisticsCommand({}))
  const none = { Bounces: 0, Complaints: 0, Rejects: 0 }
  expect(SendDataPoints).toEqual([
    { Timestamp: new Date('2026-01-01T00:00:00Z'), DeliveryAttempts: 1, ...none },
    { Timestamp: new Date('2026-01-01T00:15:00Z'), DeliveryAttempts: 1, ...none },
  ])
})
