import type { Context } from '../../context.ts'
import { mailbox } from '../mailbox.ts'
import { measure } from '../metrics.ts'
import {
  AddressProblem,
  addressOf,
  decodedWords,
  domainOf,
  readMailbox,
  splitAddresses,
} from './addresses.ts'
import { follow } from './aftermath.ts'
import { identityArn } from './arns.ts'
import { configurationSet } from './configuration-sets.ts'
import type { MailFacts } from './events.ts'
import { identityOf, isVerified } from './identities.ts'
import { recipientsMax } from './limits.ts'
import { contactFor, isUnsubscribed, type ListMembership } from './list-management.ts'
import { messageId as newMessageId } from './message-ids.ts'
import { checkTags, type MessageTag } from './message-tags.ts'
import type { MailHeader } from './mime.ts'
import { headerOf, type ReadMessage } from './mime-reader.ts'
import { isSimulator, type Outcome, outcomeAt } from './outcomes.ts'
import { isHeard, tell } from './publication.ts'
import { sendingAccount, takeQuota } from './quota.ts'
import type { ConfigurationSet, Identity } from './state.ts'
import { countAttempt } from './statistics.ts'
import { MissingAttribute } from './templates/render.ts'
import { trackedMails, tracks } from './tracking.ts'
import type { MailWords } from './words.ts'

/** Where a message goes. */
export interface Recipients {
  readonly to: readonly string[]
  readonly cc: readonly string[]
  readonly bcc: readonly string[]
}

/** What is handed to SES in one call, for one message. */
export interface Submission {
  /** Of the API: `SendEmail`. */
  readonly operation: string
  /** As the caller wrote it: `"Jane" <jane@example.com>`. */
  readonly from: string
  readonly recipients: Recipients
  readonly replyTo: readonly string[]
  /** Where bounces go, when not to the sender. */
  readonly returnPath?: string
  /** The identity of another account in whose name it is sent. */
  readonly sourceArn?: string
  readonly configurationSetName?: string
  readonly tags: readonly MessageTag[]
  /** Of list management: whoever left the list or the topic gets nothing. */
  readonly membership?: ListMembership
  /** Makes the message, when all that can refuse it has let it pass. May throw MissingAttribute. */
  readonly message: (about: Envelope) => Composed
  /** From which template it is made: what is not in its data is found out after SES took the message. */
  readonly templateName?: string
}

export interface Envelope {
  readonly messageId: string
  readonly set: ConfigurationSet | undefined
}

/** A message in full and as a reader sees it. */
export interface Composed extends ReadMessage {
  readonly raw: string
}

/**
 * Takes a message: the checks in AWS's order, the quotas, the mailbox, the events. Returns the message id.
 * Deviation: a mail is in the mailbox at the moment at which it was accepted; on AWS it takes seconds.
 */
export function submit(ctx: Context, submission: Submission, words: MailWords): string {
  const from = readFrom(submission.from, words)
  const recipients = readRecipients(submission.recipients, words)
  for (const address of submission.replyTo) readAddress(address, words)
  checkTags(submission.tags, words)
  const home = ownerContext(ctx, submission.sourceArn)
  const identity = senderIdentity(home, submission, from.address)
  const setName =
    submission.configurationSetName ?? (home === ctx ? identity?.configurationSetName : undefined)
  const set = setName === undefined ? undefined : configurationSet(ctx, setName, words)
  const account = sendingAccount(ctx)
  if (!account.sendingEnabled) throw words.accountPaused()
  if (set?.sendingEnabled === false) throw words.configurationSetPaused(set.name)
  checkVerified(ctx, home, submission, from.address, recipients, account.productionAccess, words)
  if (recipients.length > recipientsMax) {
    throw words.invalid(`Recipient count exceeds ${recipientsMax}.`)
  }
  const real = recipients.filter((address) => !isSimulator(address)).length
  const messageId = newMessageId(ctx)
  const composed = composedOr(() => submission.message({ messageId, set }))
  takeQuota(ctx, { all: recipients.length, real }, words)
  accept(ctx, submission, composed, {
    messageId,
    from: from.address,
    recipients,
    set,
    identity,
    identityArnOf: identity === undefined ? undefined : identityArn(home, identity.name),
  })
  return messageId
}

/** The message, or why its template could not be filled in. */
function composedOr(compose: () => Composed): Composed | MissingAttribute {
  try {
    return compose()
  } catch (error) {
    if (error instanceof MissingAttribute) return error
    throw error
  }
}

function readFrom(text: string, words: MailWords): { displayName: string; address: string } {
  try {
    return readMailbox(text)
  } catch (error) {
    if (error instanceof AddressProblem) throw words.invalid(error.message)
    throw error
  }
}

