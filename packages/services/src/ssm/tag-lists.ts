import type { Tag } from '@cloud-orrery/models/ssm'
import type { RequestContext } from '@cloud-orrery/policy'
import type { Context } from '../context.ts'
import { isReservedTag } from '../shared/system-tags.ts'
import { tagKeyInvalid, tagsDuplicate, tooManyTags } from './errors.ts'
import { tagsMax } from './limits.ts'

export type Tags = Readonly<Record<string, string>>

/** Tags of a request by key, checked. */
export function tagsOf(ctx: Context, tags: readonly Tag[] = []): Tags {
  const keys = tags.map(({ Key }) => Key)
  if (new Set(keys).size < keys.length) throw tagsDuplicate()
  const reserved = keys.find((key) => isReservedTag(ctx, key))
  if (reserved !== undefined) throw tagKeyInvalid(reserved)
  if (tags.length > tagsMax) throw tooManyTags()
  return Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]))
}

export function tagList(tags: Tags): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
}

/** Condition keys of calls that set tags. */
export function tagContext(tags: readonly Tag[] = []): RequestContext {
  return {
    'aws:TagKeys': tags.map(({ Key }) => Key),
    ...Object.fromEntries(tags.map(({ Key, Value }) => [`aws:RequestTag/${Key}`, Value])),
  }
}

/** Condition keys of calls to something that has tags; SSM has a name of its own for them besides. */
export function resourceTagContext(tags: Tags): RequestContext {
  return Object.fromEntries(
    Object.entries(tags).flatMap(([key, value]) => [
      [`aws:ResourceTag/${key}`, value],
      [`ssm:resourceTag/${key}`, value],
    ]),
  )
}
