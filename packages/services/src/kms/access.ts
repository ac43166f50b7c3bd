import type { RequestContext } from '@cloud-orrery/policy'
import type { Context } from '../context.ts'
import type { Authorization, ResourceAccess } from '../define.ts'
import { foreignKeyDenied } from './errors.ts'
import { grantedPolicy } from './granted-policy.ts'
import { aliasIn, arnOf, findKey, theKey } from './references.ts'
import { aliases, type KeyRecord, keys } from './state.ts'

export type EncryptionContext = Readonly<Record<string, string>>

/** Owner and policy of a key, its grants for the caller among it. */
export function resourceAccess(ctx: Context, arn: string, action = ''): ResourceAccess | undefined {
  const [, , , region = '', accountId = '', resource = ''] = arn.split(':')
  if (!resource.startsWith('key/')) return { accountId }
  const key = keys.get(ctx.at({ accountId, region }), resource.slice('key/'.length))
  if (key === undefined)
    return { accountId, policyKind: accountId === ownAccount(ctx) ? 'normal' : 'required' }
  return { accountId, policy: grantedPolicy(ctx, key, action), policyKind: 'required' }
}

/** How an operation on a key is judged: its ARN, and the condition keys that KMS publishes. */
export function onKey(ctx: Context, reference: string, more: RequestContext = {}): Authorization {
  const alias = aliasIn(reference)
  return {
    resource: arnOf(ctx, reference),
    context: {
      ...callerContext(ctx),
      ...keyContext(ctx, findKey(ctx, reference)),
      ...(alias === undefined ? {} : { 'kms:RequestAlias': alias }),
      ...more,
    },
  }
}

/** The caller's account, and the service through which it calls. */
export function callerContext(ctx: Context): RequestContext {
  const via = viaService(ctx)
  return {
    'kms:CallerAccount': ownAccount(ctx),
    ...(via === undefined ? {} : { 'kms:ViaService': `${via}.${ctx.region}.amazonaws.com` }),
  }
}

/** Services whose calls in the caller's name carry `kms:ViaService`. Source: KMS Developer Guide, "kms:ViaService". */
const viaServices: ReadonlySet<string> = new Set([
  'dynamodb',
  'ec2',
  'ecr',
  'events',
  'kinesis',
  'lambda',
  'logs',
  'rds',
  's3',
  'secretsmanager',
  'sns',
  'sqs',
  'ssm',
  'states',
])

/** `sqs`, where the call comes through SQS in the caller's name. */
export function viaService({ caller }: Context): string | undefined {
  if (caller.principal.kind === 'service') return undefined
  const [name = ''] = (caller.calledVia?.at(-1) ?? '').split('.')
  return viaServices.has(name) ? name : undefined
}

export function ownAccount({ caller }: Context): string | undefined {
  return 'accountId' in caller.principal ? caller.principal.accountId : undefined
}

export function keyContext(ctx: Context, key: KeyRecord | undefined): RequestContext {
  if (key === undefined) return {}
  const there = ctx.at({ accountId: key.accountId })
  const names = [...aliases.where(there, 'target', key.keyId)].map(({ name }) => name)
  const tags = Object.entries(key.tags).map(([tag, value]) => [`aws:ResourceTag/${tag}`, value])
  return {
    'kms:KeyOrigin': 'AWS_KMS',
    'kms:KeySpec': key.spec,
    'kms:KeyUsage': key.usage,
    'kms:CustomerMasterKeySpec': key.spec,
    'kms:CustomerMasterKeyUsage': key.usage,
    'kms:MultiRegion': false,
    ...(names.length === 0 ? {} : { 'kms:ResourceAliases': names }),
    ...Object.fromEntries(tags),
  }
}

/** The pairs that a call binds its ciphertext to, as condition keys. */
export function encryptionContextKeys(pairs: EncryptionContext = {}): RequestContext {
  const names = Object.keys(pairs)
  if (names.length === 0) return {}
  return {
    'kms:EncryptionContextKeys': names,
    ...Object.fromEntries(
      Object.entries(pairs).map(([name, value]) => [`kms:EncryptionContext:${name}`, value]),
    ),
  }
}

export function tagContext(tags: readonly { TagKey: string; TagValue?: string }[]): RequestContext {
  if (tags.length === 0) return {}
  return {
    'aws:TagKeys': tags.map(({ TagKey }) => TagKey),
    ...Object.fromEntries(
      tags.map(({ TagKey, TagValue = '' }) => [`aws:RequestTag/${TagKey}`, TagValue]),
    ),
  }
}

/**
 * A key of the caller's own account: operations that manage keys do not reach into others, whatever the
 * key's policy says. Source: KMS Developer Guide, "Allowing users in other accounts to use a KMS key".
 */
export function theOwnKey(ctx: Context, reference: string, operation: string): KeyRecord {
  const key = theKey(ctx, reference)
  const own = ownAccount(ctx)
  if (own === undefined || own === key.accountId) return key
  const { principal } = ctx.caller
  const name = 'arn' in principal ? principal.arn : principal.kind
  throw foreignKeyDenied(name, `kms:${operation}`, key.arn)
}
