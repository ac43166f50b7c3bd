import {
  CreateConfigurationSetCommand,
  CreateConfigurationSetEventDestinationCommand,
  CreateContactCommand,
  CreateContactListCommand,
  CreateEmailTemplateCommand,
  GetContactCommand,
  ListContactsCommand,
  SendBulkEmailCommand,
  SendEmailCommand,
  type SendEmailCommandInput,
} from '@aws-sdk/client-sesv2'
import { type Cloud, fetchFromCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { mailsIn, refusal, setLimits, verified, world } from './mail.test-support.ts'

const from = 'shop@example.com'
const reader = 'reader@example.org'

async function shop() {
  const aws = world()
  await verified(aws, from)
  await setLimits(aws.cloud, { maxSendRate: 100, productionAccess: true })
  await aws.ses.send(new CreateConfigurationSetCommand({ ConfigurationSetName: 'mail' }))
  await aws.ses.send(
    new CreateConfigurationSetEventDestinationCommand({
      ConfigurationSetName: 'mail',
      EventDestinationName: 'bus',
      EventDestination: {
        Enabled: true,
        MatchingEventTypes: ['OPEN', 'CLICK', 'SUBSCRIPTION', 'BOUNCE'],
        EventBridgeDestination: {
          EventBusArn: 'arn:aws:events:us-east-1:123456789012:event-bus/default',
        },
      },
    }),
  )
  const send = (Html: string, more: Partial<SendEmailCommandInput> = {}) =>
    aws.ses.send(
      new SendEmailCommand({
        FromEmailAddress: from,
        Destination: { ToAddresses: [reader] },
        ConfigurationSetName: 'mail',
        Content: { Simple: { Subject: { Data: 'Hi' }, Body: { Html: { Data: Html } } } },
        ...more,
      }),
    )
  return { ...aws, send }
}

async function detailsOf(cloud: Cloud, member: string): Promise<unknown[]> {
  await cloud.advance({ seconds: 10 })
  return cloud.kernel.journal.entries
    .filter(({ kind, name }) => kind === 'event' && name.startsWith('aws.ses'))
    .map(({ data }) => (data['detail'] as Record<string, unknown>)[member])
    .filter((detail) => detail !== undefined)
}

test('a click is told of, and leads to where the link led', async () => {
  const { cloud, send } = await shop()
  await send(
    '<a href="https://example.com/?a=1&amp;b=2" ses:tags="kind:order;">order</a> <a ses:no-track href="https://example.com/plain">plain</a>',
  )
  const [tracked = '', plain] = mailsIn(cloud).at(-1)?.links ?? []
  expect(plain).toBe('https://example.com/plain')
  const answer = await fetchFromCloud(cloud, tracked, { headers: { 'user-agent': 'a browser' } })
  expect([answer.status, answer.headers.get('location')]).toEqual([
    302,
    'https://example.com/?a=1&b=2',
  ])
  expect(await detailsOf(cloud, 'click')).toEqual([
    {
      timestamp: '2026-01-01T00:00:00.000Z',
      ipAddress: '127.0.0.1',
      userAgent: 'a browser',
      link: 'https://example.com/?a=1&b=2',
      linkTags: { kind: ['order'] },
    },
  ])
})

test('a mail that is opened loads an image, and the bus is told', async () => {
  const { cloud, send } = await shop()
  await send('<p>Hello</p>')
  const image = /src="([^"]+)"/.exec(mailsIn(cloud).at(-1)?.html ?? '')?.[1] ?? ''
  const answer = await fetchFromCloud(cloud, image)
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/gif'])
  expect(await detailsOf(cloud, 'open')).toHaveLength(1)
})

test('who unsubscribes from a topic gets no more of it', async () => {
  const { cloud, ses, send } = await shop()
  await ses.send(
    new CreateContactListCommand({
      ContactListName: 'readers',
      Topics: [{ TopicName: 'news', DisplayName: 'News', DefaultSubscriptionStatus: 'OPT_IN' }],
    }),
  )
  const news = { ListManagementOptions: { ContactListName: 'readers', TopicName: 'news' } }
  await send('<a ses:no-track href="{{amazonSESUnsubscribeUrl}}">leave</a>', news)
  const mail = mailsIn(cloud).at(-1)
  expect(mail?.headers?.filter(({ name }) => name.startsWith('List-'))).toEqual([
    { name: 'List-Unsubscribe', value: `<${mail?.links[0]}>` },
    { name: 'List-Unsubscribe-Post', value: 'List-Unsubscribe=One-Click' },
  ])
  expect((await fetchFromCloud(cloud, mail?.links[0] ?? '')).status).toBe(200)
  expect(await detailsOf(cloud, 'subscription')).toEqual([
    {
      contactList: 'readers',
      timestamp: '2026-01-01T00:00:00.000Z',
      source: 'UnsubscribeHeader',
      newTopicPreferences: {
        unsubscribeAll: false,
        topicSubscriptionStatus: [{ topicName: 'news', subscriptionStatus: 'OptOut' }],
      },
      oldTopicPreferences: { unsubscribeAll: false, topicSubscriptionStatus: [] },
    },
  ])
  const contact = await ses.send(
    new GetContactCommand({ ContactListName: 'readers', EmailAddress: reader }),
  )
  expect(contact.TopicPreferences).toEqual([{ TopicName: 'news', SubscriptionStatus: 'OPT_OUT' }])
  const before = mailsIn(cloud).length
  await send('<p>More news</p>', news)
  expect(mailsIn(cloud)).toHaveLength(before)
  expect(await refusal(send('', { ListManagementOptions: { ContactListName: 'nobody' } }))).toEqual(
    ['NotFoundException', "List with name: nobody doesn't exist.", 404],
  )
})

