import { PolicyError, type PolicyKind, parsePolicy } from '@cloud-orrery/policy'
import type { StoredPolicy } from '../shared/identity/state.ts'
import { malformedPolicy, quotaExceeded } from './errors.ts'
import { managedPolicyCharactersMax } from './limits.ts'

/** Reads a document; MalformedPolicyDocument in IAM's words where it is refused. */
export function readPolicy(text: string, kind: PolicyKind): StoredPolicy {
  try {
    return { text, document: parsePolicy(text, kind) }
  } catch (error) {
    if (error instanceof PolicyError) throw malformedPolicy(error.message)
    throw error
  }
}

/** A managed policy's document, within its size. */
export function readManagedPolicy(text: string): StoredPolicy {
  const policy = readPolicy(text, 'managed')
  if (policyCharacters(text) > managedPolicyCharactersMax) {
    throw quotaExceeded('PolicySize', managedPolicyCharactersMax)
  }
  return policy
}

/** White space does not count towards quotas. */
export function policyCharacters(text: string): number {
  return text.replaceAll(/\s/g, '').length
}

/** IAM answers documents percent-encoded as RFC 3986 has it. Source: IAM API reference, GetRolePolicy. */
export function encodePolicy(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
