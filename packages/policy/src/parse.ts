import type { PolicyDocument, PolicyKind } from './document.ts'
import { checkIdentityPolicy } from './identity-grammar.ts'
import { isObject, type Json, JsonError, parseJson } from './json.ts'
import { PolicyError } from './policy-error.ts'
import { checkResourcePolicy, type ResourceGrammar } from './resource-grammar.ts'

/**
 * Reads a policy document and checks it as AWS does for its kind. `managed` is `identity` for a
 * document that must be of version 2012-10-17, as CreatePolicy asks. Sizes are the caller's to
 * check, and so is whether the principals named exist.
 *
 * Throws PolicyError with the message that IAM gives with MalformedPolicyDocument (for `resource`:
 * that S3 gives with MalformedPolicy, from which other services depart).
 */
export function parsePolicy(
  text: string,
  kind: PolicyKind,
  grammar: ResourceGrammar = {},
): PolicyDocument {
  const json = readJson(text, kind)
  switch (kind) {
    case 'identity':
    case 'managed':
    case 'boundary':
    case 'session':
      return checkIdentityPolicy(json, kind === 'managed' || kind === 'boundary')
    case 'resource':
    case 'trust':
      return checkResourcePolicy(json, kind, grammar)
  }
}

function readJson(text: string, kind: PolicyKind): Json {
  if (kind === 'resource' && !text.startsWith('{')) throw notJson(kind)
  if (kind === 'trust' && /^\s/.test(text)) {
    throw new PolicyError('json', 'JSON strings must not have leading spaces')
  }
  let json: Json
  try {
    json = parseJson(text)
  } catch (error) {
    if (error instanceof JsonError) throw notJson(kind)
    throw error
  }
  if (!isObject(json)) throw notJson(kind)
  return json
}

/** Recorded: S3, PutBucketPolicy, February 2026. IAM's texts: see identity-grammar.ts. */
function notJson(kind: PolicyKind): PolicyError {
  switch (kind) {
    case 'resource':
      return new PolicyError('json', "Policies must be valid JSON and the first byte must be '{'")
    case 'trust':
      return new PolicyError('json', 'This policy contains invalid Json')
    default:
      return new PolicyError('json', 'Syntax errors in policy.')
  }
}
