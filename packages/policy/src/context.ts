import type { Principal, RequestContext } from './request.ts'

/** Reads condition keys without regard to letter case; every value as a list of strings. */
export class ContextReader {
  readonly #context: RequestContext
  #byLowerCase: Map<string, readonly string[]> | undefined

  constructor(context: RequestContext) {
    this.#context = context
  }

  /** The key's values, at least one; undefined when the request has no such key. */
  values(key: string): readonly string[] | undefined {
    this.#byLowerCase ??= lowerCased(this.#context)
    return this.#byLowerCase.get(key.toLowerCase())
  }

  /** A key with several values can't be used as a policy variable. */
  single = (key: string): string | undefined => {
    const values = this.values(key)
    return values?.length === 1 ? values[0] : undefined
  }
}

function lowerCased(context: RequestContext): Map<string, readonly string[]> {
  const map = new Map<string, readonly string[]>()
  for (const key in context) {
    const value = context[key]
    if (value === undefined) continue
    const values = typeof value === 'object' ? value : [String(value)]
    if (values.length > 0) map.set(key.toLowerCase(), values)
  }
  return map
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
