import type { TableContext } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'
import { task } from '../../define.ts'
import { mailbox } from '../mailbox.ts'
import { domainOf, withoutLabel } from './addresses.ts'
import {
  domainFoundLateMs,
  domainFoundMs,
  domainVerificationMs,
  verificationLinkMs,
} from './limits.ts'
import { type Dkim, type Identity, identities, verificationLinks } from './state.ts'

/** Domains in lower case; addresses keep their local part. */
export function identityName(text: string): string {
  const at = text.lastIndexOf('@')
  return at === -1 ? text.toLowerCase() : text.slice(0, at) + text.slice(at).toLowerCase()
}

/**
 * The identity in whose name an address sends: the address itself (with and without its label), its domain, or a
 * domain above it. Verified ones go first. Source: SES Developer Guide, "Creating and verifying identities".
 */
export function identityOf(ctx: TableContext, address: string): Identity | undefined {
  let pending: Identity | undefined
  for (const name of namesFor(address)) {
    const identity = identities.get(ctx, name)
    if (identity?.verification === 'SUCCESS') return identity
    pending ??= identity
  }
  return pending
}

export function isVerified(ctx: TableContext, address: string): boolean {
  return identityOf(ctx, address)?.verification === 'SUCCESS'
}

function* namesFor(address: string): Generator<string> {
  if (address.includes('@')) {
    yield address
    if (address.includes('+')) yield withoutLabel(address)
  }
  let domain = domainOf(address)
  while (domain.includes('.')) {
    yield domain
    domain = domain.slice(domain.indexOf('.') + 1)
  }
}

const tokenAlphabet = 'abcdefghijklmnopqrstuvwxyz234567'

/** Easy DKIM: three tokens that name the CNAME records to publish. */
export function easyDkim(ctx: Context, keyLength = 'RSA_2048_BIT'): Dkim {
  return {
    signingEnabled: true,
    status: 'PENDING',
    tokens: [0, 1, 2].map(() => ctx.ids.from(tokenAlphabet, 32)),
    origin: 'AWS_SES',
    currentKeyLength: keyLength,
    nextKeyLength: keyLength,
    keyGeneratedAtMs: ctx.now(),
  }
}

/** What the mail says, where it is not AWS's own. */
export interface VerificationMail {
  readonly from: string
  readonly subject: string
  /** HTML; the link is put after it. */
  readonly content: string
  readonly successUrl: string
  readonly failureUrl: string
}

/** A new identity, which is not verified yet: an address is sent its link, a domain's records are looked for. */
export function createIdentity(
  ctx: Context,
  name: string,
  fields: Partial<Identity> = {},
  mail?: VerificationMail,
): Identity {
  const isAddress = name.includes('@')
  const identity = identities.put(ctx, {
    name,
    kind: isAddress ? 'EMAIL_ADDRESS' : 'DOMAIN',
    createdAtMs: ctx.now(),
    verification: 'PENDING',
    token: isAddress ? ctx.ids.hex(64) : `${ctx.ids.alphanumeric(43)}=`,
    dkim: isAddress ? noDkim : easyDkim(ctx),
    feedbackForwarding: true,
    feedbackTopics: {},
    headersInFeedback: [],
    policies: {},
    tags: {},
    ...fields,
  })
  startVerification(ctx, identity, mail)
  return identity
}

const noDkim: Dkim = {
  signingEnabled: false,
  status: 'NOT_STARTED',
  tokens: [],
  origin: 'AWS_SES',
}

/** Sends the link once more, or looks for the records once more, unless the identity is verified. */
export function startVerification(ctx: Context, identity: Identity, mail?: VerificationMail): void {
  if (identity.kind === 'EMAIL_ADDRESS') {
    sendLink(ctx, identity, mail)
    ctx.after(verificationLinkMs, expireVerification, {
      name: identity.name,
      token: identity.token,
    })
    return
  }
  lookForRecords(ctx, identity)
}

/**
 * Looks for the DNS records of a domain: its own, those of DKIM and of MAIL FROM. How long that takes is a choice.
 * Deviation: the model has no DNS, so they are found though nobody published them; the fault `ses.domainRecords`
 * has them missing, which is known after 72 hours.
 */
