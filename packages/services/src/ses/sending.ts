import { AwsError } from '@cloud-orrery/models'
import {
  type MessageTag,
  SendBulkTemplatedEmail,
  SendEmail,
  SendRawEmail,
  type SendRawEmailRequest,
  SendTemplatedEmail,
} from '@cloud-orrery/models/ses'
import type { Context } from '../context.ts'
import { type Authorization, operation } from '../define.ts'
import { sendingAuthorization } from '../shared/mail/access.ts'
import { splitAddresses } from '../shared/mail/addresses.ts'
import { bulkDestinationsMax, messageBytesMaxOfV1 } from '../shared/mail/limits.ts'
import { headerOf, readHeaders } from '../shared/mail/mime-reader.ts'
import { rawMessage, simpleMessage } from '../shared/mail/simple-content.ts'
import { type Recipients, type Submission, submit } from '../shared/mail/submission.ts'
import { templateMessage } from '../shared/mail/template-message.ts'
import { renderingData, templateNamed } from '../shared/mail/templates/templates.ts'
import { invalidValue, words } from './errors.ts'

/** What the calls that send have in common. */
interface Heads {
  readonly Source: string
  readonly ReplyToAddresses?: readonly string[] | undefined
  readonly ReturnPath?: string | undefined
  readonly SourceArn?: string | undefined
  readonly Tags?: readonly MessageTag[] | undefined
  readonly ConfigurationSetName?: string | undefined
}

interface Destination {
  readonly ToAddresses?: readonly string[] | undefined
  readonly CcAddresses?: readonly string[] | undefined
  readonly BccAddresses?: readonly string[] | undefined
}

function recipientsOf({ ToAddresses, CcAddresses, BccAddresses }: Destination = {}): Recipients {
  return { to: ToAddresses ?? [], cc: CcAddresses ?? [], bcc: BccAddresses ?? [] }
}

function headsOf(operationName: string, input: Heads, recipients: Recipients) {
  return {
    operation: operationName,
    from: input.Source,
    recipients,
    replyTo: input.ReplyToAddresses ?? [],
    tags: (input.Tags ?? []).map(({ Name, Value }) => ({ name: Name, value: Value })),
    ...(input.ReturnPath === undefined ? {} : { returnPath: input.ReturnPath }),
    ...(input.SourceArn === undefined ? {} : { sourceArn: input.SourceArn }),
    ...(input.ConfigurationSetName === undefined
      ? {}
      : { configurationSetName: input.ConfigurationSetName }),
  }
}

function authorization(
  ctx: Context,
  action: string,
  input: Heads,
  recipients: readonly string[],
  templateName?: string,
): Authorization[] {
  const { Source, SourceArn, ReturnPath, ConfigurationSetName } = input
  return sendingAuthorization(ctx, {
    action,
    apiVersion: '1',
    from: Source ?? '',
    recipients,
    ...(ReturnPath === undefined ? {} : { feedbackAddress: ReturnPath }),
    ...(SourceArn === undefined ? {} : { identityArn: SourceArn }),
    ...(ConfigurationSetName === undefined ? {} : { configurationSetName: ConfigurationSetName }),
    ...(templateName === undefined ? {} : { templateName }),
  })
}

const all = (destination: Destination | undefined): string[] =>
  Object.values(recipientsOf(destination)).flat()

export const sendEmail = operation(SendEmail, {
  authorize: (input, ctx) => authorization(ctx, 'ses:SendEmail', input, all(input.Destination)),
  provenance: 'modelled',
  trail: { kind: 'data' },
  run(ctx, input) {
    const { Subject, Body } = input.Message
    if (Body.Text === undefined && Body.Html === undefined) {
      throw invalidValue('The message must have a text or an HTML body.')
    }
    const heads = headsOf('SendEmail', input, recipientsOf(input.Destination))
    const content = {
      subject: Subject.Data,
      ...(Body.Text === undefined ? {} : { text: Body.Text.Data }),
      ...(Body.Html === undefined ? {} : { html: Body.Html.Data }),
      headers: [],
      attachments: [],
    }
    const message: Submission['message'] = (about) => simpleMessage(ctx, heads, content, about)
    return { MessageId: submit(ctx, { ...heads, message }, words) }
  },
})

export const sendRawEmail = operation(SendRawEmail, {
  authorize(input, ctx) {
    const { heads, recipients } = addressed(input)
    return authorization(ctx, 'ses:SendRawEmail', heads, Object.values(recipients).flat())
  },
  provenance: 'recorded',
  trail: { kind: 'data' },
  run(ctx, input) {
    const { heads, recipients } = addressed(input)
    if (heads.Source === '') throw invalidValue("Missing required header 'From'.")
    if (input.RawMessage.Data.byteLength > messageBytesMaxOfV1) {
      throw invalidValue('Message length is more than 10485760 bytes long.')
    }
    const submission = headsOf('SendRawEmail', heads, recipients)
    const message: Submission['message'] = (about) => rawMessage(ctx, input.RawMessage.Data, about)
    return { MessageId: submit(ctx, { ...submission, message }, words) }
  },
})

