import {
  CreateCustomVerificationEmailTemplate,
  DeleteCustomVerificationEmailTemplate,
  GetCustomVerificationEmailTemplate,
  ListCustomVerificationEmailTemplates,
  SendCustomVerificationEmail,
  UpdateCustomVerificationEmailTemplate,
} from '@cloud-orrery/models/sesv2'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { customTemplateArn } from '../shared/mail/arns.ts'
import {
  customTemplateNamed,
  putCustomTemplate,
  sendCustomVerification,
} from '../shared/mail/custom-verification.ts'
import { type CustomTemplate, customTemplates } from '../shared/mail/state.ts'
import { anywhere, on } from './authorization.ts'
import { words } from './errors.ts'
import { pageOf } from './pages.ts'
import { tagList, tagsOf } from './tag-lists.ts'

const ofTemplate = ({ TemplateName }: { readonly TemplateName: string }, ctx: Context) =>
  on(customTemplateArn(ctx, TemplateName))

interface Fields {
  readonly TemplateName: string
  readonly FromEmailAddress: string
  readonly TemplateSubject: string
  readonly TemplateContent: string
  readonly SuccessRedirectionURL: string
  readonly FailureRedirectionURL: string
}

function templateOf(input: Fields, tags: CustomTemplate['tags']): CustomTemplate {
  return {
    name: input.TemplateName,
    from: input.FromEmailAddress,
    subject: input.TemplateSubject,
    content: input.TemplateContent,
    successUrl: input.SuccessRedirectionURL,
    failureUrl: input.FailureRedirectionURL,
    tags,
  }
}

function viewOf(template: CustomTemplate) {
  return {
    TemplateName: template.name,
    FromEmailAddress: template.from,
    TemplateSubject: template.subject,
    SuccessRedirectionURL: template.successUrl,
    FailureRedirectionURL: template.failureUrl,
  }
}

export const createCustomTemplate = operation(CreateCustomVerificationEmailTemplate, {
  authorize: (input, ctx) => ({ ...ofTemplate(input, ctx), creates: true }),
  provenance: 'modelled',
  run(ctx, input) {
    putCustomTemplate(ctx, templateOf(input, tagsOf(input.Tags)), true, words)
    return {}
  },
})

export const updateCustomTemplate = operation(UpdateCustomVerificationEmailTemplate, {
  authorize: ofTemplate,
  provenance: 'modelled',
  run(ctx, input) {
    const { tags } = customTemplateNamed(ctx, input.TemplateName, words)
    putCustomTemplate(ctx, templateOf(input, tags), false, words)
    return {}
  },
})

export const getCustomTemplate = operation(GetCustomVerificationEmailTemplate, {
  authorize: ofTemplate,
  provenance: 'modelled',
  run(ctx, { TemplateName }) {
    const template = customTemplateNamed(ctx, TemplateName, words)
    return {
      ...viewOf(template),
      TemplateContent: template.content,
      Tags: tagList(template.tags),
    }
  },
})

export const deleteCustomTemplate = operation(DeleteCustomVerificationEmailTemplate, {
  authorize: ofTemplate,
  provenance: 'modelled',
  run(ctx, { TemplateName }) {
    customTemplates.delete(ctx, customTemplateNamed(ctx, TemplateName, words).name)
    return {}
  },
})

export const listCustomTemplates = operation(ListCustomVerificationEmailTemplates, {
  authorize: anywhere,
  provenance: 'modelled',
  run(ctx, { NextToken, PageSize }) {
    const page = pageOf({
      records: (after) => customTemplates.scan(ctx, after === undefined ? {} : { after }),
      keyOf: ({ name }) => name,
      token: NextToken,
      sizeMax: PageSize ?? 50,
      query: 'ListCustomVerificationEmailTemplates',
    })
    return {
      CustomVerificationEmailTemplates: page.items.map(viewOf),
      ...(page.next === undefined ? {} : { NextToken: page.next }),
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
