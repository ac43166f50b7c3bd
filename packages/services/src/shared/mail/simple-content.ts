import type { Context } from '../../context.ts'
import { encodedWords } from '../mailbox.ts'
import { decodedBytes, readMailbox } from './addresses.ts'
import {
  type ListMembership,
  unsubscribeHeaders,
  unsubscribePlaceholder,
  unsubscribeUrl,
} from './list-management.ts'
import { messageIdDomain } from './message-ids.ts'
import { composed, type MailAttachment, type MailHeader } from './mime.ts'
import { headerOf, readMessage } from './mime-reader.ts'
import type { Composed, Envelope, Recipients } from './submission.ts'
import { tracked } from './tracking.ts'

/** Content of a message that SES itself puts together. */
export interface SimpleContent {
  readonly subject: string
  readonly text?: string
  readonly html?: string
  readonly headers: readonly MailHeader[]
  readonly attachments: readonly MailAttachment[]
}

interface Heads {
  readonly from: string
  readonly recipients: Recipients
  readonly replyTo: readonly string[]
  readonly returnPath?: string
  readonly membership?: ListMembership
}

/** Puts a message together. The order of the headers is recorded: ses, SNS topic integration, templated mail. */
export function simpleMessage(
  ctx: Context,
  { from, recipients, replyTo, returnPath, membership }: Heads,
  content: SimpleContent,
  { messageId, set }: Envelope,
): Composed {
  const { subject, headers, attachments } = content
  const link = unsubscribeUrl(ctx.region, messageId)
  const filled = (part: string | undefined) =>
    membership === undefined ? part : part?.replaceAll(unsubscribePlaceholder, link)
  const text = filled(content.text)
  const linked = filled(content.html)
  const html =
    linked === undefined || set === undefined ? linked : tracked(linked, messageId, ctx.region, set)
  const list = (name: string, addresses: readonly string[]) =>
    addresses.length === 0 ? [] : [{ name, value: addresses.map(headerAddress).join(', ') }]
  const own: MailHeader[] = [
    { name: 'Date', value: new Date(ctx.now()).toUTCString().replace('GMT', '+0000') },
    { name: 'From', value: headerAddress(from) },
    ...list('Reply-To', replyTo),
    ...list('To', recipients.to),
    ...list('Cc', recipients.cc),
    ...(returnPath === undefined ? [] : [{ name: 'Return-Path', value: returnPath }]),
    { name: 'Message-ID', value: `<${messageId}@${messageIdDomain(ctx.region)}>` },
    { name: 'Subject', value: encodedWords(subject) },
    ...(membership === undefined ? [] : unsubscribeHeaders(ctx.region, messageId)),
    ...headers,
  ]
  const made = composed({
    headers: own,
    ...(text === undefined ? {} : { text }),
    ...(html === undefined ? {} : { html }),
    attachments,
    boundary: () => `----=_Part_${ctx.ids.hex(8)}_${ctx.ids.hex(16)}`,
  })
  return {
    ...made,
    text: text ?? '',
    ...(html === undefined ? {} : { html }),
    attachments: attachments.map(({ fileName, contentType, content }) => ({
      fileName,
      contentType,
      content,
    })),
  }
}

function headerAddress(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text
  const { displayName, address } = readMailbox(text)
  return `${encodedWords(displayName)} <${address}>`
}

/**
 * A message that the caller put together, with the headers that SES adds where they are missing. `Bcc` is taken
 * out. Source: SES Developer Guide, "Sending raw email".
 */
export function rawMessage(ctx: Context, data: Uint8Array, { messageId }: Envelope): Composed {
  const given = Buffer.from(data).toString('latin1')
  const raw = withoutHeader(given, 'bcc')
  const read = readMessage(raw)
  // A message without any header is passed on as it is.
  if (read.headers.length === 0) return { ...read, raw: decodedBytes(data, 'utf-8') }
  const added: MailHeader[] = []
  if (headerOf(read.headers, 'Date') === undefined) {
    added.push({
      name: 'Date',
      value: new Date(ctx.now()).toUTCString().replace('GMT', '+0000'),
    })
  }
  added.push({ name: 'Message-ID', value: `<${messageId}@${messageIdDomain(ctx.region)}>` })
  const rest = withoutHeader(raw, 'message-id')
  const heads = added.map(({ name, value }) => `${name}: ${value}\r\n`).join('')
  return {
    ...read,
    headers: [...added, ...read.headers.filter(({ name }) => name.toLowerCase() !== 'message-id')],
    raw: heads + Buffer.from(rest, 'latin1').toString(),
  }
}

function withoutHeader(raw: string, name: string): string {
  const end = /\r?\n\r?\n/.exec(raw)?.index ?? raw.length
  const head = raw.slice(0, end)
  const pattern = new RegExp(`(^|\\r?\\n)${name}:[^\\n]*(?:\\r?\\n[ \\t][^\\n]*)*`, 'i')
  return head.replace(pattern, '').replace(/^\r?\n/, '') + raw.slice(end)
}