/** What the call does not say of a raw message stands in its headers. Source: SES API Reference, SendRawEmail. */
function addressed(input: SendRawEmailRequest): { heads: Heads; recipients: Recipients } {
  const data = input.RawMessage?.Data ?? new Uint8Array()
  const headers = readHeaders(Buffer.from(data).toString('latin1'))
  const list = (name: string) => splitAddresses(headerOf(headers, name) ?? '')
  const header = (name: string) => headerOf(headers, name)
  const heads: Heads = {
    Source: input.Source ?? header('From') ?? '',
    ReturnPath: header('Return-Path'),
    SourceArn: input.SourceArn ?? input.FromArn ?? header('X-SES-SOURCE-ARN'),
    Tags: input.Tags ?? tagsOf(header('X-SES-MESSAGE-TAGS')),
    ConfigurationSetName: input.ConfigurationSetName ?? header('X-SES-CONFIGURATION-SET'),
  }
  const recipients =
    input.Destinations === undefined || input.Destinations.length === 0
      ? { to: list('To'), cc: list('Cc'), bcc: list('Bcc') }
      : { to: input.Destinations, cc: [], bcc: [] }
  return { heads, recipients }
}

/** `campaign=spring, kind=news`. Source: SES Developer Guide, "Specifying a configuration set when sending". */
function tagsOf(header: string | undefined): MessageTag[] {
  if (header === undefined) return []
  return header.split(',').map((item) => {
    const [Name = '', Value = ''] = item.trim().split('=')
    return { Name, Value }
  })
}

export const sendTemplatedEmail = operation(SendTemplatedEmail, {
  authorize: (input, ctx) =>
    authorization(ctx, 'ses:SendTemplatedEmail', input, all(input.Destination), input.Template),
  provenance: 'recorded',
  trail: { kind: 'data' },
  refuses: ['TemplateArn'],
  run(ctx, input) {
    const heads = headsOf('SendTemplatedEmail', input, recipientsOf(input.Destination))
    const parts = templateNamed(ctx, input.Template, words)
    const data = renderingData(input.Template, [input.TemplateData], words)
    const template = { templateName: input.Template, parts, data, headers: [], attachments: [] }
    const message: Submission['message'] = (about) =>
      templateMessage(ctx, { ...heads, ...template }, about, words)
    return { MessageId: submit(ctx, { ...heads, templateName: input.Template, message }, words) }
  },
})

export const sendBulkTemplatedEmail = operation(SendBulkTemplatedEmail, {
  authorize: (input, ctx) =>
    authorization(
      ctx,
      'ses:SendBulkTemplatedEmail',
      input,
      (input.Destinations ?? []).flatMap(({ Destination }) => all(Destination)),
      input.Template,
    ),
  provenance: 'modelled',
  trail: { kind: 'data' },
  refuses: ['TemplateArn'],
  run(ctx, input) {
    if (input.Destinations.length > bulkDestinationsMax) {
      throw invalidValue(`The number of destinations exceeds ${bulkDestinationsMax}.`)
    }
    const parts = templateNamed(ctx, input.Template, words)
    const Status = input.Destinations.map((destination) => {
      const heads = headsOf(
        'SendBulkTemplatedEmail',
        { ...input, Tags: [...(input.DefaultTags ?? []), ...(destination.ReplacementTags ?? [])] },
        recipientsOf(destination.Destination),
      )
      try {
        const texts = [input.DefaultTemplateData, destination.ReplacementTemplateData]
        const data = renderingData(input.Template, texts, words)
        const template = { templateName: input.Template, parts, data, headers: [], attachments: [] }
        const message: Submission['message'] = (about) =>
          templateMessage(ctx, { ...heads, ...template }, about, words)
        const MessageId = submit(ctx, { ...heads, templateName: input.Template, message }, words)
        return { Status: 'Success', MessageId }
      } catch (error) {
        if (!(error instanceof AwsError)) throw error
        return { Status: bulkStatus(error), Error: error.message }
      }
    })
    return { Status }
  },
})

function bulkStatus({ code, message }: AwsError): string {
  switch (code) {
    case 'MessageRejected':
      return 'MessageRejected'
    case 'Throttling':
      return message.startsWith('Daily') ? 'AccountDailyQuotaExceeded' : 'AccountThrottled'
    case 'AccountSendingPausedException':
      return 'AccountSendingPaused'
    case 'ConfigurationSetSendingPausedException':
      return 'ConfigurationSetSendingPaused'
    case 'ConfigurationSetDoesNotExistException':
      return 'ConfigurationSetDoesNotExist'
    case 'MailFromDomainNotVerifiedException':
      return 'MailFromDomainNotVerified'
    case 'InvalidParameterValue':
      return 'InvalidParameterValue'
    default:
      return 'Failed'
  }
}
