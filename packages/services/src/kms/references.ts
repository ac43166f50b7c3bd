import type { Scope } from '@cloud-orrery/kernel'
import type { Context } from '../context.ts'
import { aliasNotFound, invalidArn, invalidKeyId, keyNotFound } from './errors.ts'
import { aliasArn, aliases, type KeyRecord, keyArn, keys } from './state.ts'

/** What callers write for a key, taken apart; its ARN's Region and account are not yet compared. */
interface Reference extends Partial<Scope> {
  readonly kind: 'key' | 'alias' | 'neither'
  /** The key's id, or the alias with its `alias/`. */
  readonly name: string
}

const keyIdForm = /^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/
const arnForm = /^arn:[^:]+:kms:([^:]+):(\d{12}):(key\/(.+)|alias\/.+)$/

function parse(text: string): Reference {
  const match = arnForm.exec(text)
  if (match !== null) {
    const [, region = '', accountId = '', resource = '', keyId] = match
    return keyId === undefined
      ? { kind: 'alias', name: resource, region, accountId }
      : { kind: keyIdForm.test(keyId) ? 'key' : 'neither', name: keyId, region, accountId }
  }
  if (text.startsWith('alias/')) return { kind: 'alias', name: text }
  return { kind: keyIdForm.test(text) ? 'key' : 'neither', name: text }
}

/** The account that a reference names, for operations that work in it. The input is not yet checked. */
export function ownerOf(reference: unknown): Partial<Scope> {
  if (typeof reference !== 'string') return {}
  const { accountId } = parse(reference)
  return accountId === undefined ? {} : { accountId }
}

/** The alias in a reference, with its `alias/`. */
export function aliasIn(reference: string): string | undefined {
  const { kind, name } = parse(reference)
  return kind === 'alias' ? name : undefined
}

/** The ARN that a key would have, for the policy engine, whether the key is there or not. */
export function arnOf(ctx: Context, reference: string): string {
  const parsed = parse(reference)
  const there = scopeOf(ctx, parsed)
  if (parsed.kind !== 'alias') return keyArn(there, parsed.name)
  const alias = aliases.get(there, parsed.name)
  return alias === undefined ? aliasArn(there, parsed.name) : keyArn(there, alias.targetKeyId)
}

/** The key of a reference, if it is there. */
export function findKey(ctx: Context, reference: string): KeyRecord | undefined {
  const parsed = parse(reference)
  if (parsed.region !== undefined && parsed.region !== ctx.region) return undefined
  const there = scopeOf(ctx, parsed)
  const keyId = parsed.kind === 'alias' ? aliases.get(there, parsed.name)?.targetKeyId : parsed.name
  return keyId === undefined ? undefined : keys.get(there, keyId)
}

/** The key of a reference; `byAlias` where the operation takes aliases. Throws NotFoundException. */
export function theKey(ctx: Context, reference: string, byAlias = false): KeyRecord {
  const parsed = parse(reference)
  if (reference.startsWith('arn:') && parsed.accountId === undefined) throw invalidArn(reference)
  if (parsed.region !== undefined && parsed.region !== ctx.region) throw invalidArn(parsed.region)
  if (parsed.kind === 'neither') throw invalidKeyId(parsed.name)
  if (parsed.kind === 'alias' && !byAlias) throw invalidKeyId(reference)
  const key = findKey(ctx, reference)
  if (key !== undefined) return key
  const there = scopeOf(ctx, parsed)
  throw parsed.kind === 'alias'
    ? aliasNotFound(aliasArn(there, parsed.name))
    : keyNotFound(keyArn(there, parsed.name))
}

function scopeOf(ctx: Context, { accountId, region }: Reference): Context {
  if (accountId === undefined || region === undefined) return ctx
  return ctx.at({ accountId, region })
}