function readAddress(text: string, words: MailWords): string {
  try {
    return addressOf(text)
  } catch (error) {
    if (error instanceof AddressProblem) throw words.invalid(error.message)
    throw error
  }
}

function readRecipients({ to, cc, bcc }: Recipients, words: MailWords): readonly string[] {
  const [only] = to
  if (only !== undefined && to.length === 1 && cc.length + bcc.length === 0) {
    return [readAddress(only, words)]
  }
  const all = [...to, ...cc, ...bcc].map((text) => readAddress(text, words))
  if (all.length === 0) throw words.invalid("Missing required header 'To'.")
  return [...new Set(all)]
}

/** The account whose identity sends: the one that the ARN names, if any. */
export function ownerContext(ctx: Context, sourceArn: string | undefined): Context {
  const accountId = sourceArn?.split(':')[4]
  return accountId === undefined || accountId === ctx.accountId ? ctx : ctx.at({ accountId })
}

function senderIdentity(
  home: Context,
  { sourceArn }: Submission,
  address: string,
): Identity | undefined {
  const identity = identityOf(home, address)
  if (sourceArn === undefined || identity === undefined) return identity
  return identityOf(home, sourceArn.slice(sourceArn.indexOf('/') + 1)) ?? identity
}

/** Source: SES Developer Guide, "Email sending errors"; the region is in capitals. */
function checkVerified(
  ctx: Context,
  home: Context,
  submission: Submission,
  from: string,
  recipients: readonly string[],
  productionAccess: boolean,
  words: MailWords,
): void {
  const failed: string[] = []
  if (!isVerified(home, from)) failed.push(submission.from)
  if (
    submission.returnPath !== undefined &&
    !isVerified(home, readAddress(submission.returnPath, words))
  ) {
    failed.push(submission.returnPath)
  }
  if (!productionAccess) {
    for (const address of recipients) {
      if (!isSimulator(address) && !isVerified(ctx, address)) failed.push(address)
    }
  }
  if (failed.length === 0) return
  throw words.messageRejected(
    `Email address is not verified. The following identities failed the check in region ${ctx.region.toUpperCase()}: ${[...new Set(failed)].join(', ')}`,
  )
}

interface Accepted {
  readonly messageId: string
  readonly from: string
  readonly recipients: readonly string[]
  readonly set: ConfigurationSet | undefined
  readonly identity: Identity | undefined
  readonly identityArnOf: string | undefined
}

function accept(
  ctx: Context,
  submission: Submission,
  composed: Composed | MissingAttribute,
  accepted: Accepted,
): void {
  const { recipients, set, identity } = accepted
  measure(ctx, { namespace: 'AWS/SES', name: 'Send', dimensions: {}, value: 1, unit: 'Count' })
  countAttempt(ctx, recipients.length)
  const listeners = {
    ...(set === undefined ? {} : { set }),
    ...(identity === undefined ? {} : { identity }),
  }
  if (isHeard(listeners, 'SEND')) {
    const facts = sendFacts(ctx, submission, composed, accepted)
    tell(ctx, 0, listeners, 'SEND', facts, {})
  }
  if (composed instanceof MissingAttribute) {
    if (!isHeard(listeners, 'RENDERING_FAILURE')) return
    const facts = factsOf(ctx, submission, [], accepted)
    const detail = { errorMessage: composed.message, templateName: submission.templateName ?? '' }
    tell(ctx, 0, listeners, 'RENDERING_FAILURE', facts, detail)
    return
  }
  const { headers } = composed
  const outcomes = put(ctx, submission, composed, accepted)
  if (submission.membership !== undefined || tracks(set, 'OPEN') || tracks(set, 'CLICK')) {
    trackedMails.put(ctx, {
      messageId: accepted.messageId,
      accountId: ctx.accountId,
      region: ctx.region,
      facts: factsOf(ctx, submission, headers, accepted),
      ...(set === undefined ? {} : { set: set.name }),
      ...(submission.membership === undefined
        ? {}
        : { ...submission.membership, contact: recipients[0] ?? '' }),
    })
  }
  follow(ctx, {
    outcomes,
    listeners,
    facts: () => factsOf(ctx, submission, headers, accepted),
    returnPath: submission.returnPath ?? accepted.from,
  })
}

