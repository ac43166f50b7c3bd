import {
  CreateGrant,
  type CreateGrantRequest,
  type GrantListEntry,
  ListGrants,
  ListRetirableGrants,
  RetireGrant,
  type RetireGrantRequest,
  RevokeGrant,
} from '@cloud-orrery/models/kms'
import type { RequestContext } from '@cloud-orrery/policy'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { callerContext, encryptionContextKeys, keyContext, onKey } from './access.ts'
import {
  dryRun,
  grantNotFound,
  grantWiderThanItsGrant,
  invalid,
  invalidGrantToken,
  invalidPrincipal,
  limitExceeded,
} from './errors.ts'
import { grantsOf, isServiceName, namesOf } from './granted-policy.ts'
import { isAllowedWithoutGrants, principalIn } from './key-policies.ts'
import {
  constraintPairsMax,
  constraintValueLengthMax,
  grantsOfKeyMax,
  pageItems,
} from './limits.ts'
import { page } from './pages.ts'
import { ownerOf, theKey } from './references.ts'
import { type GrantRecord, grantKey, grants, type KeyRecord } from './state.ts'
import { checkRequest, checkState } from './use.ts'

export const createGrant = operation(CreateGrant, {
  authorize: (input, ctx) => onKey(ctx, input.KeyId, grantContext(ctx, input)),
  scope: ({ KeyId }) => ownerOf(KeyId),
  provenance: 'modelled',
  run(ctx, input) {
    const key = theKey(ctx, input.KeyId)
    checkState(key)
    const grantee = input.GranteePrincipal ?? input.GranteeServicePrincipal
    if (grantee === undefined)
      throw invalid('GranteePrincipal or GranteeServicePrincipal is required.')
    const retiring = input.RetiringPrincipal ?? input.RetiringServicePrincipal
    const granteeId = principalOf(ctx, input.GranteePrincipal) ?? grantee
    principalOf(ctx, input.RetiringPrincipal)
    checkOperations(key, input)
    checkConstraints(input)
    checkWithinOwnGrant(ctx, key, input)
    checkRequest(ctx, input)
    const wanted = {
      keyId: key.keyId,
      keyArn: key.arn,
      ...(input.Name === undefined ? {} : { name: input.Name }),
      grantee,
      granteeId,
      ...(retiring === undefined ? {} : { retiring }),
      operations: [...new Set(input.Operations)],
      ...(input.Constraints === undefined ? {} : { constraints: input.Constraints }),
      issuingAccount: issuerOf(ctx),
    }
    const before = sameGrant(ctx, wanted)
    if (before !== undefined) return { GrantId: before.grantId, GrantToken: before.token }
    // Counted only where there are enough grants of all keys together.
    if (grants.count(ctx) >= grantsOfKeyMax && countOf(ctx, key) >= grantsOfKeyMax) {
      throw limitExceeded(`Grant limit of ${grantsOfKeyMax} exceeded for key ${key.arn}`)
    }
    const { grantId, token } = grants.put(ctx, {
      ...wanted,
      grantId: ctx.ids.hex(64),
      token: ctx.ids.alphanumeric(196),
      createdAtMs: ctx.now(),
    })
    return { GrantId: grantId, GrantToken: token }
  },
})

export const listGrants = operation(ListGrants, {
  authorize: ({ KeyId }, ctx) =>
    onKey(ctx, KeyId, { 'kms:GrantIsForAWSResource': isForService(ctx) }),
  scope: ({ KeyId }) => ownerOf(KeyId),
  provenance: 'modelled',
  run(ctx, input) {
    const { KeyId, GrantId, Limit = pageItems.grants, Marker } = input
    const key = theKey(ctx, KeyId)
    const grantee = input.GranteePrincipal ?? input.GranteeServicePrincipal
    const prefix = grantKey(key.keyId, '')
    const { items, ...rest } = page({
      list: ({ after }) =>
        grants.scan(ctx, { prefix, ...(after === undefined ? {} : { after: prefix + after }) }),
      positionOf: ({ grantId }) => grantId,
      wanted: (grant) =>
        (GrantId === undefined || grant.grantId === GrantId) &&
        (grantee === undefined || grant.grantee === grantee),
      itemsMax: Limit,
      token: Marker,
      request: ['ListGrants', key.arn, GrantId, grantee],
    })
    return { Grants: items.map((grant) => shown(ctx, grant)), ...rest }
  },
})

export const listRetirableGrants = operation(ListRetirableGrants, {
  authorize: (_input, ctx) => ({ resource: '*', context: callerContext(ctx) }),
  provenance: 'modelled',
  run(ctx, input) {
    const { Limit = pageItems.grants, Marker } = input
    const retiring = input.RetiringPrincipal ?? input.RetiringServicePrincipal
    if (retiring === undefined)
      throw invalid('RetiringPrincipal or RetiringServicePrincipal is required.')
    const { items, ...rest } = page({
      list: (start) => grants.where(ctx, 'retiring', retiring, start),
      positionOf: ({ keyId, grantId }) => grantKey(keyId, grantId),
      itemsMax: Limit,
      token: Marker,
      request: ['ListRetirableGrants', retiring],
    })
    return { Grants: items.map((grant) => shown(ctx, grant)), ...rest }
  },
})

