import type { PolicyDocument } from './document.ts'

type Tags = Readonly<Record<string, string>>

/** Who asks. `canonicalUserId` is S3's id of the account, for policies that name it. */
export type Principal =
  | RootPrincipal
  | UserPrincipal
  | RoleSessionPrincipal
  | FederatedUserPrincipal
  | FederatedPrincipal
  | ServicePrincipal
  | AnonymousPrincipal

export interface RootPrincipal {
  readonly kind: 'root'
  readonly accountId: string
  /** `arn:aws:iam::111122223333:root` */
  readonly arn: string
  readonly canonicalUserId?: string
}

export interface UserPrincipal {
  readonly kind: 'user'
  readonly accountId: string
  readonly arn: string
  /** `AIDA...` */
  readonly userId: string
  readonly userName: string
  readonly tags?: Tags
  readonly canonicalUserId?: string
}

export interface RoleSessionPrincipal {
  readonly kind: 'role-session'
  readonly accountId: string
  /** `arn:aws:sts::111122223333:assumed-role/Role/session` */
  readonly arn: string
  /** The role's own ARN, with its path. */
  readonly roleArn: string
  /** `AROA...` */
  readonly roleId: string
  readonly sessionName: string
  /** Tags of the role; a session tag of the same key replaces one. */
  readonly principalTags?: Tags
  readonly sessionTags?: Tags
  readonly sourceIdentity?: string
  /** What vouched for the session: a provider's name (`accounts.google.com`) or ARN. */
  readonly federatedProvider?: string
  readonly canonicalUserId?: string
}

/** A session of `GetFederationToken`. */
export interface FederatedUserPrincipal {
  readonly kind: 'federated-user'
  readonly accountId: string
  /** `arn:aws:sts::111122223333:federated-user/name` */
  readonly arn: string
  readonly name: string
  /** ARN of the user, or of the account's root, that asked for the session. */
  readonly issuerArn: string
  /** `AIDA...` of that user; absent for root. */
  readonly issuerUserId?: string
  /** Tags of the user; a session tag of the same key replaces one. */
  readonly principalTags?: Tags
  readonly sessionTags?: Tags
  readonly canonicalUserId?: string
}

/** Someone with no AWS identity yet who presents an identity provider's token to assume a role. */
export interface FederatedPrincipal {
  readonly kind: 'federated'
  /** As a trust policy names it: `accounts.google.com`, or the provider's ARN. */
  readonly provider: string
}

/** A service that calls on its own behalf. */
export interface ServicePrincipal {
  readonly kind: 'service'
  /** `sns.amazonaws.com` */
  readonly service: string
}

export interface AnonymousPrincipal {
  readonly kind: 'anonymous'
}

export type ContextValue = string | readonly string[] | number | boolean | undefined

/** Condition keys and their values; letter case in keys has no meaning. */
export type RequestContext = Readonly<Record<string, ContextValue>>

export interface AuthorizationRequest {
  readonly principal: Principal
  /** `sqs:SendMessage` */
  readonly action: string
  /** An ARN, or `*` for an action that has no resource. */
  readonly resource: string
  /** The account that owns the resource. Absent: the principal's own. */
  readonly resourceAccountId?: string
  readonly context: RequestContext
  /**
   * What the resource's policy means to its service. `trust`: a role's trust policy; `required`: a
   * policy that must allow, as a KMS key's; `normal` (the default): either side may allow.
   */
  readonly resourcePolicyKind?: 'normal' | 'trust' | 'required'
}

export interface SourcedPolicy {
  /** Where it is from, for explanations: `inline policy "x" of role y`, a managed policy's ARN. */
  readonly source: string
  readonly arn?: string
  readonly document: PolicyDocument
}

/** Every policy that bears on one request. */
export interface PolicySet {
  readonly identity: readonly SourcedPolicy[]
  readonly boundary?: readonly SourcedPolicy[]
  /** Present, even if empty: session policies were passed, and limit the session. */
  readonly session?: readonly SourcedPolicy[]
  readonly resource?: SourcedPolicy
  /** Levels from the organization's root to the account; each must allow. */
  readonly serviceControl?: readonly (readonly SourcedPolicy[])[]
  readonly resourceControl?: readonly (readonly SourcedPolicy[])[]
}
