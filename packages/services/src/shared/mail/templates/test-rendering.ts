import type { Context } from '../../../context.ts'
import { composed } from '../mime.ts'
import type { MailWords } from '../words.ts'
import { MissingAttribute, rendered, renderingData, templateNamed } from './templates.ts'

/** What TestRenderTemplate shows: the message as it would be. Source: SES API Reference, TestRenderTemplate. */
export function testRendering(
  ctx: Context,
  name: string,
  dataText: string,
  words: MailWords,
): string {
  const template = templateNamed(ctx, name, words)
  const data = renderingData(name, [dataText], words)
  try {
    const { subject, text, html } = rendered(name, template, [], data, words)
    return composed({
      headers: [
        { name: 'Date', value: new Date(ctx.now()).toISOString() },
        { name: 'Subject', value: subject },
      ],
      ...(text === undefined ? {} : { text }),
      ...(html === undefined ? {} : { html }),
      attachments: [],
      boundary: () => `----=_Part_${ctx.ids.hex(8)}_${ctx.ids.hex(16)}`,
    }).raw.replaceAll('\r\n', '\n')
  } catch (error) {
    if (error instanceof MissingAttribute) throw words.missingAttribute(name, error.message)
    throw error
  }
}
