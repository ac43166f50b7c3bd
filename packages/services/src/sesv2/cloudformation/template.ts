import {
  AwsSesTemplate,
  type AwsSesTemplateProperties,
  CreateEmailTemplate,
  DeleteEmailTemplate,
  GetEmailTemplate,
  UpdateEmailTemplate,
} from '@cloud-orrery/models/sesv2'
import { resource } from '../../define.ts'
import { unlessGone } from './gone.ts'
import { stackTagList, updateTags } from './stack-tags.ts'

function contentOf({ Template }: AwsSesTemplateProperties) {
  return {
    Subject: Template?.SubjectPart,
    Text: Template?.TextPart,
    Html: Template?.HtmlPart,
  }
}

export const templateType = resource(AwsSesTemplate, {
  async create(ctx, properties) {
    const TemplateName = properties.Template?.TemplateName ?? ctx.physicalName({ lengthMax: 64 })
    await ctx.call(CreateEmailTemplate, {
      TemplateName,
      TemplateContent: contentOf(properties),
      Tags: stackTagList(ctx, properties.Tags),
    })
    return { Id: TemplateName }
  },

  async update(ctx, properties, _previous, state) {
    const TemplateContent = contentOf(properties)
    await ctx.call(UpdateEmailTemplate, { TemplateName: state.Id, TemplateContent })
    await updateTags(ctx, `template/${state.Id}`, properties.Tags)
    return state
  },

  async delete(ctx, { Id }) {
    await ctx.call(DeleteEmailTemplate, { TemplateName: Id })
  },

  async read(ctx, { Id }, { Tags }) {
    const found = await unlessGone(ctx.call(GetEmailTemplate, { TemplateName: Id }))
    if (found === undefined) return undefined
    const { Subject, Text, Html } = found.TemplateContent
    return {
      Template: {
        TemplateName: Id,
        SubjectPart: Subject ?? '',
        ...(Text === undefined ? {} : { TextPart: Text }),
        ...(Html === undefined ? {} : { HtmlPart: Html }),
      },
      ...(Tags === undefined ? {} : { Tags: found.Tags ?? [] }),
    }
  },

  adopt: (_ctx, { Id = '' }) => ({ Id }),
})
