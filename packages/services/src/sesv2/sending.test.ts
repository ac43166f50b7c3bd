import {
  CreateConfigurationSetCommand,
  CreateEmailIdentityCommand,
  GetAccountCommand,
  GetEmailIdentityCommand,
  PutAccountDetailsCommand,
  PutAccountSendingAttributesCommand,
  type SESv2Client,
  SendEmailCommand,
} from '@aws-sdk/client-sesv2'
import { expect, test } from 'vitest'
import { mailsIn, refusal, setLimits, verified, world } from './mail.test-support.ts'

const from = 'shop@example.com'

function send(ses: SESv2Client, to: string | string[], more: object = {}) {
  return ses.send(
    new SendEmailCommand({
      FromEmailAddress: from,
      Destination: { ToAddresses: [to].flat() },
      Content: {
        Simple: {
          Subject: { Data: 'Your order' },
          Body: {
            Text: { Data: 'See https://example.com/order/1' },
            Html: { Data: '<a href="https://example.com/order/1?a=1&amp;b=2">your order</a>' },
          },
        },
      },
      ...more,
    }),
  )
}

test('an address is verified when the link that it was sent is followed', async () => {
  const { cloud, ses } = world()
  const created = await ses.send(new CreateEmailIdentityCommand({ EmailIdentity: from }))
  expect([created.IdentityType, created.VerifiedForSendingStatus]).toEqual(['EMAIL_ADDRESS', false])
  expect(await refusal(send(ses, from))).toEqual([
    'MessageRejected',
    'Email address is not verified. The following identities failed the check in region US-EAST-1: shop@example.com',
    400,
  ])
  await verified({ cloud, ses }, 'reader@example.org')
  const { VerifiedForSendingStatus } = await ses.send(
    new GetEmailIdentityCommand({ EmailIdentity: 'reader@example.org' }),
  )
  expect(VerifiedForSendingStatus).toBe(true)
})

test('a link that is not followed for a day fails', async () => {
  const { cloud, ses } = world()
  await ses.send(new CreateEmailIdentityCommand({ EmailIdentity: from }))
  await cloud.advance({ hours: 24 })
  const { VerificationStatus } = await ses.send(
    new GetEmailIdentityCommand({ EmailIdentity: from }),
  )
  expect(VerificationStatus).toBe('FAILED')
})

test('a mail lands in the mailbox with its parts, its headers and its links', async () => {
  const { cloud, ses } = world()
  await verified({ cloud, ses }, from)
  await verified({ cloud, ses }, 'reader@example.org')
  const { MessageId } = await send(ses, 'Reader <reader@example.org>', {
    ReplyToAddresses: ['help@example.com'],
    FromEmailAddress: 'The Shop <shop@example.com>',
  })
  const mail = mailsIn(cloud).at(-1)
  expect(mail).toMatchObject({
    from: 'shop@example.com',
    to: ['reader@example.org'],
    subject: 'Your order',
    text: 'See https://example.com/order/1',
    links: ['https://example.com/order/1', 'https://example.com/order/1?a=1&b=2'],
    envelope: { from: 'shop@example.com', to: ['reader@example.org'] },
    attachments: [],
  })
  expect(mail?.headers?.slice(0, 6)).toEqual([
    { name: 'Date', value: 'Thu, 01 Jan 2026 00:00:00 +0000' },
    { name: 'From', value: 'The Shop <shop@example.com>' },
    { name: 'Reply-To', value: 'help@example.com' },
    { name: 'To', value: 'Reader <reader@example.org>' },
    { name: 'Message-ID', value: `<${MessageId}@email.amazonses.com>` },
    { name: 'Subject', value: 'Your order' },
  ])
})

test('a new account sends one mail a second and 200 in 24 hours', async () => {
  const { cloud, ses } = world()
  await verified({ cloud, ses }, from)
  const { SendQuota, ProductionAccessEnabled } = await ses.send(new GetAccountCommand({}))
  expect([SendQuota, ProductionAccessEnabled]).toEqual([
    { Max24HourSend: 200, MaxSendRate: 1, SentLast24Hours: 0 },
    false,
  ])
  await send(ses, from)
  const throttled = ['TooManyRequestsException', 'Maximum sending rate exceeded.', 429]
  expect(await refusal(send(ses, from))).toEqual(throttled)
  await cloud.advance({ seconds: 1 })
  await send(ses, from)
})

test('a message to three recipients puts the rate into debt', async () => {
  const { cloud, ses } = world()
  await verified({ cloud, ses }, from)
  const labels = ['shop+a@example.com', 'shop+b@example.com', from]
  await send(ses, labels)
  await cloud.advance({ milliseconds: 2999 })
  expect((await refusal(send(ses, from)))[0]).toBe('TooManyRequestsException')
  await cloud.advance({ milliseconds: 1 })
  expect((await refusal(send(ses, from)))[0]).toBe('none')
})

