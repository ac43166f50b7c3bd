/** Tags of one resource. Source: AddTagsToResource. */
export const tagsMax = 50

const rate = (perSecond: number) => ({ perSecond, burst: perSecond })

/**
 * Calls a second in an account and Region. Source: Systems Manager quotas, Parameter Store throughput.
 * Deviation: reads of parameters have 40 each here, on AWS together; OpsCenter's rates are not published
 * and have the same.
 */
export const callRates = { default: rate(40), PutParameter: rate(3) }
