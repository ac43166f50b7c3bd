import { ListResourceTags, type Tag, TagResource, UntagResource } from '@cloud-orrery/models/kms'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import type { Tags } from '../shared/identity/state.ts'
import { isReservedTag } from '../shared/system-tags.ts'
import { onKey, tagContext, theOwnKey } from './access.ts'
import { duplicateTags, pendingDeletion, reservedTag, tooManyTags } from './errors.ts'
import { pageItems, tagsMax } from './limits.ts'
import { page } from './pages.ts'
import { keys } from './state.ts'

export const tagResource = operation(TagResource, {
  authorize: ({ KeyId, Tags }, ctx) => onKey(ctx, KeyId, tagContext(Tags)),
  provenance: 'recorded',
  run(ctx, { KeyId, Tags }) {
    const key = theOwnKey(ctx, KeyId, 'TagResource')
    if (key.state === 'PendingDeletion') throw pendingDeletion(key.arn)
    keys.update(ctx, key.keyId, { tags: tagsOf(ctx, key.tags, Tags) })
    return {}
  },
})

export const untagResource = operation(UntagResource, {
  authorize: ({ KeyId, TagKeys }, ctx) => onKey(ctx, KeyId, { 'aws:TagKeys': TagKeys }),
  provenance: 'recorded',
  run(ctx, { KeyId, TagKeys }) {
    const key = theOwnKey(ctx, KeyId, 'UntagResource')
    if (key.state === 'PendingDeletion') throw pendingDeletion(key.arn)
    if (TagKeys.some((name) => isReservedTag(ctx, name))) throw reservedTag()
    const gone = new Set(TagKeys)
    const tags = Object.fromEntries(Object.entries(key.tags).filter(([name]) => !gone.has(name)))
    keys.update(ctx, key.keyId, { tags })
    return {}
  },
})

export const listResourceTags = operation(ListResourceTags, {
  authorize: ({ KeyId }, ctx) => onKey(ctx, KeyId),
  provenance: 'recorded',
  run(ctx, { KeyId, Limit = pageItems.tags, Marker }) {
    const { tags } = theOwnKey(ctx, KeyId, 'ListResourceTags')
    const names = Object.keys(tags).sort()
    const { items, ...rest } = page({
      list: ({ after }) => (after === undefined ? names : names.filter((name) => name > after)),
      positionOf: (name) => name,
      itemsMax: Limit,
      token: Marker,
      request: ['ListResourceTags', KeyId],
    })
    return { Tags: items.map((name) => ({ TagKey: name, TagValue: tags[name] ?? '' })), ...rest }
  },
})

/** Tags with others set on top. Recorded: kms, TagResource and CreateKey. */
export function tagsOf(ctx: Context, before: Tags, given: readonly Tag[]): Tags {
  const names = new Set(given.map(({ TagKey }) => TagKey))
  if (names.size < given.length) throw duplicateTags()
  if (given.some(({ TagKey }) => isReservedTag(ctx, TagKey))) throw reservedTag()
  const added = given.map(({ TagKey, TagValue }) => [TagKey, TagValue] as const)
  const tags = { ...before, ...Object.fromEntries(added) }
  if (Object.keys(tags).length > tagsMax) throw tooManyTags()
  return tags
}
