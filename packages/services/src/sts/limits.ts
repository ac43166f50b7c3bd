/** Seconds. Source: STS API reference, AssumeRole, `DurationSeconds`. */
export const roleSessionSecondsDefault = 3600

/** Longest session of a role that a role's session assumed. Source: as above. */
export const chainedSessionSecondsMax = 3600

/** Plain characters of a session policy. Source: STS API reference, AssumeRole, `Policy`. */
export const sessionPolicyCharactersMax = 2048

/** Bytes into which session policies and tags are packed: AWS's own form is not known. */
export const packedBytesMax = 2048

/** Seconds: twelve hours. Source: STS API reference, GetSessionToken and GetFederationToken. */
export const userSessionSecondsDefault = 43_200

/** Longest session of an account's root, in seconds. Source: as above. */
export const rootSessionSecondsMax = 3600
