import {
  CreateConfigurationSetCommand,
  CreateConfigurationSetEventDestinationCommand,
  CreateTemplateCommand,
  DeleteConfigurationSetCommand,
  DeleteConfigurationSetEventDestinationCommand,
  DeleteTemplateCommand,
  ListTemplatesCommand,
  SESClient,
  SendEmailCommand,
  SendRawEmailCommand,
  SendTemplatedEmailCommand,
  SetIdentityHeadersInNotificationsEnabledCommand,
  VerifyEmailIdentityCommand,
} from '@aws-sdk/client-ses'
import {
  CreateTopicCommand,
  DeleteTopicCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns'
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { type Cloud, client, createCloud, fetchFromCloud } from '@cloud-orrery/cloud'
import { mailbox } from '@cloud-orrery/services'
import { expect, test } from 'vitest'
import {
  asRecorded,
  expectRecorded,
  recording,
  recordingsPresent,
} from '../shared/recorded.test-support.ts'

const recorded = (name: string) => recording('ses/test_ses', `TestSES::${name}`)
const recordedTest = test.skipIf(!recordingsPresent)

const sender = 'sender@example.com'
const recipient = 'reader@example.org'

async function world() {
  const cloud = createCloud({ deepFreeze: true })
  const ses = client(cloud, SESClient)
  return { cloud, ses, sns: client(cloud, SNSClient), sqs: client(cloud, SQSClient) }
}

type World = Awaited<ReturnType<typeof world>>

async function verify({ cloud, ses }: World, ...addresses: string[]) {
  for (const EmailAddress of addresses) {
    await ses.send(new VerifyEmailIdentityCommand({ EmailAddress }))
    const mail = mailbox.to(cloud.scope('', ''), EmailAddress).at(-1)
    await fetchFromCloud(cloud, mail?.links[0] ?? '')
  }
}

const snsTypes = ['send', 'delivery', 'bounce', 'renderingFailure', 'reject', 'complaint'] as const

/** A configuration set whose events go by a topic into a queue. */
async function listening(aws: World) {
  const { ses, sns, sqs } = aws
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'events' }))
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'events' }))
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  )
  const queueArn = Attributes?.['QueueArn'] ?? ''
  const Policy = JSON.stringify({
    Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: queueArn }],
  })
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }))
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: queueArn }))
  await ses.send(new CreateConfigurationSetCommand({ ConfigurationSet: { Name: 'mail' } }))
  await ses.send(
    new CreateConfigurationSetEventDestinationCommand({
      ConfigurationSetName: 'mail',
      EventDestination: {
        Name: 'events',
        Enabled: true,
        MatchingEventTypes: [...snsTypes],
        SNSDestination: { TopicARN: TopicArn },
      },
    }),
  )
  return { TopicArn, QueueUrl }
}

async function received(cloud: Cloud, sqs: SQSClient, QueueUrl: string) {
  await cloud.advance({ seconds: 10 })
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
  )
  const notifications = Messages.map(({ Body }) => JSON.parse(Body ?? '{}') as Notification)
  // The recorded test sorts its messages by kind.
  const rank = ({ Message }: Notification) =>
    ['Success', '{"eventType":"Send"', '{"eventType":"Delivery"'].findIndex((start) =>
      Message.startsWith(start),
    )
  return notifications.sort((a, b) => rank(a) - rank(b))
}

interface Notification {
  readonly Message: string
}

/** Placeholders that stand for more than one text: addresses, hosts and times of the recorded account. */
const bindings = () =>
  new Map([
    ['<sender-email-address>', sender],
    ['<recipient-email-address>', recipient],
    ['<config-set-name>', 'mail'],
    ['<partition>', 'aws'],
    ['<region>', 'us-east-1'],
  ])

/** The recorded account, and what the recording keeps of one day and one subject. */
function adapted<T>(value: T, replacements: readonly (readonly [string, string])[] = []): T {
  let text = JSON.stringify(value)
  const all = [
    ['111111111111', '123456789012'],
    ['"timestamp":"date"', '"timestamp":"timestamp"'],
    ['"Timestamp":"date"', '"Timestamp":"timestamp"'],
    ['Fri, 25 Aug 2023 22:00:03 +0000', 'Thu, 01 Jan 2026 00:00:00 +0000'],
    ['Email template c51cf868', 'A subject'],
    ...replacements,
  ] as const
  for (const [from, to] of all) text = text.replaceAll(from, to)
  return JSON.parse(text) as T
}

