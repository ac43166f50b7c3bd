import type { Principal } from '@cloud-orrery/policy'
import type { Caller } from '../context.ts'

type Json = Readonly<Record<string, unknown>>

/**
 * `userIdentity` of a record: who called, and with what credentials.
 * Source: CloudTrail User Guide, "CloudTrail userIdentity element".
 */
export function userIdentity(caller: Caller, recipientAccountId: string): Json {
  const { principal, accessKeyId, invokedBy } = caller
  const closing = invokedBy === undefined ? {} : { invokedBy }
  const stranger = strangerIdentity(principal, recipientAccountId)
  if (stranger !== undefined) return { ...stranger, ...closing }
  const key = accessKeyId === undefined ? {} : { accessKeyId }
  switch (principal.kind) {
    case 'root': {
      const { arn, accountId } = principal
      return {
        type: 'Root',
        principalId: accountId,
        arn,
        accountId,
        ...key,
        ...session(caller),
        ...closing,
      }
    }
    case 'user': {
      const { userId, arn, accountId, userName } = principal
      const who = { type: 'IAMUser', principalId: userId, arn, accountId }
      return { ...who, ...key, userName, ...session(caller), ...closing }
    }
    case 'role-session': {
      const { roleId, sessionName, arn, accountId } = principal
      const who = { type: 'AssumedRole', principalId: `${roleId}:${sessionName}`, arn, accountId }
      return { ...who, ...key, ...roleSession(caller, principal), ...closing }
    }
    case 'federated-user': {
      const { name, arn, accountId } = principal
      const who = { type: 'FederatedUser', principalId: `${accountId}:${name}`, arn, accountId }
      return { ...who, ...key, ...federatedSession(caller, principal), ...closing }
    }
    case 'service':
      return { type: 'AWSService', invokedBy: principal.service }
    case 'federated':
      return federatedIdentity(principal.provider)
    case 'anonymous':
      return { type: 'AWSAccount', principalId: '', accountId: 'ANONYMOUS_PRINCIPAL' }
  }
}

/** `Username` of the event: none for services and for people of other accounts. */
export function userNameOf({ principal }: Caller, recipientAccountId: string): string | undefined {
  if (strangerIdentity(principal, recipientAccountId) !== undefined) return undefined
  switch (principal.kind) {
    case 'root':
      return 'root'
    case 'user':
      return principal.userName
    case 'role-session':
      return principal.sessionName
    case 'federated-user':
      return principal.name
    case 'service':
    case 'federated':
    case 'anonymous':
      return undefined
  }
}

/** Address and agent of the caller; a service that calls is named in place of both. */
export function callerOrigin({ principal, invokedBy, sourceIp, userAgent }: Caller): Json {
  const service = principal.kind === 'service' ? principal.service : invokedBy
  if (service !== undefined) return { sourceIPAddress: service, userAgent: service }
  return {
    ...(sourceIp === undefined ? {} : { sourceIPAddress: sourceIp }),
    ...(userAgent === undefined ? {} : { userAgent }),
  }
}

/** Of another account's principal, the account for which the event is recorded learns id and account, no more. */
function strangerIdentity(principal: Principal, recipientAccountId: string): Json | undefined {
  if (!('accountId' in principal) || principal.accountId === recipientAccountId) return undefined
  const { accountId } = principal
  return { type: 'AWSAccount', principalId: principalIdOf(principal), accountId }
}

function principalIdOf(principal: Extract<Principal, { accountId: string }>): string {
  switch (principal.kind) {
    case 'root':
      return principal.accountId
    case 'user':
      return principal.userId
    case 'role-session':
      return `${principal.roleId}:${principal.sessionName}`
    case 'federated-user':
      return `${principal.accountId}:${principal.name}`
  }
}

/** Credentials of GetSessionToken; long-term keys have no session. */
function session(caller: Caller): Json {
  if (caller.tokenIssueTimeMs === undefined) return {}
  return { sessionContext: { attributes: sessionAttributes(caller) } }
}

function roleSession(
  caller: Caller,
  principal: Extract<Principal, { kind: 'role-session' }>,
): Json {
  const { roleId, roleArn, accountId, sourceIdentity, federatedProvider } = principal
  const userName = roleArn.slice(roleArn.lastIndexOf('/') + 1)
  return {
    sessionContext: {
      sessionIssuer: { type: 'Role', principalId: roleId, arn: roleArn, accountId, userName },
      ...(federatedProvider === undefined
        ? {}
        : { webIdFederationData: { federatedProvider, attributes: {} } }),
      attributes: sessionAttributes(caller),
      ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
    },
  }
}

function federatedSession(
  caller: Caller,
  principal: Extract<Principal, { kind: 'federated-user' }>,
): Json {
  const { issuerArn, issuerUserId, accountId } = principal
  const sessionIssuer =
    issuerUserId === undefined
      ? { type: 'Root', principalId: accountId, arn: issuerArn, accountId }
      : {
          type: 'IAMUser',
          principalId: issuerUserId,
          arn: issuerArn,
          accountId,
          userName: issuerArn.slice(issuerArn.lastIndexOf('/') + 1),
        }
  return { sessionContext: { sessionIssuer, attributes: sessionAttributes(caller) } }
}

function sessionAttributes({ tokenIssueTimeMs, mfaPresent }: Caller): Json {
  return {
    ...(tokenIssueTimeMs === undefined ? {} : { creationDate: isoSeconds(tokenIssueTimeMs) }),
    mfaAuthenticated: String(mfaPresent ?? false),
  }
}

/** Someone with an identity provider's token and no AWS identity yet. */
function federatedIdentity(provider: string): Json {
  // Deviation: AWS also names the application and the user; the caller's record does not hold them.
  const type = provider.includes(':saml-provider/') ? 'SAMLUser' : 'WebIdentityUser'
  return { type, principalId: provider, identityProvider: provider }
}

/** `2026-01-01T00:00:00Z`: records have no fractions of seconds. */
export function isoSeconds(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')
}
