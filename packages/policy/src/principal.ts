import type { PrincipalElement } from './document.ts'
import type { Principal } from './request.ts'

/**
 * How closely a `Principal` element names the caller; the strength of a resource policy's `Allow`.
 * `account`: the account is trusted to decide, so an identity-based policy must allow as well.
 * `role`: the role behind a session, or the user behind a federated one; boundaries and session
 * policies still limit it. `direct`: the caller itself, or everyone; nothing but a deny limits it.
 * Source: IAM User Guide, "Policy evaluation logic", Resource-based policies.
 */
export type Grant = 'none' | 'account' | 'role' | 'direct'

export interface CompiledPrincipals {
  readonly everyone: boolean
  readonly accounts: ReadonlySet<string>
  /** ARNs and unique ids (`AIDA...`, `AROA...`) of users, roles and sessions. */
  readonly entities: ReadonlySet<string>
  readonly services: ReadonlySet<string>
  readonly federated: ReadonlySet<string>
  readonly canonicalUsers: ReadonlySet<string>
}

const rootArn = /^arn:[^:]+:iam::(\d{12}):root$/

export function compilePrincipals(element: PrincipalElement): CompiledPrincipals {
  if (element === '*') {
    const none = new Set<string>()
    return {
      everyone: true,
      accounts: none,
      entities: none,
      services: none,
      federated: none,
      canonicalUsers: none,
    }
  }
  const named = toList(element.AWS)
  const accounts = named.map((name) => rootArn.exec(name)?.[1] ?? name)
  return {
    everyone: named.includes('*'),
    accounts: new Set(accounts.filter((name) => /^\d{12}$/.test(name))),
    entities: new Set(named),
    services: new Set(toList(element.Service).map(globalName)),
    federated: new Set(toList(element.Federated)),
    canonicalUsers: new Set(toList(element.CanonicalUser)),
  }
}

/**
 * Step Functions takes roles that trust it as a whole and such as trust it in a region, as older
 * templates have it. Observed on AWS: CreateStateMachine, "Neither the global
 * service principal states.amazonaws.com, nor the regional one is authorized". Deviation: in whatever region.
 */
function globalName(service: string): string {
  return /^states\.[a-z0-9-]+\.amazonaws\.com$/.test(service) ? 'states.amazonaws.com' : service
}

function toList(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return []
  return typeof value === 'string' ? [value] : value
}

/** What an `Allow` with this `Principal` grants the caller. */
export function grantOf(named: CompiledPrincipals, principal: Principal): Grant {
  if (named.everyone) return 'direct'
  switch (principal.kind) {
    case 'root':
      return namesAccount(named, principal) ? 'direct' : 'none'
    case 'user':
      if (named.entities.has(principal.arn) || named.entities.has(principal.userId)) return 'direct'
      break
    case 'role-session': {
      const provider = principal.federatedProvider
      if (provider !== undefined && named.federated.has(provider)) return 'direct'
      if (named.entities.has(principal.arn)) return 'direct'
      if (named.entities.has(principal.roleArn) || named.entities.has(principal.roleId)) {
        return 'role'
      }
      break
    }
    case 'federated-user':
      if (named.entities.has(principal.arn)) return 'direct'
      if (namesIssuer(named, principal.issuerArn, principal.issuerUserId)) return 'role'
      break
    case 'federated':
      return named.federated.has(principal.provider) ? 'direct' : 'none'
    case 'service':
      return named.services.has(principal.service) || named.services.has('*') ? 'direct' : 'none'
    case 'anonymous':
      return 'none'
  }
  return namesAccount(named, principal) ? 'account' : 'none'
}

/**
 * Whether `NotPrincipal` exempts the caller from a deny: it must list the caller and everything
 * above it, because a deny of the role or the account denies the session too.
 * Source: IAM User Guide, "AWS JSON policy elements: NotPrincipal", With Deny.
 * Deviation: the guide says that some services may not need the role and the account listed.
 */
export function exempts(named: CompiledPrincipals, principal: Principal): boolean {
  if (named.everyone) return true
  switch (principal.kind) {
    case 'user':
    case 'federated-user':
    case 'role-session':
      return namesAccount(named, principal) && namesAllBelowAccount(named, principal)
    case 'root':
    case 'service':
    case 'federated':
    case 'anonymous':
      return grantOf(named, principal) === 'direct'
  }
}

function namesAllBelowAccount(
  named: CompiledPrincipals,
  principal: Extract<Principal, { kind: 'user' | 'federated-user' | 'role-session' }>,
): boolean {
  const { entities } = named
  switch (principal.kind) {
    case 'user':
      return entities.has(principal.arn) || entities.has(principal.userId)
    case 'role-session':
      return (
        entities.has(principal.arn) &&
        (entities.has(principal.roleArn) || entities.has(principal.roleId))
      )
    case 'federated-user':
      return (
        entities.has(principal.arn) &&
        (rootArn.test(principal.issuerArn) ||
          namesIssuer(named, principal.issuerArn, principal.issuerUserId))
      )
  }
}

function namesIssuer(
  { entities }: CompiledPrincipals,
  arn: string,
  userId: string | undefined,
): boolean {
  return entities.has(arn) || (userId !== undefined && entities.has(userId))
}

function namesAccount(
  named: CompiledPrincipals,
  { accountId, canonicalUserId }: { accountId: string; canonicalUserId?: string },
): boolean {
  if (named.accounts.has(accountId)) return true
  return canonicalUserId !== undefined && named.canonicalUsers.has(canonicalUserId)
}

/** The account of a caller that has one. */
export function accountOf(principal: Principal): string | undefined {
  return 'accountId' in principal ? principal.accountId : undefined
}

/** Whether an account's root stands behind the caller: the root user, or its federated session. */
export function isRootOrItsSession(principal: Principal): boolean {
  if (principal.kind === 'root') return true
  return principal.kind === 'federated-user' && rootArn.test(principal.issuerArn)
}

/** How messages and explanations name the caller. */
export function nameOf(principal: Principal): string {
  switch (principal.kind) {
    case 'service':
      return principal.service
    case 'federated':
      return principal.provider
    case 'anonymous':
      return 'anonymous'
    default:
      return principal.arn
  }
}