export function lookForRecords(ctx: Context, { name, token }: Identity): void {
  const isMissing = ctx.struck('ses.domainRecords')
  const delayMs = isMissing
    ? domainVerificationMs
    : ctx.choose('ses.domainVerification', [domainFoundMs, domainFoundLateMs])
  ctx.after(delayMs, checkRecords, { name, token, found: !isMissing })
}

interface RecordsFound {
  readonly name: string
  readonly token: string
  readonly found: boolean
}

/** Ends the search for a domain's records. */
export const checkRecords = task<RecordsFound>('ses.checkRecords', {
  run(ctx, { name, token, found }) {
    const identity = identities.get(ctx, name)
    if (identity?.token !== token) return // Deleted meanwhile, perhaps made anew.
    const status = found ? 'SUCCESS' : 'FAILED'
    const { dkim, mailFrom, verification } = identity
    identities.put(ctx, {
      ...identity,
      lastCheckedAtMs: ctx.now(),
      verification: verification === 'PENDING' ? status : verification,
      ...(verification === 'PENDING' && found ? { verifiedAtMs: ctx.now() } : {}),
      dkim: dkim.status === 'PENDING' ? { ...dkim, status } : dkim,
      ...(mailFrom?.status === 'PENDING' ? { mailFrom: { ...mailFrom, status } } : {}),
    })
  },
})

/** A link that nobody followed within its day. */
export const expireVerification = task<{ name: string; token: string }>('ses.expireVerification', {
  run(ctx, { name, token }) {
    const identity = identities.get(ctx, name)
    if (identity?.token === token && identity.verification === 'PENDING') {
      identities.put(ctx, { ...identity, verification: 'FAILED', lastCheckedAtMs: ctx.now() })
    }
    for (const link of [...verificationLinks.scan(ctx)]) {
      if (link.identity === name && link.expiresAtMs <= ctx.now()) {
        verificationLinks.delete(ctx, link.token)
      }
    }
  },
})

function sendLink(ctx: Context, { name }: Identity, mail: VerificationMail | undefined): void {
  const token = ctx.ids.hex(64)
  verificationLinks.put(ctx, {
    token,
    identity: name,
    accountId: ctx.accountId,
    region: ctx.region,
    expiresAtMs: ctx.now() + verificationLinkMs,
    ...(mail === undefined ? {} : { successUrl: mail.successUrl, failureUrl: mail.failureUrl }),
  })
  const query = new URLSearchParams({
    Context: token,
    'Identity.IdentityName': name,
    'Identity.IdentityType': 'EmailAddress',
    Operation: 'ConfirmVerification',
    Namespace: 'Bacon',
  })
  const url = `https://email-verification.${ctx.region}.amazonaws.com/?${query}`
  if (mail === undefined) {
    mailbox.send(ctx, {
      from: { name: 'Amazon Web Services', address: 'no-reply-aws@amazon.com' },
      to: [name],
      subject: `Amazon Web Services – Email Address Verification Request in region ${regionName(ctx.region)}`,
      text: verificationText(ctx, name, url),
    })
    return
  }
  const html = `${mail.content}<p><a href="${url.replaceAll('&', '&amp;')}">${url.replaceAll('&', '&amp;')}</a></p>`
  mailbox.send(ctx, {
    from: { name: '', address: mail.from },
    to: [name],
    subject: mail.subject,
    text: url,
    html,
  })
}

/** Source: SES Developer Guide, "Verifying an email address identity": what the mail tells; the words are ours. */
function verificationText(ctx: Context, name: string, url: string): string {
  return [
    'Dear Amazon Web Services Customer,',
    '',
    `We have received a request to authorize this email address for use with Amazon SES in region ${regionName(ctx.region)}. If you requested this verification, please go to the following URL to confirm that you are authorized to use this email address:`,
    '',
    url,
    '',
    `Your request will not be processed unless you confirm the address using this URL. This link expires 24 hours after your original verification request.`,
    '',
    `If you did NOT request to verify this email address (${name}), do not click on the link.`,
    '',
    'Sincerely,',
    '',
    'The Amazon Web Services Team.',
  ].join('\n')
}

const regionNames: Readonly<Record<string, string>> = {
  'us-east-1': 'US East (N. Virginia)',
  'us-east-2': 'US East (Ohio)',
  'us-west-2': 'US West (Oregon)',
  'eu-west-1': 'EU (Ireland)',
  'eu-central-1': 'EU (Frankfurt)',
}

function regionName(region: string): string {
  return regionNames[region] ?? region
}
