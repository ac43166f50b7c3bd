/** Source: Cognito Developer Guide, "Quotas in Amazon Cognito", resource quotas. */
export const poolsMax = 1_000
export const clientsPerPoolMax = 1_000
export const groupsPerPoolMax = 10_000
export const groupsPerUserMax = 100
export const resourceServersPerPoolMax = 25
export const scopesPerResourceServerMax = 100
export const providersPerPoolMax = 300
export const customAttributesMax = 50
export const callbackUrlsMax = 100
export const tagsPerPoolMax = 50

/** Mails that Cognito's own sender lets out of one account in a day. Source: "Email settings for user pools". */
export const defaultMailsPerDay = 50

/** How long codes hold. Source: "Quotas in Amazon Cognito", "Quotas on the validity of codes". */
export const signUpCodeMs = 24 * 3_600_000
export const attributeCodeMs = 24 * 3_600_000
export const resetCodeMs = 3_600_000

/** Wrong codes for one password reset in an hour, and others. Source: "Quotas", attempts with forgotten passwords: 5 to 20. */
export const wrongCodesMax = 5

/** Failed sign-ins before a user is locked out. Source: "Authentication with user pools", lockout behaviour. */
export const failedSignInsFree = 5
/** The first lockout; each further failure doubles it. */
export const firstLockoutMs = 1_000
/** Longest lockout: "about 15 minutes". */
export const lockoutMsMax = 15 * 60_000

/** A trigger's time, and how often it is tried. Source: "Customizing user pool workflows with Lambda triggers". */
export const triggerTimeoutMs = 5_000
export const triggerAttempts = 3

/** Rounds of a custom challenge. Source: "Custom authentication challenge Lambda triggers"; ours is a bound on loops. */
export const customRoundsMax = 20

/** Source: CreateUserPoolClient. Units are days for refresh tokens, hours for the others. */
export const refreshValidityDays = 30
export const tokenValidityHours = 1
export const refreshValidityMs = { min: 3_600_000, max: 10 * 365 * 86_400_000 }
export const tokenValidityMs = { min: 5 * 60_000, max: 86_400_000 }

export const sessionValidityMinutes = 3

/** Devices that a user can have remembered: AWS has no limit on them; pages have 60. */
export const pageMax = 60

export const temporaryPasswordDays = 7
