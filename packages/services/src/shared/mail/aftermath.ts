import type { Context } from '../../context.ts'
import { task } from '../../define.ts'
import { mailbox } from '../mailbox.ts'
import { measure } from '../metrics.ts'
import { type EventDetail, isoTime, type MailFacts, reportingMta } from './events.ts'
import { messageId } from './message-ids.ts'
import { isSimulator, type Outcome, suppressionKey } from './outcomes.ts'
import { isHeard, type Listeners, tell } from './publication.ts'
import { sendingAccount } from './quota.ts'
import { type ConfigurationSet, configurationSets, identities, suppressed } from './state.ts'
import { countOutcome } from './statistics.ts'

/** How long after acceptance each thing is known, in ms. AWS promises nothing; these are usual. */
const deliveryMs = 800
const bounceMs = 1500
const complaintMs = 3000

export interface Sent {
  readonly outcomes: ReadonlyMap<string, Outcome>
  readonly listeners: Listeners
  /** Made only for those who listen. */
  readonly facts: () => MailFacts
  readonly returnPath: string
}

/** What follows a message: its metrics now, and in their time the events, the bounces and the complaints. */
export function follow(ctx: Context, { outcomes, listeners, facts, returnPath }: Sent): void {
  let known: MailFacts | undefined
  const mail = () => {
    known ??= facts()
    return known
  }
  const delivered: string[] = []
  for (const [address, outcome] of outcomes) {
    const isBack = outcome !== 'delivered' && outcome !== 'answered'
    if (isBack) {
      ctx.after(outcome === 'complained' ? complaintMs : bounceMs, comeBack, {
        address,
        outcome,
        ...(listeners.set === undefined ? {} : { set: listeners.set.name }),
        ...(listeners.identity === undefined ? {} : { identity: listeners.identity.name }),
        mail: mail(),
        returnPath,
      })
    }
    if (outcome === 'answered') ctx.after(deliveryMs, answerAway, { address, returnPath })
    if (!isBack || outcome === 'complained') delivered.push(address)
  }
  if (delivered.length === 0) return
  count(ctx, 'Delivery', delivered.length)
  if (!isHeard(listeners, 'DELIVERY')) return
  for (const address of delivered) {
    const detail = deliveryDetail(ctx, mail(), address)
    tell(ctx, deliveryMs, listeners, 'DELIVERY', withOutgoingIp(mail()), detail)
  }
}

interface Return {
  readonly address: string
  readonly outcome: Outcome
  readonly set?: string
  readonly identity?: string
  readonly mail: MailFacts
  readonly returnPath: string
}

/** A bounce or a complaint that comes back to SES. */
export const comeBack = task<Return>('ses.comeBack', {
  run(ctx, returned) {
    const { address, outcome, mail } = returned
    const set = configurationSets.get(ctx, returned.set ?? '')
    const identity = identities.get(ctx, returned.identity ?? '')
    const listeners = {
      ...(set === undefined ? {} : { set }),
      ...(identity === undefined ? {} : { identity }),
    }
    const feedbackId = messageId(ctx)
    const isComplaint = outcome === 'complained'
    const type = isComplaint ? 'COMPLAINT' : 'BOUNCE'
    const detail = isComplaint
      ? complaintDetail(ctx, address, feedbackId)
      : bounceDetail(ctx, address, outcome, feedbackId)
    if (outcome !== 'suppressed' && outcome !== 'unsubscribed' && !isSimulator(address)) {
      countOutcome(ctx, isComplaint ? 'complaints' : 'bounces')
      suppress(ctx, set, address, type, mail.messageId, feedbackId)
    }
    count(ctx, isComplaint ? 'Complaint' : 'Bounce', 1)
    tell(ctx, 0, listeners, type, withOutgoingIp(mail), detail)
    if (identity === undefined || !identity.feedbackForwarding) return
    if (identity.feedbackTopics[isComplaint ? 'Complaint' : 'Bounce'] !== undefined) return
    forward(ctx, returned, isComplaint)
  },
})

function count(ctx: Context, name: string, value: number): void {
  measure(ctx, { namespace: 'AWS/SES', name, dimensions: {}, value, unit: 'Count' })
}

/** Source: SES Developer Guide, "Account-level suppression list". */
function suppress(
  ctx: Context,
  set: ConfigurationSet | undefined,
  address: string,
  reason: 'BOUNCE' | 'COMPLAINT',
  ofMessage: string,
  feedbackId: string,
): void {
  const reasons = set?.suppressedReasons ?? sendingAccount(ctx).suppressedReasons
  if (!reasons.includes(reason)) return
  suppressed.put(ctx, {
    address: suppressionKey(address),
    reason,
    updatedAtMs: ctx.now(),
    messageId: ofMessage,
    feedbackId,
  })
}

