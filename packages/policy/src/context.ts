import type { ContextValue, Principal, RequestContext } from './request.ts'

/** Reads condition keys without regard to letter case; every value as a list of strings. */
export class ContextReader {
  readonly #request: { readonly context: RequestContext }

  /** The context is asked for only where a statement has a condition or a variable: callers may make it then. */
  constructor(request: { readonly context: RequestContext }) {
    this.#request = request
  }

  /**
   * The key's values, at least one; undefined when the request has no such key. Few keys are asked
   * for in one evaluation, so they are looked for instead of indexed.
   */
  values(key: string): readonly string[] | undefined {
    const { context } = this.#request
    const exact = Object.hasOwn(context, key) ? context[key] : undefined
    if (exact !== undefined) return toValues(exact)
    const lower = key.toLowerCase()
    for (const other in context) {
      if (other.length !== key.length || other.toLowerCase() !== lower) continue
      const value = context[other]
      if (value !== undefined) return toValues(value)
    }
    return undefined
  }

  /** A key with several values can't be used as a policy variable. */
  single = (key: string): string | undefined => {
    const values = this.values(key)
    return values?.length === 1 ? values[0] : undefined
  }
}

function toValues(value: Exclude<ContextValue, undefined>): readonly string[] | undefined {
  if (typeof value !== 'object') return [String(value)]
  return value.length > 0 ? value : undefined
}

type Derived = Record<string, string | string[] | boolean>

/**
 * The global condition keys that follow from who asks: PrincipalArn, PrincipalAccount,
 * PrincipalType, PrincipalTag, userid, username, PrincipalIsAWSService and their kin.
 * Source: IAM User Guide, "AWS global condition context keys" and "Variables", Principal key values.
 */
export function principalContext(principal: Principal): Derived {
  switch (principal.kind) {
    case 'root':
      return {
        ...accountKeys(principal.accountId, principal.arn, 'Account'),
        'aws:userid': principal.accountId,
      }
    case 'user':
      return {
        ...accountKeys(principal.accountId, principal.arn, 'User'),
        'aws:userid': principal.userId,
        'aws:username': principal.userName,
        ...tagKeys(principal.tags),
      }
    case 'role-session':
      return {
        // For sessions the key holds the role, not the session.
        ...accountKeys(principal.accountId, principal.roleArn, 'AssumedRole'),
        'aws:userid': `${principal.roleId}:${principal.sessionName}`,
        ...tagKeys({ ...principal.principalTags, ...principal.sessionTags }),
        ...(principal.sourceIdentity === undefined
          ? {}
          : { 'aws:SourceIdentity': principal.sourceIdentity }),
        ...(principal.federatedProvider === undefined
          ? {}
          : { 'aws:FederatedProvider': principal.federatedProvider }),
      }
    case 'federated-user':
      return {
        ...accountKeys(principal.accountId, principal.arn, 'FederatedUser'),
        'aws:userid': `${principal.accountId}:${principal.name}`,
        ...tagKeys({ ...principal.principalTags, ...principal.sessionTags }),
      }
    case 'federated':
      return { 'aws:FederatedProvider': principal.provider }
    case 'service':
      return {
        'aws:PrincipalIsAWSService': true,
        'aws:PrincipalServiceName': principal.service,
        'aws:PrincipalServiceNamesList': [principal.service],
      }
    case 'anonymous':
      return {
        'aws:PrincipalAccount': 'anonymous',
        'aws:PrincipalType': 'Anonymous',
        'aws:userid': 'anonymous',
      }
  }
}

function accountKeys(accountId: string, arn: string, type: string): Derived {
  return {
    'aws:PrincipalArn': arn,
    'aws:PrincipalAccount': accountId,
    'aws:PrincipalType': type,
    'aws:PrincipalIsAWSService': false,
  }
}

function tagKeys(tags: Readonly<Record<string, string>> = {}): Derived {
  return Object.fromEntries(
    Object.entries(tags).map(([key, value]) => [`aws:PrincipalTag/${key}`, value]),
  )
}