/** Of servers and their moments: no two sends are alike in them. */
const ofServers = [0, 1, 2].flatMap((i) => [
  `messages[${i}].Signature`, // Each message has its own, under one placeholder.
  `messages[${i}].Message.delivery.processingTimeMillis`,
  `messages[${i}].Message.delivery.smtpResponse`,
  `messages[${i}].Message.delivery.reportingMTA`,
])

recordedTest('events of a templated mail reach a topic', async () => {
  const aws = await world()
  await verify(aws, sender, recipient)
  const { QueueUrl } = await listening(aws)
  await aws.ses.send(
    new CreateTemplateCommand({
      Template: { TemplateName: 'hello', SubjectPart: 'A subject', TextPart: 'Hello\nThere' },
    }),
  )
  await aws.ses.send(
    new SendTemplatedEmailCommand({
      Source: sender,
      Template: 'hello',
      TemplateData: '{"A key": "A value"}',
      Destination: { ToAddresses: [recipient] },
      ConfigurationSetName: 'mail',
      Tags: [{ Name: 'custom-tag', Value: 'tag-value' }],
    }),
  )
  const messages = await received(aws.cloud, aws.sqs, QueueUrl)
  expectRecorded(
    { messages },
    adapted(recorded('test_ses_sns_topic_integration_send_templated_email')),
    bindings(),
    ofServers,
  )
})

recordedTest('events of a raw mail reach a topic', async () => {
  const aws = await world()
  await verify(aws, sender, recipient)
  const { QueueUrl } = await listening(aws)
  await aws.ses.send(
    new SendRawEmailCommand({
      Source: sender,
      Destinations: [recipient],
      RawMessage: { Data: Buffer.from('') },
      ConfigurationSetName: 'mail',
      Tags: [{ Name: 'custom-tag', Value: 'tag-value' }],
    }),
  )
  const messages = await received(aws.cloud, aws.sqs, QueueUrl)
  expectRecorded(
    { messages },
    adapted(recorded('test_ses_sns_topic_integration_send_raw_email')),
    bindings(),
    ofServers,
  )
})

recordedTest('a topic that was deleted stops events, not mail', async () => {
  const aws = await world()
  await verify(aws, sender, recipient)
  const { QueueUrl, TopicArn } = await listening(aws)
  const before = await received(aws.cloud, aws.sqs, QueueUrl)
  await aws.sns.send(new DeleteTopicCommand({ TopicArn }))
  await aws.ses.send(
    new SendEmailCommand({
      Source: sender,
      Destination: { ToAddresses: [recipient] },
      Message: { Subject: { Data: 'A subject' }, Body: { Text: { Data: 'hi' } } },
      ConfigurationSetName: 'mail',
    }),
  )
  const after = await received(aws.cloud, aws.sqs, QueueUrl)
  expectRecorded(
    { messages: [...before, ...after] },
    adapted(recorded('test_sending_to_deleted_topic')),
    bindings(),
  )
  expect(mailbox.to(aws.cloud.scope('', ''), recipient)).toHaveLength(2)
})

recordedTest('an event destination needs a topic that is there', async () => {
  const { ses } = await world()
  await ses.send(new CreateConfigurationSetCommand({ ConfigurationSet: { Name: 'mail' } }))
  const arn = 'arn:aws:sns:us-east-1:123456789012:gone'
  const call = asRecorded(ses.send(destinationFor('mail', arn)))
  expectRecorded(
    { 'create-error': await call },
    adapted(recorded('test_cannot_create_event_for_no_topic'), [['<arn>', arn]]),
  )
})

function destinationFor(set: string, TopicARN: string) {
  return new CreateConfigurationSetEventDestinationCommand({
    ConfigurationSetName: set,
    EventDestination: {
      Name: 'events',
      Enabled: true,
      MatchingEventTypes: ['send'],
      SNSDestination: { TopicARN },
    },
  })
}

recordedTest('configuration sets that are not there are named', async () => {
  const { ses } = await world()
  const set = (name: string) => [['<config-set>', name]] as const
  expectRecorded(
    {
      'delete-error': await asRecorded(
        ses.send(new DeleteConfigurationSetCommand({ ConfigurationSetName: 'nobody' })),
      ),
    },
    adapted(recorded('test_deleting_non_existent_configuration_set'), set('nobody')),
  )
  expectRecorded(
    { 'create-error': await asRecorded(ses.send(destinationFor('nobody', 'arn'))) },
    adapted(recorded('test_creating_event_destination_without_configuration_set'), set('nobody')),
  )
  expectRecorded(
    {
      'delete-error': await asRecorded(
        ses.send(
          new DeleteConfigurationSetEventDestinationCommand({
            ConfigurationSetName: 'non-existent-configuration-set',
            EventDestinationName: 'non-existent-configuration-set',
          }),
        ),
      ),
    },
    recorded('test_trying_to_delete_event_destination_from_non_existent_configuration_set'),
  )
})