const guide = 'https://docs.aws.amazon.com/ses/latest/DeveloperGuide'

/** Source: SES Developer Guide, "Bounce object"; the texts for suppressed addresses are AWS's. */
function bounceDetail(
  ctx: Context,
  address: string,
  outcome: Outcome,
  feedbackId: string,
): EventDetail {
  const bounced = (subType: string, diagnosticCode: string) => ({
    feedbackId,
    bounceType: 'Permanent',
    bounceSubType: subType,
    bouncedRecipients: [
      { emailAddress: address, action: 'failed', status: '5.1.1', diagnosticCode },
    ],
    timestamp: isoTime(ctx.now()),
    reportingMTA: outcome === 'bounced' ? `dsn; ${reportingMta(ctx)}` : 'dns; amazonses.com',
  })
  switch (outcome) {
    case 'suppressed':
      return bounced(
        'OnAccountSuppressionList',
        `Amazon SES did not send the message to this address because it is on the suppression list for your account. For more information about removing addresses from the suppression list, see the Amazon SES Developer Guide at ${guide}/sending-email-suppression-list.html`,
      )
    case 'suppressedEverywhere':
      return bounced(
        'Suppressed',
        `Amazon SES has suppressed sending to this address because it has a recent history of bouncing as an invalid address. For more information about how to remove an address from the suppression list, see the Amazon SES Developer Guide: ${guide}/remove-from-suppressionlist.html `,
      )
    // AWS says that nothing is sent to such contacts; the words are ours.
    case 'unsubscribed':
      return bounced('UnsubscribedRecipient', 'The recipient has unsubscribed from the list.')
    default:
      return bounced('General', 'smtp; 550 5.1.1 user unknown')
  }
}

/** Source: SES Developer Guide, "Complaint object". */
function complaintDetail(ctx: Context, address: string, feedbackId: string): EventDetail {
  return {
    feedbackId,
    complaintSubType: null,
    complainedRecipients: [{ emailAddress: address }],
    timestamp: isoTime(ctx.now()),
    userAgent: 'Amazon SES Mailbox Simulator',
    complaintFeedbackType: 'abuse',
    arrivalDate: isoTime(ctx.now()),
  }
}

/** Source: SES Developer Guide, "Delivery object"; Recorded: ses, SNS topic integration. */
function deliveryDetail(ctx: Context, { atMs }: MailFacts, address: string): EventDetail {
  return {
    timestamp: isoTime(atMs + deliveryMs),
    processingTimeMillis: deliveryMs,
    recipients: [address],
    smtpResponse: `250 2.0.0 OK ${Math.floor(atMs / 1000)} ${ctx.ids.hex(16)} - gsmtp`,
    reportingMTA: reportingMta(ctx),
  }
}

function withOutgoingIp(mail: MailFacts): MailFacts {
  return { ...mail, tags: { ...mail.tags, 'ses:outgoing-ip': [outgoingIp] } }
}

/** One of the addresses by which SES sends. It is of no consequence. */
const outgoingIp = '54.240.8.1'

/** What SES mails to the sender when nobody else is told. Source: SES Developer Guide, "Receiving notifications by email". */
function forward(ctx: Context, { address, mail, returnPath }: Return, isComplaint: boolean): void {
  mailbox.send(ctx, {
    from: isComplaint
      ? { name: '', address: 'complaints@email-abuse.amazonses.com' }
      : { name: '', address: 'MAILER-DAEMON@email.amazonses.com' },
    to: [returnPath],
    subject: isComplaint
      ? `Complaint about message from ${mail.source}`
      : 'Delivery Status Notification (Failure)',
    text: isComplaint
      ? `This is an email abuse report for message ${mail.messageId}, received by ${address}.`
      : `An error occurred while trying to deliver the mail to the following recipients:\n${address}`,
  })
}

/** The simulator's answer of someone who is away. Source: SES Developer Guide, "Using the mailbox simulator". */
export const answerAway = task<{ address: string; returnPath: string }>('ses.answerAway', {
  run(ctx, { address, returnPath }) {
    mailbox.send(ctx, {
      from: { name: '', address },
      to: [returnPath],
      subject: 'Out of Office AutoReply',
      text: 'Greetings from the Amazon SES Mailbox Simulator: the recipient is out of the office.',
    })
  },
})
