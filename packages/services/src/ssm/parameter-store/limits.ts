/** Largest value of a parameter by tier, in bytes of UTF-8. Source: PutParameter, `Value`. */
export const valueBytesMax = { Standard: 4096, Advanced: 8192 } as const

/** Parameters of an account and Region by tier. Source: Systems Manager endpoints and quotas. */
export const parametersMax = { Standard: 10_000, Advanced: 100_000 } as const

/** Versions that are kept of a parameter. Source: as above. */
export const versionsMax = 100

/** Labels of one version. Source: LabelParameterVersion. */
export const labelsMax = 10

/** Levels of a hierarchy. Source: PutParameter, `Name`. */
export const levelsMax = 15

/**
 * Longest name, in characters, with the ARN before it. Source: PutParameter, `Name`: "1011 characters.
 * This count includes the characters in the ARN that precede the name".
 */
export const nameWithArnMax = 1011

/** Policies of one parameter. Source: PoliciesLimitExceededException. */
export const policiesMax = 10

/** Page of GetParametersByPath that does not say, which is also its largest. Source: its API reference. */
export const pathPageItems = 10

/** Page of DescribeParameters and GetParameterHistory that does not say. Source: largest that may be asked. */
export const pageItems = 50
