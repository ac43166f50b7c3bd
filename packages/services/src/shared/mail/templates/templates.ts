import type { Context } from '../../../context.ts'
import { isTooDeep } from '../../json-depth.ts'
import { templateBytesMax, templatesMax } from '../limits.ts'
import type { MailHeader } from '../mime.ts'
import { type Template, templates } from '../state.ts'
import type { MailWords } from '../words.ts'
import { parseTemplate, type TemplateNode, TemplateProblem } from './parse.ts'
import { MissingAttribute, render } from './render.ts'

export type TemplateParts = Pick<Template, 'subject' | 'text' | 'html'>

export function templateNamed(ctx: Context, name: string, words: MailWords): Template {
  const template = templates.get(ctx, name)
  if (template === undefined) throw words.templateNotFound(name)
  return template
}

/** Checks a template's parts. Source: SES API Reference, CreateTemplate. */
export function checkTemplate(name: string, parts: TemplateParts, words: MailWords): void {
  if (parts.subject === undefined || parts.subject === '') {
    throw words.invalidTemplate(name, 'The subject must be specified.')
  }
  if (parts.text === undefined && parts.html === undefined) {
    throw words.invalidTemplate(name, 'The template must have a text part or an HTML part.')
  }
  const sizeBytes = [parts.subject, parts.text, parts.html]
    .map((part) => Buffer.byteLength(part ?? ''))
    .reduce((sum, length) => sum + length)
  if (sizeBytes > templateBytesMax) {
    throw words.invalidTemplate(name, 'The template is larger than 500 KB.')
  }
  for (const part of [parts.subject, parts.text, parts.html]) parsed(name, part ?? '', words)
}

export function createTemplate(
  ctx: Context,
  name: string,
  parts: TemplateParts,
  tags: Readonly<Record<string, string>>,
  words: MailWords,
): void {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) {
    throw words.invalid(
      `Invalid template name <${name}>: only alphanumeric ASCII characters, '_', and '-' are allowed.`,
    )
  }
  checkTemplate(name, parts, words)
  if (templates.has(ctx, name)) throw words.templateExists(name)
  if (templates.count(ctx) >= templatesMax) {
    throw words.limitExceeded('You have reached the limit on the number of templates.')
  }
  templates.put(ctx, { name, createdAtMs: ctx.now(), ...parts, tags })
}

export function updateTemplate(
  ctx: Context,
  name: string,
  parts: TemplateParts,
  words: MailWords,
): void {
  const { createdAtMs, tags } = templateNamed(ctx, name, words)
  checkTemplate(name, parts, words)
  templates.put(ctx, { name, createdAtMs, tags, ...parts })
}

/** The data of a message: a JSON object, with what stands in for it. */
export function renderingData(
  name: string,
  texts: readonly (string | undefined)[],
  words: MailWords,
): Record<string, unknown> {
  let data: Record<string, unknown> = {}
  for (const text of texts) {
    if (text === undefined || text === '') continue
    try {
      const value: unknown = JSON.parse(text)
      if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error()
      if (isTooDeep(text)) throw new Error()
      data = { ...data, ...value }
    } catch {
      throw words.invalidRenderingData(name, 'Template rendering data is invalid.')
    }
  }
  return data
}

/** A template filled in. Throws MissingAttribute. */
export interface Rendered {
  readonly subject: string
  readonly text?: string
  readonly html?: string
  readonly headers: readonly MailHeader[]
}

/** What is filled in for one message; the words are for templates that cannot be read. */
export function rendered(
  name: string,
  { subject = '', text, html }: TemplateParts,
  headers: readonly MailHeader[],
  data: unknown,
  words: MailWords,
): Rendered {
  const fill = (part: string) => render(parsed(name, part, words), data)
  return {
    subject: fill(subject),
    ...(text === undefined ? {} : { text: fill(text) }),
    ...(html === undefined ? {} : { html: fill(html) }),
    headers: headers.map((header) => ({ name: header.name, value: fill(header.value) })),
  }
}

export { MissingAttribute }

/** Templates are read once and used for many messages. */
const known = new Map<string, readonly TemplateNode[]>()
const knownMax = 200

function parsed(name: string, part: string, words: MailWords): readonly TemplateNode[] {
  const before = known.get(part)
  if (before !== undefined) return before
  try {
    const nodes = parseTemplate(part)
    if (known.size >= knownMax) known.clear()
    known.set(part, nodes)
    return nodes
  } catch (error) {
    if (!(error instanceof TemplateProblem)) throw error
    throw words.invalidTemplate(name, `Invalid template: ${error.message}.`)
  }
}
