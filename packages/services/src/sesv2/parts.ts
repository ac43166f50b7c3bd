import type { Attachment, MessageHeader, Template } from '@cloud-orrery/models/sesv2'
import type { Context } from '../context.ts'
import { mailAddressOf } from '../shared/mail/arns.ts'
import type { MailAttachment, MailHeader } from '../shared/mail/mime.ts'
import {
  renderingData,
  type TemplateParts,
  templateNamed,
} from '../shared/mail/templates/templates.ts'
import { badRequest, words } from './errors.ts'
import { partsOf } from './templates.ts'

export function headersOf(headers: readonly MessageHeader[] = []): MailHeader[] {
  return headers.map(({ Name, Value }) => ({ name: Name, value: Value }))
}

/** Attachments travel as base64, whatever encoding was asked for: what arrives is the same. */
export function attachmentsOf(attachments: readonly Attachment[] = []): MailAttachment[] {
  return attachments.map((attachment) => ({
    fileName: attachment.FileName,
    contentType: attachment.ContentType ?? 'application/octet-stream',
    disposition: attachment.ContentDisposition === 'INLINE' ? 'inline' : 'attachment',
    ...(attachment.ContentId === undefined ? {} : { contentId: attachment.ContentId }),
    ...(attachment.ContentDescription === undefined
      ? {}
      : { description: attachment.ContentDescription }),
    content: Buffer.from(attachment.RawContent).toString('base64'),
  }))
}

/** A template that is kept, by its name or its ARN; none for one that comes with the message. */
export function templateNameOf({ TemplateName, TemplateArn }: Template): { templateName?: string } {
  const name = TemplateName ?? mailAddressOf(TemplateArn ?? '')?.name
  return name === undefined ? {} : { templateName: name }
}

export interface TemplateContent {
  readonly templateName: string
  readonly parts: TemplateParts
  readonly data: Readonly<Record<string, unknown>>
  readonly headers: readonly MailHeader[]
  readonly attachments: readonly MailAttachment[]
}

/** A template and what is filled in; `replacements` go before the data that all recipients have. */
export function templateOf(
  ctx: Context,
  template: Template,
  replacements: readonly (string | undefined)[],
): TemplateContent {
  const { templateName } = templateNameOf(template)
  const { TemplateContent, TemplateData, Headers, Attachments } = template
  if (templateName === undefined && TemplateContent === undefined) {
    throw badRequest('TemplateName, TemplateArn or TemplateContent must be given.')
  }
  const parts =
    templateName === undefined
      ? partsOf(TemplateContent ?? {})
      : templateNamed(ctx, templateName, words)
  const name = templateName ?? ''
  return {
    templateName: name,
    parts,
    data: renderingData(name, [TemplateData, ...replacements], words),
    headers: headersOf(Headers),
    attachments: attachmentsOf(Attachments),
  }
}
