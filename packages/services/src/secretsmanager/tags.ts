import { type Tag, TagResource, UntagResource } from '@cloud-orrery/models/secretsmanager'
import type { RequestContext } from '@cloud-orrery/policy'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { isReservedTag } from '../shared/system-tags.ts'
import { invalidParameter } from './errors.ts'
import { tagsMax } from './limits.ts'
import { judged, scopeOf, theOwnSecret } from './references.ts'
import { replicate } from './replicas.ts'
import { secrets, type Tags } from './state.ts'

export const tagResource = operation(TagResource, {
  scope: scopeOf,
  authorize: ({ SecretId, Tags }, ctx) => judged(ctx, SecretId, tagContext(Tags)),
  provenance: 'modelled',
  run(ctx, { SecretId, Tags }) {
    const secret = theOwnSecret(ctx, SecretId)
    const tags = { ...secret.tags, ...tagsOf(ctx, Tags) }
    if (Object.keys(tags).length > tagsMax) throw tooManyTags()
    secrets.update(ctx, secret.name, { tags })
    replicate(ctx, secret.name)
    return {}
  },
})

export const untagResource = operation(UntagResource, {
  scope: scopeOf,
  authorize: ({ SecretId, TagKeys }, ctx) => judged(ctx, SecretId, { 'aws:TagKeys': TagKeys }),
  provenance: 'modelled',
  run(ctx, { SecretId, TagKeys }) {
    const { name, tags } = theOwnSecret(ctx, SecretId)
    const kept = Object.entries(tags).filter(([key]) => !TagKeys.includes(key))
    secrets.update(ctx, name, { tags: Object.fromEntries(kept) })
    replicate(ctx, name)
    return {}
  },
})

/** Tags of a request by key, checked. The words of the refusals are ours. */
export function tagsOf(ctx: Context, tags: readonly Tag[] = []): Tags {
  const keys = tags.map(({ Key = '' }) => Key)
  if (new Set(keys).size < keys.length) throw invalidParameter('Tag keys must be unique.')
  if (keys.some((key) => isReservedTag(ctx, key))) {
    throw invalidParameter('The tag key prefix aws: is reserved for AWS use.')
  }
  if (tags.length > tagsMax) throw tooManyTags()
  return Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]))
}

export function tagList(tags: Tags): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
}

/** Condition keys of calls that set tags. */
export function tagContext(tags: readonly Tag[] = []): RequestContext {
  return {
    'aws:TagKeys': tags.map(({ Key = '' }) => Key),
    ...Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [`aws:RequestTag/${Key}`, Value])),
  }
}

function tooManyTags() {
  return invalidParameter(`A secret can have at most ${tagsMax} tags.`)
}