/** Puts a message into the mailboxes of those whom it reaches. What becomes of it, by recipient. */
function put(
  ctx: Context,
  submission: Submission,
  composed: Composed,
  { recipients, set, from }: Accepted,
): ReadonlyMap<string, Outcome> {
  const outcomes = new Map<string, Outcome>()
  const arrived: string[] = []
  const { membership } = submission
  for (const address of recipients) {
    const contact = membership === undefined ? undefined : contactFor(ctx, membership, address)
    if (
      contact !== undefined &&
      membership !== undefined &&
      isUnsubscribed(ctx, contact, membership)
    ) {
      outcomes.set(address, 'unsubscribed')
      continue
    }
    const outcome = struckOutcome(ctx, address) ?? outcomeAt(ctx, address, set)
    outcomes.set(address, outcome)
    if (outcome === 'delivered' || outcome === 'complained' || outcome === 'answered') {
      arrived.push(address)
    }
  }
  if (arrived.length === 0) return outcomes
  mailbox.deliver(ctx, {
    from,
    to: arrived,
    subject: decodedWords(headerOf(composed.headers, 'Subject') ?? ''),
    raw: composed.raw,
    text: composed.text,
    ...(composed.html === undefined ? {} : { html: composed.html }),
    envelope: { from: submission.returnPath ?? from, to: arrived },
    headers: composed.headers,
    attachments: composed.attachments,
  })
  return outcomes
}

/** Faults that bring back what would arrive: `ses.bounce` and `ses.complaint`. */
function struckOutcome(ctx: Context, address: string): Outcome | undefined {
  if (isSimulator(address)) return undefined
  if (ctx.struck('ses.bounce')) return 'bounced'
  return ctx.struck('ses.complaint') ? 'complained' : undefined
}

/** A Send event comes before a template is filled in: it has but few headers. Recorded: ses, SNS topic integration. */
function sendFacts(
  ctx: Context,
  submission: Submission,
  composed: Composed | MissingAttribute,
  accepted: Accepted,
): MailFacts {
  if (submission.templateName === undefined && !(composed instanceof MissingAttribute)) {
    return factsOf(ctx, submission, composed.headers, accepted)
  }
  const { to } = submission.recipients
  const headers = [
    { name: 'From', value: submission.from },
    ...(to.length === 0 ? [] : [{ name: 'To', value: to.join(', ') }]),
    { name: 'MIME-Version', value: '1.0' },
  ]
  const { sourceArn: _later, ...facts } = factsOf(ctx, submission, headers, accepted)
  return facts
}

/** What events tell of a message. Recorded: ses, SNS topic integration. */
function factsOf(
  ctx: Context,
  submission: Submission,
  headers: readonly MailHeader[],
  { messageId, recipients, set, from, identityArnOf }: Accepted,
): MailFacts {
  const sourceIp = ctx.caller.sourceIp ?? 'AWS Internal'
  const { principal } = ctx.caller
  const callerIdentity = 'arn' in principal ? (principal.arn.split('/').at(-1) ?? '') : 'root'
  const tags: Record<string, readonly string[]> = {
    'ses:operation': [submission.operation],
    ...(set === undefined ? {} : { 'ses:configuration-set': [set.name] }),
    'ses:source-ip': [sourceIp],
    ...(headerOf(headers, 'From') === undefined ? {} : { 'ses:from-domain': [domainOf(from)] }),
    'ses:caller-identity': [callerIdentity],
  }
  for (const { name, value } of submission.tags) tags[name] = [value]
  const told = headers.filter(
    ({ name, value }) =>
      name.toLowerCase() !== 'bcc' && !(name === 'Message-ID' && value.includes(messageId)),
  )
  return {
    messageId,
    atMs: ctx.now(),
    source: submission.from,
    ...(identityArnOf === undefined ? {} : { sourceArn: identityArnOf }),
    accountId: ctx.accountId,
    destination: recipients,
    headers: told,
    headersTruncated: false,
    common: commonHeaders(told, messageId),
    tags,
    sourceIp,
    callerIdentity,
  }
}

const commonLists = { From: 'from', To: 'to', Cc: 'cc', 'Reply-To': 'replyTo' } as const

function commonHeaders(headers: readonly MailHeader[], messageId: string): Record<string, unknown> {
  const common: Record<string, unknown> = {}
  const returnPath = headerOf(headers, 'Return-Path')
  if (returnPath !== undefined) common['returnPath'] = returnPath
  for (const [name, member] of Object.entries(commonLists)) {
    const value = headerOf(headers, name)
    if (value !== undefined) common[member] = splitAddresses(value)
  }
  const date = headerOf(headers, 'Date')
  if (date !== undefined) common['date'] = date
  common['messageId'] = messageId
  const subject = headerOf(headers, 'Subject')
  if (subject !== undefined) common['subject'] = decodedWords(subject)
  return common
}