const tagCases = [
  ['test_invalid_name:123-test', 'test_invalid_name:123', 'test'],
  [
    'test_invalid_name:123-test_invalid_value:123',
    'test_invalid_name:123',
    'test_invalid_value:123',
  ],
  ['test_invalid_value_len', 'test_invalid_value_len', 'a'.repeat(256)],
  ['test_priority_name_value', 'test_invalid_name@123', 'a'.repeat(256)],
  ['-', '', ''],
  ['-test', '', 'test'],
] as const

for (const [id, Name, Value] of tagCases) {
  recordedTest(`tags of mail: ${id}`, async () => {
    const aws = await world()
    await verify(aws, sender)
    const call = aws.ses.send(
      new SendEmailCommand({
        Source: sender,
        Destination: { ToAddresses: ['success@simulator.amazonses.com'] },
        Message: { Subject: { Data: 'test' }, Body: { Text: { Data: 'test' } } },
        Tags: [{ Name, Value }],
      }),
    )
    expectRecorded(
      { response: await asRecorded(call) },
      recorded(`test_invalid_tags_send_email[${id}]`),
      new Map([
        ['<test_invalid_name:123>', '<test_invalid_name:123>'],
        ['<test_invalid_name@123>', '<test_invalid_name@123>'],
      ]),
    )
  })
}

recordedTest('templates are listed, and gone when they are deleted', async () => {
  const Template = { TemplateName: 'hello-world', SubjectPart: 'Subject', TextPart: 'hello' }
  const listed = await world()
  const list = (ses: SESClient) => asRecorded(ses.send(new ListTemplatesCommand({})))
  expectRecorded(
    {
      'create-template': await asRecorded(listed.ses.send(new CreateTemplateCommand({ Template }))),
      'list-templates-1': await list(listed.ses),
      'list-templates-2': await list(listed.ses),
    },
    recorded('test_list_templates'),
  )
  const { ses } = await world()
  const empty = await list(ses)
  await ses.send(new CreateTemplateCommand({ Template }))
  expectRecorded(
    {
      'list-templates-empty': empty,
      'list-templates-after-create': await list(ses),
      'delete-template': await asRecorded(
        ses.send(new DeleteTemplateCommand({ TemplateName: 'hello-world' })),
      ),
      'list-templates-after-delete': await list(ses),
    },
    recorded('test_delete_template'),
  )
})

const setHeaders = (ses: SESClient, Identity: string, type: string, Enabled: boolean) =>
  asRecorded(
    ses.send(
      new SetIdentityHeadersInNotificationsEnabledCommand({
        Identity,
        NotificationType: type as 'Bounce', // One of them is no type.
        Enabled,
      }),
    ),
  )

for (const [Enabled, type] of [
  [true, 'Bounce'],
  [false, 'Delivery'],
] as const) {
  recordedTest(`headers in notifications: ${Enabled} for ${type}`, async () => {
    const aws = await world()
    await verify(aws, sender)
    const name = Enabled ? 'True' : 'False'
    const key = `set-headers-${type.toLowerCase()}-enabled-${name}`
    expectRecorded(
      {
        [key]: await setHeaders(aws.ses, sender, type, Enabled),
        [`${key}-idempotent`]: await setHeaders(aws.ses, sender, type, Enabled),
      },
      recorded(`test_set_identity_headers_in_notifications_enabled_success[${name}-${type}]`),
    )
  })
}

recordedTest('headers in notifications need a type and an identity', async () => {
  const aws = await world()
  await verify(aws, sender)
  const prefix = 'test_set_identity_headers_in_notifications_enabled_failure'
  expectRecorded(
    { 'set-headers-error-invalidtype': await setHeaders(aws.ses, sender, 'InvalidType', true) },
    recorded(`${prefix}_invalid_type`),
  )
  for (const type of ['Bounce', 'Complaint', 'Delivery']) {
    const answer = await setHeaders(aws.ses, 'unknown@example.com', type, true)
    expectRecorded(
      { [`set-headers-error-unknown-identity-${type.toLowerCase()}`]: answer },
      recorded(`${prefix}_unknown_identity[${type}]`),
    )
  }
})
