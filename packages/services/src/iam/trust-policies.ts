import type { Context } from '../context.ts'
import { principalId, tiedPolicy, tiedPolicyText } from '../shared/identity/policy-principals.ts'
import type { RoleRecord, TrustPolicy } from '../shared/identity/state.ts'
import { malformedPolicy, quotaExceeded } from './errors.ts'
import { trustPolicyCharactersMax } from './limits.ts'
import { policyCharacters, readPolicy } from './policy-documents.ts'

/** Reads a role's trust policy and ties it to the entities that it names. */
export function readTrustPolicy(ctx: Context, text: string): TrustPolicy {
  const { document } = readPolicy(text, 'trust')
  if (policyCharacters(text) > trustPolicyCharactersMax) {
    throw quotaExceeded('ACLSizePerRole', trustPolicyCharactersMax)
  }
  return tiedPolicy({ text, document }, (name) => {
    const id = principalId(ctx, name)
    if (id === undefined) throw malformedPolicy(`Invalid principal in policy: "AWS":"${name}"`)
    return id
  })
}

/** The trust policy as IAM shows it. */
export function trustPolicyText(ctx: Context, { trustPolicy }: RoleRecord): string {
  return tiedPolicyText(ctx, trustPolicy)
}
