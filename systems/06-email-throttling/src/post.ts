import {
  type BulkEmailEntryResult,
  type SESv2Client,
  SendBulkEmailCommand,
  SendEmailCommand,
} from '@aws-sdk/client-sesv2'
import type { MailRequest } from './message.ts'

/** A mail, with the id that the ledger and SES's events know it by. */
export interface Letter {
  readonly id: string
  readonly request: MailRequest
}

/** What SES says to a mail. `unknown`: it may have gone, or not. */
export type Answer =
  | { readonly kind: 'sent' | 'unknown' }
  /** `later`: nobody may send now. `never`: not this mail, as it is. */
  | { readonly kind: 'later' | 'never'; readonly reason: string }

/** Destinations of one call. Source: SES API Reference v2, SendBulkEmail, `BulkEmailEntries`. */
const bulkMax = 50

/**
 * How many mails go in one call: one, unless that would be more than 25 calls a second. Mails of one call go in one
 * moment, so a pace that allows for that has to be slower by one mail less than a call has: by less than 4 %.
 */
export function mailsInACall(perSecond: number): number {
  return Math.max(1, Math.min(bulkMax, Math.floor(perSecond / 25)))
}

/** Letters in calls of at most `count`, in their order: a call has one address that mails come from. */
export function calls<T extends Letter>(letters: readonly T[], count: number): T[][] {
  const made: T[][] = []
  for (const letter of letters) {
    const last = made.at(-1)
    const [first] = last ?? []
    const fits = first?.request.from_address === letter.request.from_address
    if (last !== undefined && fits && last.length < count) last.push(letter)
    else made.push([letter])
  }
  return made
}

/** Sends letters of one sender in one call; an answer for each, in their order. */
export async function post(
  ses: SESv2Client,
  configurationSet: string,
  letters: readonly Letter[],
): Promise<Answer[]> {
  const [only] = letters
  try {
    if (only === undefined) return []
    if (letters.length > 1) return await postMany(ses, configurationSet, letters)
    await postOne(ses, configurationSet, only)
    return [{ kind: 'sent' }]
  } catch (error) {
    const answer = answerOf(error)
    return letters.map(() => answer)
  }
}

const utf8 = (Data: string) => ({ Data, Charset: 'UTF-8' })

async function postOne(ses: SESv2Client, configurationSet: string, { id, request }: Letter) {
  const { to_address, from_address, subject, body } = request
  await ses.send(
    new SendEmailCommand({
      FromEmailAddress: from_address,
      Destination: { ToAddresses: [to_address] },
      Content: { Simple: { Subject: utf8(subject), Body: { Text: utf8(body) } } },
      ConfigurationSetName: configurationSet,
      EmailTags: [{ Name: 'mail-id', Value: id }],
    }),
  )
}

/** Three braces: what a mail says is not HTML, so that nothing in it is escaped. */
const template = { Subject: '{{{subject}}}', Text: '{{{body}}}' }

async function postMany(
  ses: SESv2Client,
  configurationSet: string,
  letters: readonly Letter[],
): Promise<Answer[]> {
  const { BulkEmailEntryResults = [] } = await ses.send(
    new SendBulkEmailCommand({
      FromEmailAddress: letters[0]?.request.from_address,
      DefaultContent: {
        Template: { TemplateContent: template, TemplateData: '{"subject":"","body":""}' },
      },
      ConfigurationSetName: configurationSet,
      BulkEmailEntries: letters.map(({ id, request: { to_address, subject, body } }) => ({
        Destination: { ToAddresses: [to_address] },
        ReplacementTags: [{ Name: 'mail-id', Value: id }],
        ReplacementEmailContent: {
          ReplacementTemplate: { ReplacementTemplateData: JSON.stringify({ subject, body }) },
        },
      })),
    }),
  )
  return letters.map((_, index) => answerOfEntry(BulkEmailEntryResults[index]))
}

/** Errors and states by which SES says that nobody may send now. */
const later =
  /TooManyRequests|Throttling|LimitExceeded|SendingPaused|AccountSuspended|THROTTLED|QUOTA|PAUSED|SUSPENDED|TRANSIENT/

function answerOfEntry(entry: BulkEmailEntryResult | undefined): Answer {
  const { Status, Error: message = '' } = entry ?? {}
  if (Status === undefined) return { kind: 'unknown' }
  if (Status === 'SUCCESS') return { kind: 'sent' }
  return { kind: later.test(Status) ? 'later' : 'never', reason: `${Status}: ${message}` }
}

function answerOf(error: unknown): Answer {
  const {
    name = '',
    message = '',
    $metadata,
  } = error as Partial<Error> & {
    $metadata?: { httpStatusCode?: number }
  } // What the SDK throws.
  const status = $metadata?.httpStatusCode ?? 0
  if (status < 400 || status >= 500) {
    console.error(JSON.stringify({ unanswered: name, message }))
    return { kind: 'unknown' }
  }
  return { kind: later.test(name) ? 'later' : 'never', reason: `${name}: ${message}` }
}