export const revokeGrant = operation(RevokeGrant, {
  authorize: ({ KeyId }, ctx) =>
    onKey(ctx, KeyId, { 'kms:GrantIsForAWSResource': isForService(ctx) }),
  scope: ({ KeyId }) => ownerOf(KeyId),
  provenance: 'modelled',
  run(ctx, { KeyId, GrantId, DryRun = false }) {
    const key = theKey(ctx, KeyId)
    const grant = grants.get(ctx, grantKey(key.keyId, GrantId))
    if (grant === undefined) throw grantNotFound(GrantId)
    if (DryRun) throw dryRun()
    grants.delete(ctx, grantKey(key.keyId, GrantId))
    return {}
  },
})

export const retireGrant = operation(RetireGrant, {
  authorize(input, ctx) {
    const grant = findGrant(ctx, input)
    if (grant !== undefined && mayRetire(ctx, grant)) {
      return { none: 'the grant itself names who may retire it' }
    }
    return onKey(ctx, grant?.keyArn ?? input.KeyId ?? '')
  },
  scope: ({ KeyId, GrantToken }, ctx) =>
    ownerOf(KeyId ?? grants.first(ctx, 'token', String(GrantToken))?.keyArn),
  provenance: 'modelled',
  run(ctx, input) {
    const grant = findGrant(ctx, input)
    if (grant === undefined) {
      throw input.GrantToken === undefined
        ? grantNotFound(input.GrantId ?? '')
        : invalidGrantToken()
    }
    const key = theKey(ctx, grant.keyArn)
    if (input.DryRun === true) throw dryRun()
    grants.delete(ctx, grantKey(key.keyId, grant.grantId))
    return {}
  },
})

function findGrant(ctx: Context, input: RetireGrantRequest): GrantRecord | undefined {
  const { GrantToken, KeyId, GrantId } = input
  if (GrantToken !== undefined) return grants.first(ctx, 'token', GrantToken)
  if (KeyId === undefined || GrantId === undefined) return undefined
  return grants.get(ctx, grantKey(theKey(ctx, KeyId).keyId, GrantId))
}

/**
 * The retiring principal, the grantee if the grant says so, and root of the account that made the grant.
 * Source: KMS API reference, RetireGrant.
 */
function mayRetire(ctx: Context, grant: GrantRecord): boolean {
  const names = namesOf(ctx.caller.principal)
  if (grant.retiring !== undefined && names.includes(grant.retiring)) return true
  if (names.includes(grant.granteeId) && grant.operations.includes('RetireGrant')) return true
  return ctx.caller.principal.kind === 'root' && names.includes(grant.issuingAccount)
}

function grantContext(ctx: Context, input: CreateGrantRequest): RequestContext {
  const { Constraints = {}, Operations } = input
  const types = [
    ...(Constraints.EncryptionContextEquals === undefined ? [] : ['EncryptionContextEquals']),
    ...(Constraints.EncryptionContextSubset === undefined ? [] : ['EncryptionContextSubset']),
    ...(Constraints.SourceArn === undefined ? [] : ['SourceArn']),
  ]
  const [type] = types
  return {
    'kms:GrantIsForAWSResource': isForService(ctx),
    'kms:GrantOperations': Operations,
    'kms:GranteePrincipal': input.GranteePrincipal,
    'kms:RetiringPrincipal': input.RetiringPrincipal,
    'kms:GranteeServicePrincipal': input.GranteeServicePrincipal,
    'kms:RetiringServicePrincipal': input.RetiringServicePrincipal,
    ...(type === undefined ? {} : { 'kms:GrantConstraintType': type }),
    ...(Constraints.SourceArn === undefined
      ? {}
      : { 'kms:GrantConstraintSourceArn': Constraints.SourceArn }),
    ...encryptionContextKeys({
      ...Constraints.EncryptionContextSubset,
      ...Constraints.EncryptionContextEquals,
    }),
  }
}

/** Whether a service of AWS asks, on somebody's behalf. */
function isForService({ caller }: Context): boolean {
  return caller.principal.kind === 'service' || (caller.calledVia?.length ?? 0) > 0
}

function issuerOf({ caller, accountId, partition }: Context): string {
  const account = 'accountId' in caller.principal ? caller.principal.accountId : accountId
  return `arn:${partition}:iam::${account}:root`
}

/** Who an ARN names; undefined where none is given. */
function principalOf(ctx: Context, name: string | undefined): string | undefined {
  if (name === undefined) return undefined
  const id = name.startsWith('arn:') ? principalIn(ctx, name) : undefined
  if (id === undefined) throw invalidPrincipal(name)
  return id
}

