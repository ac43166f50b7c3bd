import type { Context } from '../../context.ts'
import { type ListMembership, unsubscribeUrl } from './list-management.ts'
import type { MailAttachment, MailHeader } from './mime.ts'
import { simpleMessage } from './simple-content.ts'
import type { Composed, Envelope, Recipients } from './submission.ts'
import { rendered, type TemplateParts } from './templates/templates.ts'
import type { MailWords } from './words.ts'

interface TemplateMessage {
  readonly from: string
  readonly recipients: Recipients
  readonly replyTo: readonly string[]
  readonly returnPath?: string
  readonly membership?: ListMembership
  readonly templateName: string
  readonly parts: TemplateParts
  readonly data: Readonly<Record<string, unknown>>
  readonly headers: readonly MailHeader[]
  readonly attachments: readonly MailAttachment[]
}

/** A message made from a template. Throws MissingAttribute. */
export function templateMessage(
  ctx: Context,
  message: TemplateMessage,
  envelope: Envelope,
  words: MailWords,
): Composed {
  const { templateName, parts, data, headers, attachments } = message
  const values =
    message.membership === undefined
      ? data
      : { ...data, amazonSESUnsubscribeUrl: unsubscribeUrl(ctx.region, envelope.messageId) }
  const filled = rendered(templateName, parts, headers, values, words)
  return simpleMessage(ctx, message, { ...filled, attachments }, envelope)
}
