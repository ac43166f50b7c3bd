import {
  CreateTemplate,
  DeleteTemplate,
  GetTemplate,
  ListTemplates,
  type Template,
  TestRenderTemplate,
  UpdateTemplate,
} from '@cloud-orrery/models/ses'
import { operation } from '../define.ts'
import { templates } from '../shared/mail/state.ts'
import {
  createTemplate as create,
  type TemplateParts,
  templateNamed,
  updateTemplate as update,
} from '../shared/mail/templates/templates.ts'
import { testRendering } from '../shared/mail/templates/test-rendering.ts'
import { anywhere } from './authorization.ts'
import { words } from './errors.ts'
import { pageOf } from './pages.ts'

function partsOf({ SubjectPart, TextPart, HtmlPart }: Template): TemplateParts {
  return {
    ...(SubjectPart === undefined ? {} : { subject: SubjectPart }),
    ...(TextPart === undefined ? {} : { text: TextPart }),
    ...(HtmlPart === undefined ? {} : { html: HtmlPart }),
  }
}

export const createTemplate = operation(CreateTemplate, {
  authorize: anywhere,
  provenance: 'recorded',
  run(ctx, { Template }) {
    create(ctx, Template.TemplateName, partsOf(Template), {}, words)
    return {}
  },
})

export const updateTemplate = operation(UpdateTemplate, {
  authorize: anywhere,
  provenance: 'modelled',
  run(ctx, { Template }) {
    update(ctx, Template.TemplateName, partsOf(Template), words)
    return {}
  },
})

export const getTemplate = operation(GetTemplate, {
  authorize: anywhere,
  provenance: 'modelled',
  run(ctx, { TemplateName }) {
    const { name, subject, text, html } = templateNamed(ctx, TemplateName, words)
    return {
      Template: { TemplateName: name, SubjectPart: subject, TextPart: text, HtmlPart: html },
    }
  },
})

/** Nothing happens when there is none of that name. Source: SES API Reference, DeleteTemplate: no error of its own. */
export const deleteTemplate = operation(DeleteTemplate, {
  authorize: anywhere,
  provenance: 'recorded',
  run(ctx, { TemplateName }) {
    templates.delete(ctx, TemplateName)
    return {}
  },
})

/** Largest page, whatever is asked for. Source: SES API Reference, ListTemplates. */
const pageMax = 100

export const listTemplates = operation(ListTemplates, {
  authorize: anywhere,
  provenance: 'recorded',
  run(ctx, { NextToken, MaxItems }) {
    const { items, next } = pageOf(
      (after) => templates.scan(ctx, after === undefined ? {} : { after }),
      ({ name }) => name,
      { token: NextToken, sizeMax: Math.min(MaxItems ?? 10, pageMax), query: 'ListTemplates' },
    )
    return {
      TemplatesMetadata: items.map(({ name, createdAtMs }) => ({
        Name: name,
        CreatedTimestamp: createdAtMs,
      })),
      ...next,
    }
  },
})

export const testRenderTemplate = operation(TestRenderTemplate, {
  authorize: anywhere,
  provenance: 'modelled',
  run: (ctx, { TemplateName, TemplateData }) => ({
    RenderedTemplate: testRendering(ctx, TemplateName, TemplateData, words),
  }),
})