test('contacts are listed by their status, those without a choice by the default of the topic', async () => {
  const { ses } = await shop()
  await ses.send(
    new CreateContactListCommand({
      ContactListName: 'readers',
      Topics: [{ TopicName: 'news', DisplayName: 'News', DefaultSubscriptionStatus: 'OPT_OUT' }],
    }),
  )
  const add = (
    EmailAddress: string,
    TopicPreferences: { TopicName: string; SubscriptionStatus: 'OPT_IN' }[],
  ) =>
    ses.send(
      new CreateContactCommand({ ContactListName: 'readers', EmailAddress, TopicPreferences }),
    )
  await add('a@example.org', [{ TopicName: 'news', SubscriptionStatus: 'OPT_IN' }])
  await add('b@example.org', [])
  const list = async (
    FilteredStatus: 'OPT_IN' | 'OPT_OUT',
    UseDefaultIfPreferenceUnavailable: boolean,
  ) => {
    const { Contacts = [] } = await ses.send(
      new ListContactsCommand({
        ContactListName: 'readers',
        Filter: {
          FilteredStatus,
          TopicFilter: { TopicName: 'news', UseDefaultIfPreferenceUnavailable },
        },
      }),
    )
    return Contacts.map(({ EmailAddress }) => EmailAddress)
  }
  expect(await list('OPT_IN', true)).toEqual(['a@example.org'])
  expect(await list('OPT_OUT', true)).toEqual(['b@example.org'])
  expect(await list('OPT_OUT', false)).toEqual([])
})

test('of many messages each is answered on its own', async () => {
  const { cloud, ses } = await shop()
  await ses.send(
    new CreateEmailTemplateCommand({
      TemplateName: 'hello',
      TemplateContent: {
        Subject: 'Hello {{name}}',
        Html: '{{#each items}}<li>{{this.title}}</li>{{else}}none{{/each}}{{#if vip}}!{{/if}}',
      },
    }),
  )
  const entry = (address: string, data: object) => ({
    Destination: { ToAddresses: [address] },
    ReplacementEmailContent: {
      ReplacementTemplate: { ReplacementTemplateData: JSON.stringify(data) },
    },
  })
  const { BulkEmailEntryResults = [] } = await ses.send(
    new SendBulkEmailCommand({
      FromEmailAddress: from,
      DefaultContent: {
        Template: { TemplateName: 'hello', TemplateData: '{"name":"reader","items":[]}' },
      },
      BulkEmailEntries: [
        entry('a@example.org', { name: 'Ann', items: [{ title: 'one' }, { title: 'two' }] }),
        entry('no address', {}),
        entry('b@example.org', { vip: true }),
      ],
    }),
  )
  expect(BulkEmailEntryResults.map((result) => [result.Status, result.Error])).toEqual([
    ['SUCCESS', undefined],
    ['INVALID_PARAMETER', "Missing final '@domain'"],
    ['SUCCESS', undefined],
  ])
  expect(
    mailsIn(cloud)
      .slice(-2)
      .map(({ subject, html }) => [subject, html]),
  ).toEqual([
    ['Hello Ann', '<li>one</li><li>two</li>'],
    ['Hello reader', 'none!'],
  ])
})

test('a raw message is delivered with its parts, without its Bcc', async () => {
  const { cloud, send } = await shop()
  const raw = [
    `From: =?UTF-8?B?${Buffer.from('Käse').toString('base64')}?= <${from}>`,
    `To: ${reader}`,
    'Bcc: hidden@example.org',
    'Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=',
    'X-SES-CONFIGURATION-SET: mail',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary="b1"',
    '',
    '--b1',
    'Content-Type: text/plain; charset=UTF-8',
    'Content-Transfer-Encoding: quoted-printable',
    '',
    'Sch=C3=B6n: https://example.com/=',
    'x',
    '--b1',
    'Content-Type: application/pdf; name="a.pdf"',
    'Content-Disposition: attachment; filename="a.pdf"',
    'Content-Transfer-Encoding: base64',
    '',
    'JVBERg==',
    '--b1--',
  ].join('\r\n')
  await send('', {
    FromEmailAddress: undefined,
    Destination: undefined,
    ConfigurationSetName: undefined,
    Content: { Raw: { Data: Buffer.from(raw) } },
  })
  const mail = mailsIn(cloud).at(-1)
  expect(mail).toMatchObject({
    to: [reader, 'hidden@example.org'],
    subject: 'Grüße',
    text: 'Schön: https://example.com/x',
    links: ['https://example.com/x'],
    attachments: [{ fileName: 'a.pdf', contentType: 'application/pdf', content: 'JVBERg==' }],
  })
  expect(mail?.raw).not.toContain('hidden@example.org')
})
