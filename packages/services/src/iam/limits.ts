/** Quotas of an account. Source: IAM User Guide, "IAM and AWS STS quotas", default values. */
export const accountQuotas = {
  users: 5000,
  groups: 300,
  roles: 1000,
  policies: 1500,
  instanceProfiles: 1000,
  providers: 100,
} as const

export const accessKeysPerUserMax = 2
export const groupsPerUserMax = 10
export const attachedPoliciesMax = { user: 10, group: 10, role: 10 } as const
export const versionsPerPolicyMax = 5
export const tagsMax = 50

/** Characters, white space not counted. Source: as above, "IAM character limits". */
export const managedPolicyCharactersMax = 6144
export const trustPolicyCharactersMax = 2048
export const inlinePolicyCharactersMax = { user: 2048, group: 5120, role: 10_240 } as const

/** Items on a page when the caller names no number. Source: IAM API reference, `MaxItems`. */
export const pageItemsDefault = 100

/** Of an OpenID Connect provider. Source: IAM API reference, CreateOpenIDConnectProvider. */
export const clientIdsPerProviderMax = 100
export const thumbprintsPerProviderMax = 5

/** Of a user, for one service. Source: IAM API reference, CreateServiceSpecificCredential. */
export const serviceCredentialsPerServiceMax = 2

/**
 * Time in which IAM removes a service-linked role that no resource uses, in ms.
 * Simplified: AWS promises none; it was seen to be done at the next look.
 */
export const linkedRoleDeletionMs = 0
