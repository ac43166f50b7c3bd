import { GetKeyPolicy, ListKeyPolicies, PutKeyPolicy } from '@cloud-orrery/models/kms'
import {
  evaluate,
  type PolicyDocument,
  PolicyError,
  type PolicySet,
  parsePolicy,
  principalContext,
  type RequestContext,
} from '@cloud-orrery/policy'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { accounts } from '../shared/identity/accounts.ts'
import { identityArn } from '../shared/identity/arns.ts'
import { policiesOf } from '../shared/identity/policies.ts'
import { principalId, tiedPolicy, tiedPolicyText } from '../shared/identity/policy-principals.ts'
import type { StoredPolicy, TrustPolicy } from '../shared/identity/state.ts'
import { callerContext, onKey, theOwnKey } from './access.ts'
import {
  invalidPrincipals,
  limitExceeded,
  malformedPolicy,
  noSuchPolicy,
  policyLocksOut,
} from './errors.ts'
import { policyBytesMax } from './limits.ts'
import { type KeyRecord, keys } from './state.ts'

/** The only name that a key's policy has. */
const policyName = 'default'

export const getKeyPolicy = operation(GetKeyPolicy, {
  authorize: ({ KeyId }, ctx) => onKey(ctx, KeyId),
  provenance: 'modelled',
  run(ctx, { KeyId, PolicyName = policyName }) {
    const key = theOwnKey(ctx, KeyId, 'GetKeyPolicy')
    if (PolicyName !== policyName) throw noSuchPolicy()
    return { Policy: tiedPolicyText(ctx, key.policy), PolicyName }
  },
})

export const putKeyPolicy = operation(PutKeyPolicy, {
  authorize: ({ KeyId, BypassPolicyLockoutSafetyCheck = false }, ctx) =>
    onKey(ctx, KeyId, { 'kms:BypassPolicyLockoutSafetyCheck': BypassPolicyLockoutSafetyCheck }),
  provenance: 'modelled',
  run(ctx, { KeyId, Policy, PolicyName = policyName, BypassPolicyLockoutSafetyCheck = false }) {
    const key = theOwnKey(ctx, KeyId, 'PutKeyPolicy')
    if (PolicyName !== policyName) throw noSuchPolicy()
    const policy = readPolicy(ctx, Policy)
    if (!BypassPolicyLockoutSafetyCheck) checkLockout(ctx, key.arn, policy.document)
    keys.update(ctx, key.keyId, { policy })
    return {}
  },
})

export const listKeyPolicies = operation(ListKeyPolicies, {
  authorize: ({ KeyId }, ctx) => onKey(ctx, KeyId),
  provenance: 'modelled',
  run(ctx, { KeyId }) {
    theOwnKey(ctx, KeyId, 'ListKeyPolicies')
    return { PolicyNames: [policyName], Truncated: false }
  },
})

/** What a key has that was made without a policy. Source: KMS Developer Guide, "Default key policy". */
export function defaultPolicy({ partition, accountId }: Context): StoredPolicy {
  return stored({
    Version: '2012-10-17',
    Id: 'key-default-1',
    Statement: [
      {
        Sid: 'Enable IAM User Permissions',
        Effect: 'Allow',
        Principal: { AWS: `arn:${partition}:iam::${accountId}:root` },
        Action: 'kms:*',
        Resource: '*',
      },
    ],
  })
}

/** A policy that KMS writes itself, laid out as GetKeyPolicy shows it. */
export function stored(document: PolicyDocument): StoredPolicy {
  const text = JSON.stringify(document, undefined, 2).replaceAll('": ', '" : ')
  return { text, document }
}

/** Reads a policy for a key, and ties it to the users and roles that it names, which have to be there. */
export function readPolicy(ctx: Context, text: string): TrustPolicy {
  if (Buffer.byteLength(text) > policyBytesMax) {
    throw limitExceeded(
      `Policy length ${Buffer.byteLength(text)} exceeds the limit of ${policyBytesMax} bytes`,
    )
  }
  let document: PolicyDocument
  try {
    document = parsePolicy(text, 'resource')
  } catch (error) {
    if (error instanceof PolicyError) throw malformedPolicy(error.message)
    throw error
  }
  return tiedPolicy({ text, document }, (name) => {
    const id = principalIn(ctx, name)
    if (id === undefined) throw invalidPrincipals()
    return id
  })
}

/**
 * Who a principal of a policy or grant is: users and roles by their unique ids, others as they are written.
 * Undefined: nobody who is there. Identities of accounts outside the model are taken for there.
 */
export function principalIn(ctx: Context, name: string): string | undefined {
  if (name === '*' || /^\d{12}$/.test(name)) return name
  const arn = identityArn(name)
  if (arn === undefined) return /^A(ID|RO)A[A-Z0-9]+$/.test(name) ? name : undefined
  return accounts.has(ctx, arn.accountId) ? principalId(ctx, name) : name
}

/** Whoever puts a policy on a key must be able to put the next. Source: KMS API reference, PutKeyPolicy. */
export function checkLockout(ctx: Context, arn: string, document: PolicyDocument): void {
  const context = callerContext(ctx)
  if (!isAllowedBy(ctx, document, { action: 'kms:PutKeyPolicy', arn, context }))
    throw policyLocksOut()
}

/** What a key's policy, which may not be the key's yet, and the caller's own policies come to. */
export function isAllowedBy(
  ctx: Context,
  document: PolicyDocument,
  { action, arn, context }: { action: string; arn: string; context: RequestContext },
): boolean {
  const { principal } = ctx.caller
  const policies: PolicySet = {
    ...policiesOf(ctx, ctx.caller),
    resource: { source: `resource policy of ${arn}`, document },
  }
  const request = {
    principal,
    action,
    resource: arn,
    resourceAccountId: ctx.accountId,
    resourcePolicyKind: 'required' as const,
    context: { ...principalContext(principal), ...context },
  }
  return evaluate(request, policies).allowed
}

/** As `isAllowedBy`, for a key with the policy that it has, without its grants. */
export function isAllowedWithoutGrants(
  ctx: Context,
  key: KeyRecord,
  action: string,
  context: RequestContext,
): boolean {
  return isAllowedBy(ctx, key.policy.document, { action, arn: key.arn, context })
}
