import type { Attachment, MessageHeader } from '@cloud-orrery/models/sesv2'
import type { MailAttachment, MailHeader } from '../shared/mail/mime.ts'

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
