import type { RequestContext } from '@cloud-orrery/policy'
import type { Tags } from '../shared/identity/state.ts'
import { duplicateTagKeys, quotaExceeded } from './errors.ts'
import { tagsMax } from './limits.ts'

export interface Tag {
  readonly Key: string
  readonly Value: string
}

/** Tags of a request as a record. IAM's tag keys differ in more than letter case. */
export function readTags(list: readonly Tag[] = []): Tags {
  const lower = new Set(list.map(({ Key }) => Key.toLowerCase()))
  if (lower.size < list.length) throw duplicateTagKeys()
  return Object.fromEntries(list.map(({ Key, Value }) => [Key, Value]))
}

export function writeTags(tags: Tags): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
}

/** `Tags` of an answer that leaves them out where there are none. */
export function tagsIfAny(tags: Tags): { Tags?: Tag[] } {
  const list = writeTags(tags)
  return list.length === 0 ? {} : { Tags: list }
}

/** A tag whose key differs only in letter case takes the old one's place. */
export function withTags(tags: Tags, list: readonly Tag[], quota: string): Tags {
  const added = readTags(list)
  const replaced = new Set(Object.keys(added).map((key) => key.toLowerCase()))
  const kept = Object.entries(tags).filter(([key]) => !replaced.has(key.toLowerCase()))
  const all = { ...Object.fromEntries(kept), ...added }
  if (Object.keys(all).length > tagsMax) throw quotaExceeded(quota, tagsMax)
  return all
}

export function withoutTags(tags: Tags, keys: readonly string[]): Tags {
  const removed = new Set(keys.map((key) => key.toLowerCase()))
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !removed.has(key.toLowerCase())))
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
