import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { GetAccountCommand, SESv2Client } from '@aws-sdk/client-sesv2'
import { SQSClient } from '@aws-sdk/client-sqs'
import { gather, giveBack, hasWork, type Received, refuse, remove } from './lanes.ts'
import { Ledger } from './ledger.ts'
import { type MailRequest, readMessage } from './message.ts'
import { Pace } from './pace.ts'
import { calls, mailsInACall, post } from './post.ts'
import { senderSettings, setting } from './settings.ts'

const sqs = new SQSClient({})
const db = new DynamoDBClient({})
/** One attempt: SES knows no idempotency, so a call without an answer must not be made again before it is known. */
const ses = new SESv2Client({ maxAttempts: 1 })

/** Of a tick: `{}`; of a probe, which only asks whether there is something to do: `{ "probe": true }`. */
interface Tick {
  readonly probe?: boolean
}

interface Mail extends Received {
  readonly request: MailRequest
}

/** One tick: takes as many messages as the pace has moments for, and sends each at its moment. */
export async function handler(tick: Tick) {
  // Not the request's id: an event that Lambda delivers twice comes with the same one, and both would hold the claim.
  const owner = randomUUID()
  const { pace: name, share, lanes } = senderSettings()
  const { perSecond, left } = await quota()
  if (left < 1) return { busy: false, sent: 0 }
  if (tick.probe === true) return { busy: await hasWork(sqs, lanes), sent: 0 }
  const table = setting('TABLE')
  const together = mailsInACall(perSecond * share)
  const pace = new Pace(db, table, name, perSecond * share - (together - 1))
  const ledger = new Ledger(db, table)
  const wanted = Math.min(left, await pace.free(Date.now()))
  const messages = wanted < 1 ? [] : await gather(sqs, lanes, wanted)
  const mails = await claimed(ledger, await readable(messages), owner)
  if (mails.length === 0) return { busy: messages.length > 0, sent: 0 }
  const moments = await pace.take(mails.length, Date.now)
  const sent: Mail[] = []
  let given = 0
  for (const call of calls(mails, together)) {
    given += call.length
    // At the last of its moments: no mail goes before its own.
    await until(moments[given - 1] ?? 0)
    sent.push(...(await send(ledger, call, owner)))
  }
  await ledger.markSent(
    sent.map(({ id }) => id),
    Date.now(),
  )
  await remove(sqs, sent)
  return { busy: true, sent: sent.length }
}

/** What SES allows: mails a second, and how many are left of the day. */
async function quota(): Promise<{ perSecond: number; left: number }> {
  const { SendQuota = {}, SendingEnabled } = await ses.send(new GetAccountCommand({}))
  const { MaxSendRate = 1, Max24HourSend = 200, SentLast24Hours = 0 } = SendQuota
  const left = Max24HourSend === -1 ? Number.POSITIVE_INFINITY : Max24HourSend - SentLast24Hours
  return { perSecond: MaxSendRate, left: SendingEnabled === false ? 0 : Math.max(0, left) }
}

/** Those that ask for a mail; the others are refused one by one, and hold nobody up. */
async function readable(messages: readonly Received[]): Promise<Mail[]> {
  const mails: Mail[] = []
  for (const message of messages) {
    const request = readMessage(message.text)
    if ('wrong' in request) await refuse(sqs, message, request.wrong)
    else mails.push({ ...message, request })
  }
  return mails
}

/** Those that are this sender's to send. What was sent already goes from its queue; what another one sends is left to it. */
async function claimed(ledger: Ledger, mails: readonly Mail[], owner: string): Promise<Mail[]> {
  const ids = mails.map(({ id }) => id)
  const claims = await ledger.claim(ids, owner, Date.now())
  await remove(
    sqs,
    mails.filter((_, index) => claims[index] === 'sent'),
  )
  return mails.filter(({ id }, index) => claims[index] === 'mine' && ids.indexOf(id) === index)
}

/** Those that went. Where nobody knows, a mail's event or the end of its lease will tell. */
async function send(ledger: Ledger, mails: readonly Mail[], owner: string): Promise<Mail[]> {
  const answers = await post(ses, setting('CONFIGURATION_SET'), mails)
  for (const [index, mail] of mails.entries()) {
    const answer = answers[index]
    if (answer === undefined || !('reason' in answer)) continue
    console.error(JSON.stringify({ unsent: mail.id, reason: answer.reason }))
    await ledger.release(mail.id, owner)
    if (answer.kind === 'later') await giveBack(sqs, mail, 0)
    else await refuse(sqs, mail, answer.reason)
  }
  return mails.filter((_, index) => answers[index]?.kind === 'sent')
}

async function until(moment: number): Promise<void> {
  const delayMs = moment - Date.now()
  if (delayMs > 0) await sleep(delayMs)
}
