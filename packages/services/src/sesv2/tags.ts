import { ListTagsForResource, TagResource, UntagResource } from '@cloud-orrery/models/sesv2'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { mailAddressOf } from '../shared/mail/arns.ts'
import {
  configurationSets,
  contactLists,
  customTemplates,
  identities,
  templates,
} from '../shared/mail/state.ts'
import { on } from './authorization.ts'
import { badRequest, notFound } from './errors.ts'
import { tagList, tagsOf } from './tag-lists.ts'

/** Tags of one resource. Source: SES quotas; most resources of AWS have 50. */
const tagsMax = 50

type Tags = Readonly<Record<string, string>>

interface Tagged {
  readonly tags: Tags
  readonly put: (tags: Tags) => void
}

function tagged(ctx: Context, arn: string): Tagged {
  const address = mailAddressOf(arn)
  if (address === undefined) throw badRequest(`Invalid resource ARN ${arn}.`)
  const { name } = address
  const place = { ...address, store: ctx.store }
  switch (address.kind) {
    case 'identity':
      return inTable(identities.get(place, name), (record, tags) =>
        identities.put(place, { ...record, tags }),
      )
    case 'configuration-set':
      return inTable(configurationSets.get(place, name), (record, tags) =>
        configurationSets.put(place, { ...record, tags }),
      )
    case 'contact-list':
      return inTable(contactLists.get(place, name), (record, tags) =>
        contactLists.put(place, { ...record, tags }),
      )
    case 'template':
      return inTable(templates.get(place, name), (record, tags) =>
        templates.put(place, { ...record, tags }),
      )
    case 'custom-verification-email-template':
      return inTable(customTemplates.get(place, name), (record, tags) =>
        customTemplates.put(place, { ...record, tags }),
      )
    default:
      throw notFound(`Resource ${arn} does not exist.`)
  }

  function inTable<R extends { readonly tags: Tags }>(
    record: R | undefined,
    put: (record: R, tags: Tags) => void,
  ): Tagged {
    if (record === undefined) throw notFound(`Resource ${arn} does not exist.`)
    return { tags: record.tags, put: (tags) => put(record, tags) }
  }
}

export const tagResource = operation(TagResource, {
  authorize: ({ ResourceArn }) => on(ResourceArn),
  provenance: 'modelled',
  run(ctx, { ResourceArn, Tags }) {
    const { tags, put } = tagged(ctx, ResourceArn)
    const all = { ...tags, ...tagsOf(Tags) }
    if (Object.keys(all).length > tagsMax) {
      throw badRequest(`A resource can have at most ${tagsMax} tags.`)
    }
    put(all)
    return {}
  },
})

export const untagResource = operation(UntagResource, {
  authorize: ({ ResourceArn }) => on(ResourceArn),
  provenance: 'modelled',
  run(ctx, { ResourceArn, TagKeys }) {
    const { tags, put } = tagged(ctx, ResourceArn)
    put(Object.fromEntries(Object.entries(tags).filter(([key]) => !TagKeys.includes(key))))
    return {}
  },
})

export const listTagsForResource = operation(ListTagsForResource, {
  authorize: ({ ResourceArn }) => on(ResourceArn),
  provenance: 'modelled',
  run: (ctx, { ResourceArn }) => ({ Tags: tagList(tagged(ctx, ResourceArn).tags) }),
})
