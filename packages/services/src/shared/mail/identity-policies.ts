import { PolicyError, parsePolicy } from '@cloud-orrery/policy'
import type { Context } from '../../context.ts'
import { identityPoliciesMax, identityPolicyBytesMax } from './limits.ts'
import { type Identity, identities } from './state.ts'
import type { MailWords } from './words.ts'

/** Keeps a sending authorisation policy under a name. Source: SES API Reference, PutIdentityPolicy. */
export function putIdentityPolicy(
  ctx: Context,
  identity: Identity,
  name: string,
  document: string,
  words: MailWords,
): void {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) {
    throw words.invalidPolicy(`Invalid policy name <${name}>.`)
  }
  if (Buffer.byteLength(document) > identityPolicyBytesMax) {
    throw words.invalidPolicy(`Policy is larger than ${identityPolicyBytesMax} bytes.`)
  }
  const isNew = identity.policies[name] === undefined
  if (isNew && Object.keys(identity.policies).length >= identityPoliciesMax) {
    throw words.limitExceeded(`An identity can have at most ${identityPoliciesMax} policies.`)
  }
  try {
    parsePolicy(document, 'resource')
  } catch (error) {
    if (error instanceof PolicyError) throw words.invalidPolicy(`Invalid policy: ${error.message}`)
    throw error
  }
  identities.put(ctx, { ...identity, policies: { ...identity.policies, [name]: document } })
}

/** Nothing happens when there is none of that name. */
export function deleteIdentityPolicy(ctx: Context, identity: Identity, name: string): void {
  const { [name]: _gone, ...policies } = identity.policies
  identities.put(ctx, { ...identity, policies })
}
