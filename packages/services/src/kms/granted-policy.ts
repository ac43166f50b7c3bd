import type { PolicyDocument, Principal, Statement } from '@cloud-orrery/policy'
import type { Context } from '../context.ts'
import { type GrantRecord, granteeIndex, grants, type KeyRecord } from './state.ts'

/** Operations that the encryption context of a grant does not bind. Source: KMS API reference, GrantConstraints. */
const unbound: ReadonlySet<string> = new Set([
  'kms:CreateGrant',
  'kms:DescribeKey',
  'kms:RetireGrant',
])

/**
 * A key's policy with what the caller's grants add to it for an action: each grant that could matter is one more
 * statement, so that a denial's explanation shows it. The policy itself where there is none. Denies win over grants as
 * over statements.
 * Deviation: a grant works at once, with its token or without; on AWS it may take five minutes without.
 */
export function grantedPolicy(ctx: Context, key: KeyRecord, action: string): PolicyDocument {
  const { document } = key.policy
  const given = mattering(ctx, key, action.slice('kms:'.length))
  if (given.length === 0) return document
  const known = combined.get(document) ?? new Map<string, PolicyDocument>()
  combined.set(document, known)
  const name = `${action} ${given.map(({ grantId }) => grantId).join(' ')}`
  let policy = known.get(name)
  if (policy === undefined) {
    // One statement may stand without its list.
    const own = [document.Statement].flat() as readonly Statement[]
    const literal = document.Version === '2012-10-17' ? withoutVariables : (text: string) => text
    policy = {
      ...document,
      Statement: [...own, ...given.map((grant) => statementOf(grant, action, literal))],
    }
    if (known.size >= combinedMax) known.clear()
    known.set(name, policy)
  }
  return policy
}

/** Policies with their grants, so that the same comes out as the very same, which the engine knows already. */
const combined = new WeakMap<PolicyDocument, Map<string, PolicyDocument>>()
const combinedMax = 1000

/** One grant without conditions is enough; of those with the same conditions, one. */
function mattering(ctx: Context, key: KeyRecord, operation: string): GrantRecord[] {
  const byConstraints = new Map<string, GrantRecord>()
  for (const grant of grantsOf(ctx, key, operation)) {
    if (grant.constraints === undefined) return [grant]
    const constraints = JSON.stringify([grant.granteeId, grant.constraints])
    if (!byConstraints.has(constraints)) byConstraints.set(constraints, grant)
  }
  return [...byConstraints.values()]
}

/** The grants of an operation whose grantee the caller is, by any of its names. */
export function* grantsOf(ctx: Context, key: KeyRecord, operation: string): Generator<GrantRecord> {
  const there = ctx.at({ accountId: key.accountId })
  for (const name of namesOf(ctx.caller.principal)) {
    yield* grants.where(there, 'grantee', granteeIndex(key.keyId, operation, name))
  }
}

/** ARNs and unique ids. A session is its role too, and everyone of an account is the account. */
export function namesOf(principal: Principal): readonly string[] {
  switch (principal.kind) {
    case 'root':
      return [principal.arn]
    case 'user':
      return [principal.arn, principal.userId, rootOf(principal.arn)]
    case 'federated-user':
      return [principal.arn, rootOf(principal.arn)]
    case 'role-session':
      return [principal.arn, principal.roleArn, principal.roleId, rootOf(principal.arn)]
    case 'service':
      return [principal.service]
    case 'federated':
    case 'anonymous':
      return []
  }
}

/** The account of an identity: a grant to it leaves the rest to the account's own policies. */
export function rootOf(arn: string): string {
  const [, partition = '', , , accountId = ''] = arn.split(':')
  return `arn:${partition}:iam::${accountId}:root`
}

/** `sns.amazonaws.com`, among ARNs, accounts and unique ids. */
export function isServiceName(principal: string): boolean {
  return !principal.startsWith('arn:') && principal.includes('.')
}

type Literal = (text: string) => string

function statementOf(grant: GrantRecord, action: string, literal: Literal): Statement {
  const { grantId, granteeId, constraints } = grant
  const source = constraints?.SourceArn
  const Condition = {
    ...(source === undefined ? {} : { ArnEquals: { 'aws:SourceArn': literal(source) } }),
    ...(unbound.has(action) ? {} : contextCondition(grant, literal)),
  }
  return {
    Sid: `Grant ${grantId}`,
    Effect: 'Allow',
    Principal: isServiceName(granteeId) ? { Service: granteeId } : { AWS: granteeId },
    Action: action,
    Resource: '*',
    ...(Object.keys(Condition).length === 0 ? {} : { Condition }),
  }
}

/** A grant's constraints as a policy's conditions. Names of pairs have no case there, values have. */
function contextCondition({ constraints }: GrantRecord, literal: Literal): Statement['Condition'] {
  const equals = constraints?.EncryptionContextEquals
  const pairs = { ...constraints?.EncryptionContextSubset, ...equals }
  if (Object.keys(pairs).length === 0) return undefined
  const entries = Object.entries(pairs).map(
    ([name, value]) => [`kms:EncryptionContext:${name}`, literal(value)] as const,
  )
  return {
    StringEquals: Object.fromEntries(entries),
    ...(equals === undefined
      ? {}
      : {
          'ForAllValues:StringEqualsIgnoreCase': {
            'kms:EncryptionContextKeys': Object.keys(equals).map(literal),
          },
        }),
  }
}

/** Text in which a policy's variables are no variables. */
function withoutVariables(text: string): string {
  return text.replaceAll('${', '${$}{')
}