test('the daily quota counts recipients of the last 24 hours, second by second', async () => {
  const { cloud, ses } = world()
  await verified({ cloud, ses }, from)
  await setLimits(cloud, { max24HourSend: 3, maxSendRate: 14 })
  await send(ses, from)
  await cloud.advance({ hours: 1 })
  await send(ses, [from, 'shop+a@example.com'])
  const full = ['LimitExceededException', 'Daily message quota exceeded.', 400]
  expect(await refusal(send(ses, from))).toEqual(full)
  expect((await refusal(send(ses, 'success@simulator.amazonses.com')))[0]).toBe('none')
  await cloud.advance({ hours: 23 })
  await cloud.advance({ milliseconds: 999 })
  await send(ses, from)
  expect(await refusal(send(ses, from))).toEqual(full)
  const { SendQuota } = await ses.send(new GetAccountCommand({}))
  expect(SendQuota?.SentLast24Hours).toBe(3)
})

test('production access comes a day after it was asked for', async () => {
  const { cloud, ses } = world()
  await verified({ cloud, ses }, from)
  await ses.send(
    new PutAccountDetailsCommand({
      MailType: 'TRANSACTIONAL',
      WebsiteURL: 'https://example.com',
      ProductionAccessEnabled: true,
    }),
  )
  expect((await refusal(send(ses, 'anyone@example.net')))[0]).toBe('MessageRejected')
  await cloud.advance({ days: 1 })
  await send(ses, 'anyone@example.net')
  const { SendQuota, Details } = await ses.send(new GetAccountCommand({}))
  expect([SendQuota, Details?.ReviewDetails]).toEqual([
    { Max24HourSend: 50_000, MaxSendRate: 14, SentLast24Hours: 1 },
    { Status: 'GRANTED' },
  ])
})

test('a paused account and a set that is not there send nothing', async () => {
  const { cloud, ses } = world()
  await verified({ cloud, ses }, from)
  await ses.send(new CreateConfigurationSetCommand({ ConfigurationSetName: 'mail' }))
  await send(ses, from, { ConfigurationSetName: 'mail' })
  expect(await refusal(send(ses, from, { ConfigurationSetName: 'other' }))).toEqual([
    'NotFoundException',
    'Configuration set <other> does not exist.',
    404,
  ])
  await ses.send(new PutAccountSendingAttributesCommand({ SendingEnabled: false }))
  expect((await refusal(send(ses, from)))[0]).toBe('SendingPausedException')
})

test('a domain is verified when its records are found, and fails when they are missing', async () => {
  const { cloud, ses } = world()
  await setLimits(cloud, { maxSendRate: 10, productionAccess: true })
  const statusOf = async (EmailIdentity: string) => {
    const found = await ses.send(new GetEmailIdentityCommand({ EmailIdentity }))
    return [found.VerificationStatus, found.DkimAttributes?.Status]
  }
  const created = await ses.send(new CreateEmailIdentityCommand({ EmailIdentity: 'Example.com' }))
  expect(created.DkimAttributes?.Tokens).toHaveLength(3)
  cloud.armFault('ses.domainRecords', { kind: 'error', code: 'Missing' }, { times: 1 })
  await ses.send(new CreateEmailIdentityCommand({ EmailIdentity: 'example.net' }))
  expect(await statusOf('example.com')).toEqual(['PENDING', 'PENDING'])
  await cloud.advance({ minutes: 5 })
  expect(await statusOf('example.com')).toEqual(['SUCCESS', 'SUCCESS'])
  await send(ses, 'anyone@example.net', { FromEmailAddress: 'a@mail.example.com' })
  await cloud.advance({ hours: 72 })
  expect(await statusOf('example.net')).toEqual(['FAILED', 'FAILED'])
})

test('what was sent counts for 24 hours and not longer', async () => {
  const { cloud, ses } = world()
  await verified({ cloud, ses }, from)
  await setLimits(cloud, { maxSendRate: 1e6, max24HourSend: 300, productionAccess: true })
  for (let i = 0; i < 3; i += 1) {
    for (let j = 0; j < 100; j += 1) await send(ses, `r${j}@example.org`)
    await cloud.advance({ hours: 1 })
  }
  expect((await refusal(send(ses, from)))[0]).toBe('LimitExceededException')
  await cloud.advance({ hours: 21, seconds: 1 })
  const { SendQuota } = await ses.send(new GetAccountCommand({}))
  expect(SendQuota?.SentLast24Hours).toBe(200)
})
