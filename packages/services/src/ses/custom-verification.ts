import {
  CreateCustomVerificationEmailTemplate,
  DeleteCustomVerificationEmailTemplate,
  GetCustomVerificationEmailTemplate,
  ListCustomVerificationEmailTemplates,
  SendCustomVerificationEmail,
  UpdateCustomVerificationEmailTemplate,
} from '@cloud-orrery/models/ses'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { customTemplateArn } from '../shared/mail/arns.ts'
import {
  customTemplateNamed,
  putCustomTemplate,
  sendCustomVerification,
} from '../shared/mail/custom-verification.ts'
import { customTemplates } from '../shared/mail/state.ts'
import { anywhere, on } from './authorization.ts'
import { words } from './errors.ts'
import { pageOf } from './pages.ts'

const ofTemplate = ({ TemplateName }: { readonly TemplateName: string }, ctx: Context) =>
  on(customTemplateArn(ctx, TemplateName))

export const createCustomTemplate = operation(CreateCustomVerificationEmailTemplate, {
  authorize: ofTemplate,
  provenance: 'modelled',
  run(ctx, input) {
    const template = {
      name: input.TemplateName,
      from: input.FromEmailAddress,
      subject: input.TemplateSubject,
      content: input.TemplateContent,
      successUrl: input.SuccessRedirectionURL,
      failureUrl: input.FailureRedirectionURL,
      tags: {},
    }
    putCustomTemplate(ctx, template, true, words)
    return {}
  },
})

export const updateCustomTemplate = operation(UpdateCustomVerificationEmailTemplate, {
  authorize: ofTemplate,
  provenance: 'modelled',
  run(ctx, input) {
    const before = customTemplateNamed(ctx, input.TemplateName, words)
    const template = {
      ...before,
      from: input.FromEmailAddress ?? before.from,
      subject: input.TemplateSubject ?? before.subject,
      content: input.TemplateContent ?? before.content,
      successUrl: input.SuccessRedirectionURL ?? before.successUrl,
      failureUrl: input.FailureRedirectionURL ?? before.failureUrl,
    }
    putCustomTemplate(ctx, template, false, words)
    return {}
  },
})

export const getCustomTemplate = operation(GetCustomVerificationEmailTemplate, {
  authorize: ofTemplate,
  provenance: 'modelled',
  run(ctx, { TemplateName }) {
    const template = customTemplateNamed(ctx, TemplateName, words)
    return {
      TemplateName: template.name,
      FromEmailAddress: template.from,
      TemplateSubject: template.subject,
      TemplateContent: template.content,
      SuccessRedirectionURL: template.successUrl,
      FailureRedirectionURL: template.failureUrl,
    }
  },
})

export const deleteCustomTemplate = operation(DeleteCustomVerificationEmailTemplate, {
  authorize: ofTemplate,
  provenance: 'modelled',
  run(ctx, { TemplateName }) {
    customTemplates.delete(ctx, TemplateName)
    return {}
  },
})

export const listCustomTemplates = operation(ListCustomVerificationEmailTemplates, {
  authorize: anywhere,
  provenance: 'modelled',
  run(ctx, { NextToken, MaxResults }) {
    const { items, next } = pageOf(
      (after) => customTemplates.scan(ctx, after === undefined ? {} : { after }),
      ({ name }) => name,
      { token: NextToken, sizeMax: MaxResults ?? 50, query: 'ListCustomTemplates' },
    )
    return {
      CustomVerificationEmailTemplates: items.map((template) => ({
        TemplateName: template.name,
        FromEmailAddress: template.from,
        TemplateSubject: template.subject,
        SuccessRedirectionURL: template.successUrl,
        FailureRedirectionURL: template.failureUrl,
      })),
      ...next,
    }
  },
})

export const sendCustomVerificationEmail = operation(SendCustomVerificationEmail, {
  authorize: ofTemplate,
  provenance: 'modelled',
  refuses: ['ConfigurationSetName'],
  run: (ctx, { EmailAddress, TemplateName }) => ({
    MessageId: sendCustomVerification(ctx, EmailAddress, TemplateName, words),
  }),
})
