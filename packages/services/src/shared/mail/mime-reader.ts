import { decodedBytes, decodedWords } from './addresses.ts'
import type { MailHeader } from './mime.ts'

/** A message as a mail program shows it. */
export interface ReadMessage {
  /** Unfolded, otherwise as they stand. */
  readonly headers: readonly MailHeader[]
  readonly text: string
  readonly html?: string
  readonly attachments: readonly {
    readonly fileName: string
    readonly contentType: string
    /** Base64 without line breaks. */
    readonly content: string
  }[]
}

/** Deepest nesting of parts that is read: SES refuses messages of more than 500 parts. */
const depthMax = 32

/** Reads a message whose characters stand for bytes (latin1). Source: RFC 5322, RFC 2045 to 2047, RFC 2183. */
export function readMessage(raw: string): ReadMessage {
  const texts: string[] = []
  const htmls: string[] = []
  const attachments: ReadMessage['attachments'][number][] = []
  const { headers, body } = split(raw)
  visit(headers, body, 0)
  const [html] = htmls
  return {
    headers,
    text: texts.join('\n'),
    ...(html === undefined ? {} : { html }),
    attachments,
  }

  function visit(partHeaders: readonly MailHeader[], content: string, depth: number): void {
    const type = parameters(headerOf(partHeaders, 'Content-Type') ?? 'text/plain')
    const boundary = type.values.get('boundary')
    if (type.value.startsWith('multipart/') && boundary !== undefined && depth < depthMax) {
      for (const part of partsOf(content, boundary)) {
        const inner = split(part)
        visit(inner.headers, inner.body, depth + 1)
      }
      return
    }
    const disposition = parameters(headerOf(partHeaders, 'Content-Disposition') ?? '')
    const bytes = decoded(content, headerOf(partHeaders, 'Content-Transfer-Encoding') ?? '7bit')
    const isText = type.value === 'text/plain' || type.value === 'text/html'
    if (disposition.value === 'attachment' || !isText) {
      attachments.push({
        fileName: decodedWords(disposition.values.get('filename') ?? type.values.get('name') ?? ''),
        contentType: type.value,
        content: bytes.toString('base64'),
      })
      return
    }
    const text = decodedBytes(bytes, type.values.get('charset') ?? 'utf-8')
    if (type.value === 'text/html') htmls.push(text)
    else texts.push(text)
  }
}

/** Headers alone, unfolded. */
export function readHeaders(raw: string): readonly MailHeader[] {
  return split(raw).headers
}

/** The first header of a name, in whatever case. */
export function headerOf(headers: readonly MailHeader[], name: string): string | undefined {
  const wanted = name.toLowerCase()
  return headers.find((header) => header.name.toLowerCase() === wanted)?.value
}

function split(raw: string): { headers: MailHeader[]; body: string } {
  const end = /\r?\n\r?\n/.exec(raw)
  const head = end === null ? raw : raw.slice(0, end.index)
  const body = end === null ? '' : raw.slice(end.index + end[0].length)
  const headers: MailHeader[] = []
  for (const line of head.replace(/\r?\n(?=[ \t])/g, '').split(/\r?\n/)) {
    const header = /^(?<name>[!-9;-~]+):[ \t]*(?<value>.*)$/s.exec(line)?.groups
    // A message that begins without a header has none.
    if (header?.['name'] === undefined)
      return headers.length === 0 ? { headers, body: raw } : { headers, body }
    const value = Buffer.from(header['value'] ?? '', 'latin1').toString()
    headers.push({ name: header['name'], value })
  }
  return { headers, body }
}

function partsOf(content: string, boundary: string): string[] {
  const mark = `--${boundary}`
  const lines = content.split(/\r?\n/)
  const parts: string[] = []
  let part: string[] | undefined
  for (const line of lines) {
    if (line.startsWith(mark) && /^(?:--)?[ \t]*$/.test(line.slice(mark.length))) {
      if (part !== undefined) parts.push(part.join('\r\n'))
      if (line.startsWith(`${mark}--`)) return parts
      part = []
    } else part?.push(line)
  }
  if (part !== undefined) parts.push(part.join('\r\n')) // Cut off before its end.
  return parts
}

function decoded(content: string, encoding: string): Buffer {
  switch (encoding.trim().toLowerCase()) {
    case 'base64':
      return Buffer.from(content, 'base64')
    case 'quoted-printable':
      return Buffer.from(
        content
          // From the start of a run of blanks alone, else long ones take for ever.
          .replace(/(?<![ \t])[ \t]*=\r?\n/g, '')
          .replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) =>
            String.fromCharCode(Number.parseInt(hex, 16)),
          ),
        'latin1',
      )
    default:
      return Buffer.from(content, 'latin1')
  }
}

/** `text/plain; charset=UTF-8` */
function parameters(header: string): { value: string; values: ReadonlyMap<string, string> } {
  const [value = '', ...rest] = pieces(header)
  const values = new Map<string, string>()
  for (const item of rest) {
    const [name = '', ...text] = item.split('=')
    const given = text.join('=').trim()
    values.set(name.trim().toLowerCase(), given.replace(/^"(.*)"$/s, '$1'))
  }
  return { value: value.trim().toLowerCase(), values }
}

/** Between the semicolons that are in no quotes, in one pass: headers may be as long as a message. */
function pieces(header: string): string[] {
  const found: string[] = []
  let start = 0
  let isQuoted = false
  for (let at = 0; at < header.length; at++) {
    const character = header[at]
    if (character === '"') isQuoted = !isQuoted
    else if (character === '\\' && isQuoted) at += 1
    else if (character === ';' && !isQuoted) {
      found.push(header.slice(start, at))
      start = at + 1
    }
  }
  return [...found, header.slice(start)]
}
