import { SendBulkEmail } from '@cloud-orrery/models/sesv2'
import { expect } from '@cloud-orrery/vitest/scenario'
import {
  alone,
  bodyFor,
  depth,
  enqueue,
  everyone,
  mail,
  mostInASecond,
  outbox,
  sender,
  setLimits,
  throttles,
} from './campaign.ts'

const timing = { calm: 'Its figures are of loops that begin on the minute and take no longer.' }

mail.promise(
  1,
  '300 mails at a quota of 3 a second all go, none is throttled, in 100 to 110 seconds',
  async ({ aws, outputs }) => {
    await alone(aws, outputs, 'MailSingle')
    await enqueue(aws, outputs['MailSingle.MailsUrl'], 'spring', 300)
    await aws.clock.advance({ minutes: 4 })
    const sent = outbox(aws, 'spring')
    expect(sent.map(({ to }) => to).sort()).toEqual(everyone('spring', 300))
    expect(throttles(aws)).toBe(0)
    const moments = sent.map(({ atMs }) => atMs)
    expect(mostInASecond(moments)).toBeLessThanOrEqual(3)
    const seconds = (Math.max(...moments) - Math.min(...moments) + 334) / 1000
    expect([seconds >= 100, seconds <= 110, seconds]).toEqual([true, true, seconds])
    expect(await depth(aws, outputs['MailSingle.MailsUrl'])).toEqual({ visible: 0, inFlight: 0 })
  },
  timing,
)

mail.promise(
  2,
  'the same load through a function on the queue is throttled',
  async ({ aws, outputs }) => {
    await alone(aws, outputs, 'MailUnregulated')
    await enqueue(aws, outputs['MailUnregulated.MailsUrl'], 'flood', 300)
    await aws.clock.advance({ minutes: 1 })
    expect(throttles(aws)).toBeGreaterThan(0)
    expect(outbox(aws, 'flood').length).toBeLessThan(300)
  },
)

mail.promise(
  3,
  'at 14 a second at least 95 % of the quota is used while there is backlog',
  async ({ aws, outputs }) => {
    await setLimits(aws, { maxSendRate: 14 })
    await alone(aws, outputs, 'MailSingle')
    await enqueue(aws, outputs['MailSingle.MailsUrl'], 'summer', 1200)
    // Senders start late: by up to 0.9 s, each by another time.
    aws.faults.delay('sesv2.GetAccount', 300)
    aws.faults.delay('sesv2.GetAccount', 900, { probability: 0.5 })
    await aws.clock.advance({ minutes: 4 })
    const moments = outbox(aws, 'summer').map(({ atMs }) => atMs)
    expect([moments.length, throttles(aws)]).toEqual([1200, 0])
    const seconds = (Math.max(...moments) - Math.min(...moments)) / 1000
    expect(1199 / seconds / 14).toBeGreaterThanOrEqual(0.95)
    expect(mostInASecond(moments)).toBeLessThanOrEqual(14)
  },
  timing,
)

mail.promise(
  3,
  'at 200 a second several mails go in one call, each as it was written, and never more than the rate in a second',
  async ({ aws, outputs }) => {
    await setLimits(aws, { maxSendRate: 200 })
    await alone(aws, outputs, 'MailSingle')
    await enqueue(aws, outputs['MailSingle.MailsUrl'], 'bulk', 2000)
    await aws.clock.advance({ minutes: 2 })
    const mails = aws.mailbox.all().filter(({ from }) => from === sender)
    const written = (to: string) => bodyFor(Number(/-(\d+)@/.exec(to)?.[1]))
    expect(
      mails.map(({ to: [to = ''], subject, text }) => [to, subject, text.trim()]).sort(),
    ).toEqual(everyone('bulk', 2000).map((to) => [to, 'News for bulk', written(to)]))
    expect([throttles(aws), aws.journal.calls(SendBulkEmail).length]).toEqual([0, 250])
    const moments = mails.map(({ sentAtMs }) => sentAtMs)
    expect(mostInASecond(moments)).toBeLessThanOrEqual(200)
    const seconds = (Math.max(...moments) - Math.min(...moments)) / 1000
    expect(1999 / seconds / 200).toBeGreaterThanOrEqual(0.95)
  },
  timing,
)

for (const [stack, title] of [
  ['MailMerged', 'one sender for both'],
  ['MailFifo', 'a FIFO queue between'],
] as const) {
  mail.promise(
    4,
    `with ${title} a small campaign ends amid the large one, which then has the whole quota`,
    async ({ aws, outputs }) => {
      await setLimits(aws, { maxSendRate: 10 })
      await alone(aws, outputs, stack)
      await enqueue(aws, outputs[`${stack}.Campaign1Url`], 'large', 900)
      await enqueue(aws, outputs[`${stack}.Campaign2Url`], 'small', 50)
      await aws.clock.advance({ minutes: 4 })
      const large = outbox(aws, 'large').map(({ atMs }) => atMs)
      const small = outbox(aws, 'small').map(({ atMs }) => atMs)
      expect([large.length, small.length, throttles(aws)]).toEqual([900, 50, 0])
      const smallEnd = Math.max(...small)
      const after = large.filter((moment) => moment > smallEnd + 2000)
      expect(after.length).toBeGreaterThan(100)
      const seconds = (Math.max(...after) - Math.min(...after)) / 1000
      expect((after.length - 1) / seconds / 10).toBeGreaterThanOrEqual(0.95)
    },
    timing,
  )
}

mail.promise(
  4,
  'with a sender for each campaign the large one stays at 90 % when the small one has ended',
  async ({ aws, outputs }) => {
    await setLimits(aws, { maxSendRate: 10 })
    await alone(aws, outputs, 'MailSplit')
    await enqueue(aws, outputs['MailSplit.Campaign1Url'], 'large', 900)
    await enqueue(aws, outputs['MailSplit.Campaign2Url'], 'small', 50)
    await aws.clock.advance({ minutes: 4 })
    const large = outbox(aws, 'large').map(({ atMs }) => atMs)
    const smallEnd = Math.max(...outbox(aws, 'small').map(({ atMs }) => atMs))
    const after = large.filter((moment) => moment > smallEnd + 2000)
    const rate = (after.length - 1) / ((Math.max(...after) - Math.min(...after)) / 1000)
    expect([rate > 8.5, rate < 9.1, rate]).toEqual([true, true, rate])
  },
  timing,
)

mail.promise(
  7,
  'the day’s quota pauses the campaign, and it goes on when a day has passed',
  async ({ aws, outputs }) => {
    await setLimits(aws, { maxSendRate: 10, max24HourSend: 200 })
    await alone(aws, outputs, 'MailSingle')
    const url = outputs['MailSingle.MailsUrl']
    await enqueue(aws, url, 'quota', 300)
    await aws.clock.advance({ minutes: 10 })
    expect([outbox(aws, 'quota').length, await depth(aws, url)]).toEqual([
      200,
      { visible: 100, inFlight: 0 },
    ])
    await aws.clock.advance({ hours: 23 })
    expect(outbox(aws, 'quota')).toHaveLength(200)
    await aws.clock.advance({ hours: 1 })
    expect(
      outbox(aws, 'quota')
        .map(({ to }) => to)
        .sort(),
    ).toEqual(everyone('quota', 300))
    expect(await depth(aws, outputs['MailSingle.MailsDeadLettersUrl'])).toMatchObject({
      visible: 0,
    })
  },
  timing,
)
