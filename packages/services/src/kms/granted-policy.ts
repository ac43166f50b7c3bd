import type { PolicyDocument, Principal, Statement } from '@cloud-orrery/policy'
import type { Context } from '../context.ts'
import { type GrantRecord, grants, type KeyRecord } from './state.ts'

/** Operations that the encryption context of a grant does not bind. Source: KMS API reference, GrantConstraints. */
const unbound: ReadonlySet<string> = new Set(['DescribeKey', 'RetireGrant', 'CreateGrant'])

/**
 * A key's policy with what the caller's grants add to it: each grant is one more statement, so that a denial's
 * explanation shows it. The policy itself where the caller has none. Denies win over grants as over statements.
 * Deviation: a grant works at once, with its token or without; on AWS it may take five minutes without.
 */
export function grantedPolicy(ctx: Context, key: KeyRecord): PolicyDocument {
  const { document } = key.policy
  const literal = document.Version === '2012-10-17' ? withoutVariables : (text: string) => text
  const given = [...grantsOf(ctx, key)].flatMap((grant) => statementsOf(grant, literal))
  if (given.length === 0) return document
  // One statement may stand without its list.
  const own = [document.Statement].flat() as readonly Statement[]
  return { ...document, Statement: [...own, ...given] }
}

/** The grants whose grantee the caller is, by any of its names. */
export function* grantsOf(ctx: Context, key: KeyRecord): Generator<GrantRecord> {
  const there = ctx.at({ accountId: key.accountId })
  for (const name of namesOf(ctx.caller.principal)) {
    yield* grants.where(there, 'grantee', `${key.keyId} ${name}`)
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

function statementsOf(grant: GrantRecord, literal: Literal): Statement[] {
  const { grantId, granteeId, operations, constraints } = grant
  const Principal = isServiceName(granteeId) ? { Service: granteeId } : { AWS: granteeId }
  const actions = (of: readonly string[]) => of.map((name) => `kms:${name}`)
  const statement = (of: readonly string[], Condition: Statement['Condition']): Statement => ({
    Sid: `Grant ${grantId}`,
    Effect: 'Allow',
    Principal,
    Action: actions(of),
    Resource: '*',
    ...(Condition === undefined ? {} : { Condition }),
  })
  const source = constraints?.SourceArn
  const always =
    source === undefined ? undefined : { ArnEquals: { 'aws:SourceArn': literal(source) } }
  const context = contextCondition(grant, literal)
  if (context === undefined) return [statement(operations, always)]
  const bound = operations.filter((name) => !unbound.has(name))
  const free = operations.filter((name) => unbound.has(name))
  return [
    ...(bound.length === 0 ? [] : [statement(bound, { ...always, ...context })]),
    ...(free.length === 0 ? [] : [statement(free, always)]),
  ]
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
