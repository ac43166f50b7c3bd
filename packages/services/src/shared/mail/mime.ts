import { encodedWords, quotedPrintable } from '../mailbox.ts'

export interface MailHeader {
  readonly name: string
  readonly value: string
}

export interface MailAttachment {
  readonly fileName: string
  readonly contentType: string
  readonly disposition: 'attachment' | 'inline'
  readonly contentId?: string
  readonly description?: string
  /** Base64. */
  readonly content: string
}

export interface MimeParts {
  readonly headers: readonly MailHeader[]
  readonly text?: string
  readonly html?: string
  readonly attachments: readonly MailAttachment[]
  /** Draws a boundary that no body has. */
  readonly boundary: () => string
}

/** A message with its headers. Source: RFC 2045 to 2047. */
export function composed(parts: MimeParts): { headers: readonly MailHeader[]; raw: string } {
  const body = bodyOf(parts)
  const headers = [...parts.headers, { name: 'MIME-Version', value: '1.0' }, ...body.headers]
  return { headers, raw: `${headerLines(headers)}\r\n\r\n${body.content}` }
}

interface Part {
  readonly headers: readonly MailHeader[]
  readonly content: string
}

function bodyOf({ text, html, attachments, boundary }: MimeParts): Part {
  const texts: Part[] = []
  if (text !== undefined) texts.push(textPart('plain', text))
  if (html !== undefined) texts.push(textPart('html', html))
  const [only] = texts
  const inner =
    texts.length === 1 && only !== undefined ? only : multipart('alternative', texts, boundary())
  if (attachments.length === 0) return inner
  return multipart('mixed', [inner, ...attachments.map(attachmentPart)], boundary())
}

function textPart(subtype: 'plain' | 'html', text: string): Part {
  const isPlain = /^[\t\x20-\x7e\r\n]*$/.test(text) && !/[^\r\n]{998}/.test(text)
  return {
    headers: [
      { name: 'Content-Type', value: `text/${subtype}; charset=UTF-8` },
      { name: 'Content-Transfer-Encoding', value: isPlain ? '7bit' : 'quoted-printable' },
    ],
    content: isPlain ? text.replace(/\r?\n/g, '\r\n') : quotedPrintable(text),
  }
}

function multipart(subtype: string, parts: readonly Part[], boundary: string): Part {
  const sections = parts.map(
    ({ headers, content }) => `--${boundary}\r\n${headerLines(headers)}\r\n\r\n${content}\r\n`,
  )
  return {
    headers: [
      { name: 'Content-Type', value: `multipart/${subtype}; \r\n\tboundary="${boundary}"` },
    ],
    content: `${sections.join('')}--${boundary}--\r\n`,
  }
}

function attachmentPart(attachment: MailAttachment): Part {
  const { fileName, contentType, disposition, contentId, description, content } = attachment
  const name = encodedWords(fileName).replaceAll('"', "'")
  return {
    headers: [
      { name: 'Content-Type', value: `${contentType}; name="${name}"` },
      { name: 'Content-Transfer-Encoding', value: 'base64' },
      { name: 'Content-Disposition', value: `${disposition}; filename="${name}"` },
      ...(contentId === undefined ? [] : [{ name: 'Content-ID', value: `<${contentId}>` }]),
      ...(description === undefined
        ? []
        : [{ name: 'Content-Description', value: encodedWords(description) }]),
    ],
    content: (content.match(/.{1,76}/g) ?? []).join('\r\n'),
  }
}

function headerLines(headers: readonly MailHeader[]): string {
  return headers.map(({ name, value }) => `${name}: ${value}`).join('\r\n')
}
