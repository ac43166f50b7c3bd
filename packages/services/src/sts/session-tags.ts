import type { RequestContext } from '@cloud-orrery/policy'
import type { Context } from '../context.ts'
import { type SessionRecord, sessions, type Tags } from '../shared/identity/state.ts'
import { duplicateTagKeys, transitiveKeyWithoutTag, transitiveTagConflict } from './errors.ts'

interface TagInput {
  readonly Tags?: readonly { readonly Key: string; readonly Value: string }[] | undefined
  readonly TransitiveTagKeys?: readonly string[] | undefined
}

export interface SessionTags {
  readonly tags: Tags
  /** Keys of those that go on to the next role. */
  readonly transitive: readonly string[]
}

/** The session with which a call is made; undefined for a user's, root's or service's call. */
export function callingSession(ctx: Context): SessionRecord | undefined {
  const { accessKeyId } = ctx.caller
  return accessKeyId === undefined ? undefined : sessions.get(ctx, accessKeyId)
}

/** Tags that the calling session hands on because they are transitive. */
export function inheritedTags(ctx: Context): Tags {
  const session = callingSession(ctx)
  const { principal } = ctx.caller
  if (session === undefined || principal.kind !== 'role-session') return {}
  const keys = new Set((session.transitiveTagKeys ?? []).map((key) => key.toLowerCase()))
  const tags = Object.entries(principal.sessionTags ?? {})
  return Object.fromEntries(tags.filter(([key]) => keys.has(key.toLowerCase())))
}

/** The tags of a new session: those inherited, and those that the caller gives. */
export function readSessionTags(ctx: Context, input: TagInput): SessionTags {
  const { Tags = [], TransitiveTagKeys = [] } = input
  const lower = new Set(Tags.map(({ Key }) => Key.toLowerCase()))
  if (lower.size < Tags.length) throw duplicateTagKeys()
  if (TransitiveTagKeys.some((key) => !lower.has(key.toLowerCase()))) {
    throw transitiveKeyWithoutTag()
  }
  const inherited = inheritedTags(ctx)
  if (Object.keys(inherited).some((key) => lower.has(key.toLowerCase()))) {
    throw transitiveTagConflict()
  }
  return {
    tags: { ...inherited, ...Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])) },
    transitive: [...new Set([...Object.keys(inherited), ...TransitiveTagKeys])],
  }
}

/** Condition keys of a call that tags a session. */
export function sessionTagContext(tags: Tags, transitive: readonly string[]): RequestContext {
  const keys = Object.keys(tags)
  if (keys.length === 0) return {}
  return {
    ...Object.fromEntries(Object.entries(tags).map(([key, tag]) => [`aws:RequestTag/${key}`, tag])),
    'aws:TagKeys': keys,
    ...(transitive.length === 0 ? {} : { 'sts:TransitiveTagKeys': transitive }),
  }
}
