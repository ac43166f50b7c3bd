import { SendEmail, type SendEmailRequest } from '@cloud-orrery/models/sesv2'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { sendingAuthorization } from '../shared/mail/access.ts'
import { splitAddresses } from '../shared/mail/addresses.ts'
import type { ListMembership } from '../shared/mail/list-management.ts'
import { headerOf, readHeaders } from '../shared/mail/mime-reader.ts'
import { rawMessage, simpleMessage } from '../shared/mail/simple-content.ts'
import { type Recipients, type Submission, submit } from '../shared/mail/submission.ts'
import { templateMessage } from '../shared/mail/template-message.ts'
import { listNamed } from './contacts.ts'
import { badRequest, notFound, words } from './errors.ts'
import { attachmentsOf, headersOf, templateNameOf, templateOf } from './parts.ts'

/** Who sends what to whom, wherever the request says so. */
interface Addressed {
  readonly from: string
  readonly recipients: Recipients
  readonly configurationSetName?: string
}

export const sendEmail = operation(SendEmail, {
  authorize(input, ctx) {
    const { from, recipients, configurationSetName } = addressed(input)
    const { FromEmailAddressIdentityArn, FeedbackForwardingEmailAddress, Content } = input
    return sendingAuthorization(ctx, {
      action: Content?.Raw === undefined ? 'ses:SendEmail' : 'ses:SendRawEmail',
      apiVersion: '2',
      from,
      recipients: [...recipients.to, ...recipients.cc, ...recipients.bcc],
      ...(FeedbackForwardingEmailAddress === undefined
        ? {}
        : { feedbackAddress: FeedbackForwardingEmailAddress }),
      ...(FromEmailAddressIdentityArn === undefined
        ? {}
        : { identityArn: FromEmailAddressIdentityArn }),
      ...(configurationSetName === undefined ? {} : { configurationSetName }),
      ...(Content?.Template === undefined ? {} : templateNameOf(Content.Template)),
    })
  },
  provenance: 'modelled',
  trail: { kind: 'data' },
  refuses: ['EndpointId', 'TenantName', 'ConfigurationOverrides'],
  run(ctx, input) {
    const { Content, ReplyToAddresses = [], EmailTags = [] } = input
    const { from, recipients, configurationSetName } = addressed(input)
    if (from === '') throw badRequest("Missing required header 'From'.")
    checkContent(Content)
    const membership = membershipOf(ctx, input, recipients)
    const heads = {
      from,
      recipients,
      replyTo: ReplyToAddresses,
      ...(membership === undefined ? {} : { membership }),
    }
    const template =
      Content.Template === undefined ? undefined : templateOf(ctx, Content.Template, [])
    const submission: Submission = {
      operation: 'SendEmail',
      ...heads,
      ...(template === undefined ? {} : { templateName: template.templateName }),
      tags: EmailTags.map(({ Name, Value }) => ({ name: Name, value: Value })),
      ...(configurationSetName === undefined ? {} : { configurationSetName }),
      ...(input.FeedbackForwardingEmailAddress === undefined
        ? {}
        : { returnPath: input.FeedbackForwardingEmailAddress }),
      ...(input.FromEmailAddressIdentityArn === undefined
        ? {}
        : { sourceArn: input.FromEmailAddressIdentityArn }),
      message(about) {
        const { Simple, Raw } = Content
        if (Raw !== undefined) return rawMessage(ctx, Raw.Data, about)
        if (template !== undefined) {
          return templateMessage(ctx, { ...heads, ...template }, about, words)
        }
        if (Simple === undefined) throw badRequest(oneContent)
        return simpleMessage(
          ctx,
          heads,
          {
            subject: Simple.Subject.Data,
            ...(Simple.Body.Text === undefined ? {} : { text: Simple.Body.Text.Data }),
            ...(Simple.Body.Html === undefined ? {} : { html: Simple.Body.Html.Data }),
            headers: headersOf(Simple.Headers),
            attachments: attachmentsOf(Simple.Attachments),
          },
          about,
        )
      },
    }
    return { MessageId: submit(ctx, submission, words) }
  },
})

/** Source: SES Developer Guide, "Using subscription management": one recipient a message. */
function membershipOf(
  ctx: Context,
  { ListManagementOptions }: SendEmailRequest,
  { to, cc, bcc }: Recipients,
): ListMembership | undefined {
  if (ListManagementOptions === undefined) return undefined
  const { ContactListName, TopicName } = ListManagementOptions
  const list = listNamed(ctx, ContactListName)
  if (TopicName !== undefined && !list.topics.some(({ name }) => name === TopicName)) {
    throw notFound(`Topic with name: ${TopicName} doesn't exist in List.`)
  }
  if (to.length + cc.length + bcc.length !== 1) {
    throw badRequest('List management is for messages to one recipient.')
  }
  return { list: list.name, ...(TopicName === undefined ? {} : { topic: TopicName }) }
}

const oneContent = 'Exactly one of Simple, Raw and Template must be given as the content.'

function checkContent({ Simple, Raw, Template }: SendEmailRequest['Content']): void {
  const given = [Simple, Raw, Template].filter((part) => part !== undefined)
  if (given.length !== 1) {
    throw badRequest(oneContent)
  }
  if (Simple !== undefined && Simple.Body.Text === undefined && Simple.Body.Html === undefined) {
    throw badRequest('The message body must have a text or an HTML part.')
  }
}

/** What the request does not say of a raw message stands in its headers. */
function addressed(input: SendEmailRequest): Addressed {
  const { FromEmailAddress, Destination, ConfigurationSetName, Content } = input
  const named = {
    to: Destination?.ToAddresses ?? [],
    cc: Destination?.CcAddresses ?? [],
    bcc: Destination?.BccAddresses ?? [],
  }
  if (Content?.Raw?.Data === undefined) {
    return {
      from: FromEmailAddress ?? '',
      recipients: named,
      ...(ConfigurationSetName === undefined ? {} : { configurationSetName: ConfigurationSetName }),
    }
  }
  const headers = readHeaders(Buffer.from(Content.Raw.Data).toString('latin1'))
  const list = (name: string) => splitAddresses(headerOf(headers, name) ?? '')
  const setName = ConfigurationSetName ?? headerOf(headers, 'X-SES-CONFIGURATION-SET')
  const isNamed = named.to.length + named.cc.length + named.bcc.length > 0
  return {
    from: FromEmailAddress ?? headerOf(headers, 'From') ?? '',
    recipients: isNamed ? named : { to: list('To'), cc: list('Cc'), bcc: list('Bcc') },
    ...(setName === undefined ? {} : { configurationSetName: setName }),
  }
}
