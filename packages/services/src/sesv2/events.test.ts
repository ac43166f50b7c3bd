import {
  CreateConfigurationSetCommand,
  CreateConfigurationSetEventDestinationCommand,
  CreateEmailTemplateCommand,
  type EventDestinationDefinition,
  GetSuppressedDestinationCommand,
  PutSuppressedDestinationCommand,
  SendEmailCommand,
  type SendEmailCommandInput,
} from '@aws-sdk/client-sesv2'
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns'
import { client } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { mailsIn, refusal, setLimits, verified, world } from './mail.test-support.ts'
import { metricsNamed } from './metrics.test-support.ts'

const from = 'shop@example.com'
const bus = 'arn:aws:events:us-east-1:123456789012:event-bus/default'

/** A set whose events go to a destination, and a way to send with it. */
async function listening(destination: Partial<EventDestinationDefinition>) {
  const aws = world()
  await setLimits(aws.cloud, { maxSendRate: 100, productionAccess: true })
  await verified(aws, from)
  const { ses, cloud } = aws
  await ses.send(new CreateConfigurationSetCommand({ ConfigurationSetName: 'mail' }))
  const create = (EventDestination: EventDestinationDefinition, EventDestinationName = 'all') =>
    ses.send(
      new CreateConfigurationSetEventDestinationCommand({
        ConfigurationSetName: 'mail',
        EventDestinationName,
        EventDestination,
      }),
    )
  await create({
    Enabled: true,
    MatchingEventTypes: ['SEND', 'DELIVERY', 'BOUNCE', 'COMPLAINT', 'RENDERING_FAILURE'],
    ...destination,
  })
  const send = (to: string, more: Partial<SendEmailCommandInput> = {}) =>
    ses.send(
      new SendEmailCommand({
        FromEmailAddress: from,
        Destination: { ToAddresses: [to] },
        ConfigurationSetName: 'mail',
        Content: { Simple: { Subject: { Data: 'Hi' }, Body: { Text: { Data: 'Hello' } } } },
        ...more,
      }),
    )
  /** Events of SES that reached the default bus, with their moment. */
  const events = async () => {
    await cloud.advance({ seconds: 10 })
    return cloud.kernel.journal.entries
      .filter(({ kind, name }) => kind === 'event' && name.startsWith('aws.ses'))
      .map(({ data }) => data as { detailType: string; resources: string[]; detail: Detail })
  }
  return { ...aws, send, events, create }
}

interface Detail {
  readonly eventType: string
  readonly bounce?: object
  readonly complaint?: object
  readonly failure?: object
  readonly mail: { readonly destination: readonly string[] }
}

const toBus = { EventBridgeDestination: { EventBusArn: bus } }

test('the mailbox simulator bounces, and the default bus is told', async () => {
  const { send, events, cloud } = await listening(toBus)
  await send('bounce+label@simulator.amazonses.com')
  const [sent, bounced, ...rest] = await events()
  expect(rest).toEqual([])
  expect([sent?.detailType, bounced?.detailType]).toEqual(['Email Sent', 'Email Bounced'])
  expect(bounced?.resources).toEqual(['arn:aws:ses:us-east-1:123456789012:configuration-set/mail'])
  expect(bounced?.detail.bounce).toMatchObject({
    bounceType: 'Permanent',
    bounceSubType: 'General',
    bouncedRecipients: [
      {
        emailAddress: 'bounce+label@simulator.amazonses.com',
        action: 'failed',
        status: '5.1.1',
        diagnosticCode: 'smtp; 550 5.1.1 user unknown',
      },
    ],
  })
  // Nobody else is told of the bounce, so the sender gets a mail.
  expect(mailsIn(cloud).at(-1)).toMatchObject({
    from: 'MAILER-DAEMON@email.amazonses.com',
    to: [from],
    subject: 'Delivery Status Notification (Failure)',
  })
})

test('a complaint follows a delivery', async () => {
  const { send, events } = await listening(toBus)
  await send('complaint@simulator.amazonses.com')
  const told = await events()
  expect(told.map(({ detail }) => detail.eventType)).toEqual(['Send', 'Delivery', 'Complaint'])
  expect(told[2]?.detail.complaint).toMatchObject({
    complaintFeedbackType: 'abuse',
    complainedRecipients: [{ emailAddress: 'complaint@simulator.amazonses.com' }],
  })
})

test('what is on the suppression list bounces without being sent', async () => {
  const { send, events, ses, cloud } = await listening(toBus)
  const before = mailsIn(cloud).length
  await ses.send(
    new PutSuppressedDestinationCommand({ EmailAddress: 'Gone@Example.org', Reason: 'BOUNCE' }),
  )
  await send('gone@example.org')
  expect(mailsIn(cloud)).toHaveLength(before)
  const told = await events()
  expect(told[1]?.detail.bounce).toMatchObject({ bounceSubType: 'OnAccountSuppressionList' })
})

