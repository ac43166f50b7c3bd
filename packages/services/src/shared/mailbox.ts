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
  /** Links in the text, in order: what a reader could follow. */
  readonly links: readonly string[]
}

export interface MailContent {
  readonly from: { readonly name: string; readonly address: string }
  readonly to: readonly string[]
  readonly subject: string
  readonly text: string
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
      links: content.text.match(/https?:\/\/[^\s<>"]+/g) ?? [],
    }
    mails.put(ctx, mail)
    ctx.record('mail', content.subject, { id, to: content.to, from: content.from.address })
    return mail
  },
}

/** Source: RFC 5322 (message format), RFC 2045 (quoted-printable), RFC 2047 (encoded words). */
function message({ from, to, subject, text }: MailContent, id: string, nowMs: number): string {
  const headers = [
    `From: ${encodedWords(from.name)} <${from.address}>`,
    `To: ${to.join(', ')}`,
    `Subject: ${encodedWords(subject)}`,
    `Date: ${new Date(nowMs).toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${id}@${from.address.split('@')[1] ?? 'localhost'}>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=UTF-8',
    'Content-Transfer-Encoding: quoted-printable',
  ]
  return `${headers.join('\r\n')}\r\n\r\n${quotedPrintable(text)}`
}

function encodedWords(text: string): string {
  const plain = text.replace(/[\r\n]+/g, ' ')
  return /^[\x20-\x7e]*$/.test(plain)
    ? plain
    : `=?UTF-8?B?${Buffer.from(plain).toString('base64')}?=`
}

/** Lines of at most 76 characters, each broken with a soft line break. */
function quotedPrintable(text: string): string {
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
