import { AwsError } from '@cloud-orrery/models'
import {
  type BulkEmailEntry,
  SendBulkEmail,
  type SendBulkEmailRequest,
} from '@cloud-orrery/models/sesv2'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { sendingAuthorization } from '../shared/mail/access.ts'
import { bulkDestinationsMax } from '../shared/mail/limits.ts'
import { submit } from '../shared/mail/submission.ts'
import { templateMessage } from '../shared/mail/template-message.ts'
import { badRequest, words } from './errors.ts'
import { headersOf, templateNameOf, templateOf } from './parts.ts'

export const sendBulkEmail = operation(SendBulkEmail, {
  authorize(input, ctx) {
    const { FromEmailAddress = '', FromEmailAddressIdentityArn, ConfigurationSetName } = input
    const { Template } = input.DefaultContent ?? {}
    return sendingAuthorization(ctx, {
      action: 'ses:SendBulkEmail',
      apiVersion: '2',
      from: FromEmailAddress,
      recipients: (input.BulkEmailEntries ?? []).flatMap(({ Destination }) =>
        Object.values(recipientsOf(Destination)).flat(),
      ),
      ...(input.FeedbackForwardingEmailAddress === undefined
        ? {}
        : { feedbackAddress: input.FeedbackForwardingEmailAddress }),
      ...(FromEmailAddressIdentityArn === undefined
        ? {}
        : { identityArn: FromEmailAddressIdentityArn }),
      ...(ConfigurationSetName === undefined ? {} : { configurationSetName: ConfigurationSetName }),
      ...(Template === undefined ? {} : templateNameOf(Template)),
    })
  },
  provenance: 'modelled',
  trail: { kind: 'data' },
  refuses: ['EndpointId', 'TenantName'],
  run(ctx, input) {
    if (input.BulkEmailEntries.length > bulkDestinationsMax) {
      throw badRequest(`Bulk email entries exceed the maximum of ${bulkDestinationsMax}.`)
    }
    const { Template } = input.DefaultContent
    if (Template === undefined) throw badRequest('The default content must have a template.')
    templateOf(ctx, Template, []) // A template that is not there refuses the whole call.
    return { BulkEmailEntryResults: input.BulkEmailEntries.map((entry) => sent(ctx, input, entry)) }
  },
})

function recipientsOf({ ToAddresses, CcAddresses, BccAddresses }: BulkEmailEntry['Destination']) {
  return { to: ToAddresses ?? [], cc: CcAddresses ?? [], bcc: BccAddresses ?? [] }
}

/** One message of many: what refuses it leaves the others alone. */
function sent(ctx: Context, input: SendBulkEmailRequest, entry: BulkEmailEntry) {
  const { DefaultContent, ReplyToAddresses = [], FromEmailAddress = '' } = input
  const { ReplacementEmailContent, ReplacementHeaders, ReplacementTags } = entry
  const replacement = ReplacementEmailContent?.ReplacementTemplate?.ReplacementTemplateData
  try {
    const template = templateOf(ctx, DefaultContent.Template ?? {}, [replacement])
    const heads = {
      from: FromEmailAddress,
      recipients: recipientsOf(entry.Destination),
      replyTo: ReplyToAddresses,
    }
    const headers =
      ReplacementHeaders === undefined ? template.headers : headersOf(ReplacementHeaders)
    const MessageId = submit(
      ctx,
      {
        operation: 'SendBulkEmail',
        ...heads,
        templateName: template.templateName,
        tags: [...(input.DefaultEmailTags ?? []), ...(ReplacementTags ?? [])].map(
          ({ Name, Value }) => ({ name: Name, value: Value }),
        ),
        ...(input.ConfigurationSetName === undefined
          ? {}
          : { configurationSetName: input.ConfigurationSetName }),
        ...(input.FeedbackForwardingEmailAddress === undefined
          ? {}
          : { returnPath: input.FeedbackForwardingEmailAddress }),
        ...(input.FromEmailAddressIdentityArn === undefined
          ? {}
          : { sourceArn: input.FromEmailAddressIdentityArn }),
        message: (about) => templateMessage(ctx, { ...heads, ...template, headers }, about, words),
      },
      words,
    )
    return { Status: 'SUCCESS', MessageId }
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    return { Status: statuses[error.code] ?? statusOf(error), Error: error.message }
  }
}

const statuses: Readonly<Record<string, string>> = {
  MessageRejected: 'MESSAGE_REJECTED',
  MailFromDomainNotVerifiedException: 'MAIL_FROM_DOMAIN_NOT_VERIFIED',
  TooManyRequestsException: 'ACCOUNT_THROTTLED',
  LimitExceededException: 'ACCOUNT_DAILY_QUOTA_EXCEEDED',
  BadRequestException: 'INVALID_PARAMETER',
}

function statusOf({ code, message }: AwsError): string {
  if (code === 'SendingPausedException') {
    return message.includes('configuration set')
      ? 'CONFIGURATION_SET_SENDING_PAUSED'
      : 'ACCOUNT_SENDING_PAUSED'
  }
  if (code !== 'NotFoundException') return 'FAILED'
  return message.startsWith('Configuration set')
    ? 'CONFIGURATION_SET_NOT_FOUND'
    : 'TEMPLATE_NOT_FOUND'
}
