import type { RequestContext } from '@cloud-orrery/policy'
import type { Authorization } from '../define.ts'
import type { Tags } from '../shared/identity/state.ts'
import { duplicateTagKeys, tooManyTags } from './errors.ts'
import { tagsMax } from './limits.ts'

export interface Tag {
  readonly Key: string
  readonly Value: string
}

/**
 * Tag keys of users and roles are the same key in any letter case, those of everything else are not.
 * Source: IAM User Guide, "Tags for IAM resources", AWS tag naming conventions. Recorded: iam, TagPolicy.
 */
export type TagKeys = 'any-case' | 'exact'

function folded(key: string, keys: TagKeys): string {
  return keys === 'any-case' ? key.toLowerCase() : key
}

/** Tags of a request as a record, in their order. */
export function readTags(list: readonly Tag[] = [], keys: TagKeys = 'any-case'): Tags {
  const known = new Set(list.map(({ Key }) => folded(Key, keys)))
  if (known.size < list.length) throw duplicateTagKeys(keys === 'any-case')
  return Object.fromEntries(list.map(({ Key, Value }) => [Key, Value]))
}

/** Tags as lists show them: by key. Recorded: iam, ListPolicyTags. */
export function writeTags(tags: Tags): Tag[] {
  return Object.entries(tags)
    .map(([Key, Value]) => ({ Key, Value }))
    .sort((a, b) => (a.Key < b.Key ? -1 : 1))
}

/** `Tags` of an answer that leaves them out where there are none. */
export function tagsIfAny(tags: Tags): { Tags?: Tag[] } {
  const list = writeTags(tags)
  return list.length === 0 ? {} : { Tags: list }
}

/** Tags of a creation, answered in the order in which they were given. */
export function givenTags(list: readonly Tag[] | undefined): { Tags?: readonly Tag[] } {
  return list === undefined || list.length === 0 ? {} : { Tags: list }
}

/** A tag with the key of another takes its place. */
export function withTags(tags: Tags, list: readonly Tag[], keys: TagKeys = 'any-case'): Tags {
  const added = readTags(list, keys)
  const all = { ...withoutTags(tags, Object.keys(added), keys), ...added }
  if (Object.keys(all).length > tagsMax) throw tooManyTags()
  return all
}

export function withoutTags(
  tags: Tags,
  removed: readonly string[],
  keys: TagKeys = 'any-case',
): Tags {
  const gone = new Set(removed.map((key) => folded(key, keys)))
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !gone.has(folded(key, keys))))
}

/** `aws:RequestTag/...` and `aws:TagKeys` of a call that brings tags. */
export function requestTagContext(list: readonly Tag[] | undefined): RequestContext {
  if (list === undefined || list.length === 0) return {}
  return {
    ...Object.fromEntries(list.map(({ Key, Value }) => [`aws:RequestTag/${Key}`, Value])),
    'aws:TagKeys': list.map(({ Key }) => Key),
  }
}

/** `aws:ResourceTag/...` and IAM's own `iam:ResourceTag/...` of the entity that a call is about. */
export function resourceTagContext(tags: Tags | undefined): RequestContext {
  return Object.fromEntries(
    Object.entries(tags ?? {}).flatMap(([key, value]) => [
      [`aws:ResourceTag/${key}`, value],
      [`iam:ResourceTag/${key}`, value],
    ]),
  )
}

/**
 * What a creation needs: its own permission, and with tags the one to tag such a thing.
 * Source: IAM User Guide, "Tagging IAM resources", Permissions required.
 */
export function creationOf(
  resource: string,
  list: readonly Tag[] | undefined,
  tagAction: string,
  own: RequestContext = {},
): readonly Authorization[] {
  const context = { ...requestTagContext(list), ...own }
  if (list === undefined || list.length === 0) return [{ resource, context }]
  return [
    { resource, context },
    { action: `iam:${tagAction}`, resource, context },
  ]
}