test('a hard bounce puts an address on the suppression list', async () => {
  const { send, events, ses, cloud } = await listening(toBus)
  cloud.armFault('ses.bounce', { kind: 'error', code: 'Bounced' }, { times: 1 })
  const { MessageId } = await send('gone@example.org')
  expect((await events()).map(({ detail }) => detail.eventType)).toEqual(['Send', 'Bounce'])
  const { SuppressedDestination } = await ses.send(
    new GetSuppressedDestinationCommand({ EmailAddress: 'gone@example.org' }),
  )
  expect(SuppressedDestination).toMatchObject({
    EmailAddress: 'gone@example.org',
    Reason: 'BOUNCE',
    Attributes: { MessageId },
  })
})

test('a template whose data lacks a value fails after the message was taken', async () => {
  const { send, events, ses, cloud } = await listening(toBus)
  const before = mailsIn(cloud).length
  await ses.send(
    new CreateEmailTemplateCommand({
      TemplateName: 'hello',
      TemplateContent: { Subject: 'Hello {{name}}', Text: 'Hi {{name}}' },
    }),
  )
  const content = (TemplateData: string) => ({
    Content: { Template: { TemplateName: 'hello', TemplateData } },
  })
  await send('a@example.org', content('{"nome":"Ann"}'))
  expect(mailsIn(cloud)).toHaveLength(before)
  const failed = (await events()).at(-1)
  expect([failed?.detailType, failed?.detail.failure]).toEqual([
    'Email Rendering Failed',
    {
      errorMessage: "Attribute 'name' is not present in the rendering data.",
      templateName: 'hello',
    },
  ])
  await send('a@example.org', content('{"name":"Ann"}'))
  expect(mailsIn(cloud).at(-1)).toMatchObject({ subject: 'Hello Ann', text: 'Hi Ann' })
  expect(await refusal(send('a@example.org', content('[]')))).toEqual([
    'BadRequestException',
    'Template rendering data is invalid.',
    400,
  ])
})

test('a CloudWatch destination counts by tags of messages', async () => {
  const { send, cloud } = await listening({
    CloudWatchDestination: {
      DimensionConfigurations: [
        {
          DimensionName: 'campaign',
          DimensionValueSource: 'MESSAGE_TAG',
          DefaultDimensionValue: 'none',
        },
      ],
    },
  })
  await send('a@example.org', { EmailTags: [{ Name: 'campaign', Value: 'spring' }] })
  await send('b@example.org')
  await cloud.advance({ seconds: 10 })
  expect(metricsNamed(cloud, 'AWS/SES', 'Delivery')).toEqual([
    { dimensions: { campaign: 'none' }, sum: 1 },
    { dimensions: { campaign: 'spring' }, sum: 1 },
    { dimensions: {}, sum: 2 },
  ])
})

test('a topic outage delays an event, it does not lose it', async () => {
  const aws = await listening({ EventBridgeDestination: { EventBusArn: bus } })
  const sns = client(aws.cloud, SNSClient)
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'events' }))
  await aws.ses.send(
    new CreateConfigurationSetEventDestinationCommand({
      ConfigurationSetName: 'mail',
      EventDestinationName: 'topic',
      EventDestination: {
        Enabled: true,
        MatchingEventTypes: ['SEND'],
        SnsDestination: { TopicArn },
      },
    }),
  )
  const fault = aws.cloud.armFault('sns.Publish', {
    kind: 'error',
    code: 'InternalError',
    status: 500,
  })
  await aws.send('a@example.org')
  await aws.cloud.advance({ seconds: 5 })
  aws.cloud.endFault(fault)
  await aws.cloud.advance({ minutes: 2 })
  const published = aws.cloud.kernel.journal.entries.filter(
    ({ kind, name, data }) => kind === 'call' && name === 'sns.Publish' && !('error' in data),
  )
  expect(published).toHaveLength(2) // The validation, and the event.
})

test('only the default bus of the account can be named', async () => {
  const { create } = await listening(toBus)
  const other = {
    MatchingEventTypes: ['SEND' as const],
    EventBridgeDestination: { EventBusArn: bus.replace('default', 'mine') },
  }
  expect(await refusal(create(other, 'other'))).toEqual([
    'BadRequestException',
    'The event bus must be the default event bus of the account.',
    400,
  ])
})

test('the same seed gives the same journal', async () => {
  const run = async () => {
    const { send, events, cloud } = await listening(toBus)
    await send('complaint@simulator.amazonses.com')
    await events()
    return cloud.kernel.journal.digest()
  }
  expect(await run()).toBe(await run())
})
