import { GetTags, TagResource, UntagResource } from '@cloud-orrery/models/apigatewayv2'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { domainNames } from '../shared/apis/domain-names.ts'
import { isReservedTag } from '../shared/system-tags.ts'
import { bad, partNotFound } from './errors.ts'
import { tagsMax } from './limits.ts'
import { theApi, theStage } from './lookup.ts'
import { judged } from './names.ts'
import { apis, stages } from './state.ts'

type Tags = Readonly<Record<string, string>>

/** Something that has tags: what they are, and how to change them. */
interface Tagged {
  readonly tags: Tags
  readonly change: (tags: Tags) => void
}

function tagged(ctx: Context, arn: string): Tagged {
  const path = /^arn:aws[\w-]*:apigateway:[a-z0-9-]+::(\/.*)$/.exec(arn)?.[1] ?? ''
  const [, kind, id = '', part, name = ''] = path.split('/')
  if (kind === 'apis' && part === undefined && id !== '') {
    const api = theApi(ctx, id)
    return { tags: api.Tags ?? {}, change: (Tags) => void apis.put(ctx, { ...api, Tags }) }
  }
  if (kind === 'apis' && part === 'stages') {
    const stage = theStage(ctx, id, name)
    return { tags: stage.Tags ?? {}, change: (Tags) => void stages.put(ctx, { ...stage, Tags }) }
  }
  if (kind === 'domainnames') {
    const domain = domainNames.get(ctx, id)
    if (domain === undefined) throw partNotFound('DomainName', id)
    const change = (tags: Tags) => void domainNames.put(ctx, { ...domain, tags })
    return { tags: domain.tags, change }
  }
  throw bad('Invalid resource ARN specified in the request')
}

export const getTags = operation(GetTags, {
  authorize: ({ ResourceArn }, ctx) => judged('GET', tagsPath(ResourceArn), ctx),
  provenance: 'modelled',
  run: (ctx, { ResourceArn }) => ({ Tags: tagged(ctx, ResourceArn).tags }),
})

export const tagResource = operation(TagResource, {
  authorize: ({ ResourceArn }, ctx) => judged('POST', tagsPath(ResourceArn), ctx),
  provenance: 'modelled',
  run(ctx, { ResourceArn, Tags = {} }) {
    const { tags, change } = tagged(ctx, ResourceArn)
    const all = { ...tags, ...Tags }
    if (Object.keys(all).length > tagsMax) throw bad('Too many tags')
    if (Object.keys(Tags).some((key) => isReservedTag(ctx, key))) {
      throw bad('Tag keys beginning with aws: are reserved')
    }
    change(all)
    return {}
  },
})

export const untagResource = operation(UntagResource, {
  authorize: ({ ResourceArn }, ctx) => judged('DELETE', tagsPath(ResourceArn), ctx),
  provenance: 'modelled',
  run(ctx, { ResourceArn, TagKeys }) {
    const { tags, change } = tagged(ctx, ResourceArn)
    change(Object.fromEntries(Object.entries(tags).filter(([key]) => !TagKeys.includes(key))))
    return {}
  },
})

/** Source: service authorization reference: the ARN, encoded, stands behind `/tags/`. */
function tagsPath(arn: string): string {
  return `/tags/${encodeURIComponent(arn)}`
}
