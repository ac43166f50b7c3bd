import {
  CreateEmailTemplate,
  DeleteEmailTemplate,
  type EmailTemplateContent,
  GetEmailTemplate,
  ListEmailTemplates,
  TestRenderEmailTemplate,
  UpdateEmailTemplate,
} from '@cloud-orrery/models/sesv2'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { templateArn } from '../shared/mail/arns.ts'
import { templates } from '../shared/mail/state.ts'
import {
  createTemplate,
  type TemplateParts,
  templateNamed,
  updateTemplate,
} from '../shared/mail/templates/templates.ts'
import { testRendering } from '../shared/mail/templates/test-rendering.ts'
import { anywhere, on } from './authorization.ts'
import { words } from './errors.ts'
import { pageOf } from './pages.ts'
import { tagList, tagsOf } from './tag-lists.ts'

const ofTemplate = ({ TemplateName }: { readonly TemplateName: string }, ctx: Context) =>
  on(templateArn(ctx, TemplateName))

export function partsOf({ Subject, Text, Html }: EmailTemplateContent): TemplateParts {
  return {
    ...(Subject === undefined ? {} : { subject: Subject }),
    ...(Text === undefined ? {} : { text: Text }),
    ...(Html === undefined ? {} : { html: Html }),
  }
}

export const createEmailTemplate = operation(CreateEmailTemplate, {
  authorize: (input, ctx) => ({ ...ofTemplate(input, ctx), creates: true }),
  provenance: 'modelled',
  run(ctx, { TemplateName, TemplateContent, Tags }) {
    createTemplate(ctx, TemplateName, partsOf(TemplateContent), tagsOf(Tags), words)
    return {}
  },
})

export const updateEmailTemplate = operation(UpdateEmailTemplate, {
  authorize: ofTemplate,
  provenance: 'modelled',
  run(ctx, { TemplateName, TemplateContent }) {
    updateTemplate(ctx, TemplateName, partsOf(TemplateContent), words)
    return {}
  },
})

export const getEmailTemplate = operation(GetEmailTemplate, {
  authorize: ofTemplate,
  provenance: 'modelled',
  run(ctx, { TemplateName }) {
    const { name, subject, text, html, tags } = templateNamed(ctx, TemplateName, words)
    return {
      TemplateName: name,
      TemplateContent: {
        ...(subject === undefined ? {} : { Subject: subject }),
        ...(text === undefined ? {} : { Text: text }),
        ...(html === undefined ? {} : { Html: html }),
      },
      Tags: tagList(tags),
    }
  },
})

export const deleteEmailTemplate = operation(DeleteEmailTemplate, {
  authorize: ofTemplate,
  provenance: 'modelled',
  run(ctx, { TemplateName }) {
    templates.delete(ctx, templateNamed(ctx, TemplateName, words).name)
    return {}
  },
})

export const listEmailTemplates = operation(ListEmailTemplates, {
  authorize: anywhere,
  provenance: 'modelled',
  run(ctx, { NextToken, PageSize }) {
    const page = pageOf({
      records: (after) => templates.scan(ctx, after === undefined ? {} : { after }),
      keyOf: ({ name }) => name,
      token: NextToken,
      sizeMax: PageSize ?? 10,
      query: 'ListEmailTemplates',
    })
    return {
      TemplatesMetadata: page.items.map(({ name, createdAtMs }) => ({
        TemplateName: name,
        CreatedTimestamp: createdAtMs,
      })),
      ...(page.next === undefined ? {} : { NextToken: page.next }),
    }
  },
})

export const testRenderEmailTemplate = operation(TestRenderEmailTemplate, {
  authorize: ofTemplate,
  provenance: 'modelled',
  run: (ctx, { TemplateName, TemplateData }) => ({
    RenderedTemplate: testRendering(ctx, TemplateName, TemplateData, words),
  }),
})
