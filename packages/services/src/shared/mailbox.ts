import { orderedKey, type TableContext, table } from '@cloud-orrery/kernel'
import type { Context } from '../context.ts'

/** One mail as it left the cloud. */
export interface Mail {
  readonly id: string
  /** In the order of sending, from 1. */
  readonly number: number
  readonly sentAtMs: number
  readonly from: string
  readonly to: readonly string[]
  readonly subject: string
  /** The whole message, RFC 5322 with MIME. */
  readonly raw: string
  /** Plain text part, for people and tests. */
  readonly text: string
  /** HTML part, where there is one. */
  readonly html?: string
  /** Links in the text, then those that only the HTML has: what a reader could follow. */
  readonly links: readonly string[]
  /** Who sent it and who gets it, whatever its headers say. */
  readonly envelope?: { readonly from: string; readonly to: readonly string[] }
  /** Of the message itself, as they stand. */
  readonly headers?: readonly MailHeader[]
  readonly attachments?: readonly ReceivedAttachment[]
}

/** One header field of a message, unfolded. */
export interface MailHeader {
  readonly name: string
  readonly value: string
}

/** A file that came with a mail. */
export interface ReceivedAttachment {
  readonly fileName: string
  readonly contentType: string
  /** Base64, without line breaks. */
  readonly content: string
}

/** A message that was made elsewhere, and what a reader sees of it. */
export interface ReceivedMail {
  readonly from: string
  readonly to: readonly string[]
  readonly subject: string
  readonly raw: string
  readonly text: string
  readonly html?: string
  readonly envelope: { readonly from: string; readonly to: readonly string[] }
  readonly headers: readonly MailHeader[]
  readonly attachments: readonly ReceivedAttachment[]
}

export interface MailContent {
  readonly from: { readonly name: string; readonly address: string }
  readonly to: readonly string[]
  readonly subject: string
  readonly text: string
  readonly html?: string
}

const mails = table<Mail, 'to'>('mailbox.mails', {
  key: (mail) => orderedKey(mail.number),
  partition: 'cloud',
  indexes: { to: (mail) => mail.to },
})

/** Where every mail lands that leaves the cloud. */
export const mailbox = {
  /** Oldest first. */
  all: (ctx: TableContext): Mail[] => [...mails.scan(ctx)],

  /** Mails to one address, oldest first. */
  to: (ctx: TableContext, address: string): Mail[] => [...mails.where(ctx, 'to', address)],

  send(ctx: Context, content: MailContent): Mail {
    const id = ctx.ids.uuid()
    const mail: Mail = {
      id,
      number: mails.count(ctx) + 1,
      sentAtMs: ctx.now(),
      from: content.from.address,
      to: content.to,
      subject: content.subject,
      raw: message(content, id, ctx.now()),
      text: content.text,
      ...(content.html === undefined ? {} : { html: content.html }),
      links: linksOf(content.text, content.html),
    }
    return keep(ctx, mail)
  },

  /** Takes a whole message: SES composes its own, or is handed them. */
  deliver(ctx: Context, received: ReceivedMail): Mail {
    return keep(ctx, {
      id: ctx.ids.uuid(),
      number: mails.count(ctx) + 1,
      sentAtMs: ctx.now(),
      ...received,
      links: linksOf(received.text, received.html),
    })
  },
}

function keep(ctx: Context, mail: Mail): Mail {
  mails.put(ctx, mail)
  ctx.record('mail', mail.subject, { id: mail.id, to: mail.to, from: mail.from })
  return mail
}

function linksOf(text: string, html: string | undefined): readonly string[] {
  if (html === undefined && !text.includes('://')) return []
  const links = text.match(/https?:\/\/[^\s<>"]+/g) ?? []
  if (html === undefined) return links
  const targets = [...html.matchAll(/\bhref\s*=\s*(?:"([^"]*)"|'([^']*)')/gi)]
    .map(([, double, single]) => (double ?? single ?? '').replaceAll('&amp;', '&'))
    .filter((target) => /^https?:\/\//.test(target))
  return [...new Set([...links, ...targets])]
}

/** Source: RFC 5322 (message format), RFC 2045 (quoted-printable), RFC 2047 (encoded words). */
function message(content: MailContent, id: string, nowMs: number): string {
  const { from, to, subject, text, html } = content
  const headers = [
    `From: ${encodedWords(from.name)} <${from.address}>`,
    `To: ${to.join(', ')}`,
    `Subject: ${encodedWords(subject)}`,
    `Date: ${new Date(nowMs).toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${id}@${from.address.split('@')[1] ?? 'localhost'}>`,
    'MIME-Version: 1.0',
    `Content-Type: text/${html === undefined ? 'plain' : 'html'}; charset=UTF-8`,
    'Content-Transfer-Encoding: quoted-printable',
  ]
  return `${headers.join('\r\n')}\r\n\r\n${quotedPrintable(html ?? text)}`
}

/** Source: RFC 2047. */
export function encodedWords(text: string): string {
  const plain = text.replace(/[\r\n]+/g, ' ')
  return /^[\x20-\x7e]*$/.test(plain)
    ? plain
    : `=?UTF-8?B?${Buffer.from(plain).toString('base64')}?=`
}

/** Lines of at most 76 characters, each broken with a soft line break. */
export function quotedPrintable(text: string): string {
  return text
    .split(/\r?\n/)
    .map((line) => {
      const encoded = [...Buffer.from(line)]
        .map((byte) =>
          (byte >= 33 && byte <= 126 && byte !== 61) || byte === 32
            ? String.fromCharCode(byte)
            : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`,
        )
        .join('')
        .replace(/ $/, '=20')
      const pieces = encoded.match(/(?:=[0-9A-F]{2}|[^=]){1,24}/g) ?? ['']
      return foldPieces(pieces)
    })
    .join('\r\n')
}

function foldPieces(pieces: readonly string[]): string {
  const lines: string[] = []
  let line = ''
  for (const piece of pieces) {
    if (line.length + piece.length > 75) {
      lines.push(`${line}=`)
      line = ''
    }
    line += piece
  }
  return [...lines, line].join('\r\n')
}