/** Operations that fit the key. Source: KMS Developer Guide, "Grant operations". */
function checkOperations(key: KeyRecord, { Operations }: CreateGrantRequest): void {
  const macs = ['GenerateMac', 'VerifyMac']
  const any = ['CreateGrant', 'RetireGrant', 'DescribeKey']
  const encrypting = [
    'Decrypt',
    'Encrypt',
    'GenerateDataKey',
    'GenerateDataKeyPair',
    'GenerateDataKeyPairWithoutPlaintext',
    'GenerateDataKeyWithoutPlaintext',
    'ReEncryptFrom',
    'ReEncryptTo',
  ]
  const fitting = [...any, ...(key.usage === 'ENCRYPT_DECRYPT' ? encrypting : macs)]
  const other = Operations.find((name) => !fitting.includes(name))
  if (other !== undefined) {
    throw invalid(`Grant operation ${other} is not supported for key spec ${key.spec}.`)
  }
}

function checkConstraints({ Constraints = {} }: CreateGrantRequest): void {
  const { EncryptionContextEquals, EncryptionContextSubset } = Constraints
  for (const pairs of [EncryptionContextEquals, EncryptionContextSubset]) {
    if (pairs === undefined) continue
    if (Object.keys(pairs).length > constraintPairsMax) {
      throw invalid(`A grant constraint can have at most ${constraintPairsMax} pairs.`)
    }
    if (Object.values(pairs).some((value) => value.length > constraintValueLengthMax)) {
      throw invalid(
        `A value in a grant constraint can have at most ${constraintValueLengthMax} characters.`,
      )
    }
  }
}

/**
 * Who may make grants by a grant alone passes on no more than that grant gives.
 * Source: KMS Developer Guide, "Granting CreateGrant permission".
 */
function checkWithinOwnGrant(ctx: Context, key: KeyRecord, input: CreateGrantRequest): void {
  const context = { ...callerContext(ctx), ...keyContext(ctx, key), ...grantContext(ctx, input) }
  if (isAllowedWithoutGrants(ctx, key, 'kms:CreateGrant', context)) return
  const own = [...grantsOf(ctx, key, 'CreateGrant')]
  if (own.length === 0) return
  const isWithin = own.some(
    (grant) =>
      input.Operations.every((name) => grant.operations.includes(name)) &&
      isAsStrict(input.Constraints, grant.constraints),
  )
  if (!isWithin) throw grantWiderThanItsGrant()
}

function isAsStrict(
  inner: CreateGrantRequest['Constraints'] = {},
  outer: GrantRecord['constraints'] = {},
): boolean {
  const { EncryptionContextEquals: equals, EncryptionContextSubset: subset } = outer
  if (equals !== undefined && !isSame(inner.EncryptionContextEquals, equals)) return false
  if (subset === undefined) return true
  const given = { ...inner.EncryptionContextSubset, ...inner.EncryptionContextEquals }
  return Object.entries(subset).every(([name, value]) => given[name] === value)
}

/** A grant of a name is made once: asking again for the very same gives it back. */
function sameGrant(
  ctx: Context,
  wanted: Omit<GrantRecord, 'grantId' | 'token' | 'createdAtMs'>,
): GrantRecord | undefined {
  if (wanted.name === undefined) return undefined
  for (const grant of grants.where(ctx, 'named', `${wanted.keyId} ${wanted.name}`)) {
    const { grantId: _id, token: _token, createdAtMs: _at, ...rest } = grant
    if (isSame(rest, wanted)) return grant
  }
  return undefined
}

/** Equal as JSON, whatever the order of the members. */
function isSame(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b)
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  )
}

function countOf(ctx: Context, { keyId }: KeyRecord): number {
  let count = 0
  for (const _ of grants.scan(ctx, { prefix: grantKey(keyId, '') })) count += 1
  return count
}

function shown(ctx: Context, grant: GrantRecord): GrantListEntry {
  const { retiring, name, constraints } = grant
  // A grantee that is gone, or was made anew, is shown by its old id.
  const isSame = principalIn(ctx, grant.grantee) === grant.granteeId
  const isService = grant.granteeId === grant.grantee
  const grantee = isSame || isService ? grant.grantee : grant.granteeId
  return {
    KeyId: grant.keyArn,
    GrantId: grant.grantId,
    // AWS gives an empty name where there is none.
    Name: name ?? '',
    CreationDate: grant.createdAtMs,
    // A grant to a service shows it in both places. Deviation: AWS is known to show only the first of old grants.
    GranteePrincipal: grantee,
    ...(isServiceName(grantee) ? { GranteeServicePrincipal: grantee } : {}),
    ...(retiring === undefined ? {} : { RetiringPrincipal: retiring }),
    ...(retiring !== undefined && isServiceName(retiring)
      ? { RetiringServicePrincipal: retiring }
      : {}),
    IssuingAccount: grant.issuingAccount,
    Operations: grant.operations,
    ...(constraints === undefined ? {} : { Constraints: constraints }),
  }
}
