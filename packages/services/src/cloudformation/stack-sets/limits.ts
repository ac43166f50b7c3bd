/** Source: CloudFormation user guide, "Understand CloudFormation quotas", StackSets in an administrator account. */
export const stackSetsMax = 1000

/** Stack instances of one stack set. Source: as above. */
export const stackInstancesMax = 100_000

/** Rows of a page where the request does not say. Source: API reference, ListStackInstances, `MaxResults`. */
export const pageRowsDefault = 100

/** From a request to the first work in an account, and from one piece of work to the next, in model ms. */
export const targetDelayMs = 50

/** How often a stack that is being worked on is looked at, in model ms. */
export const watchIntervalMs = 250

/** How long a stack waits for a stack set that is its resource, in ms: as for all types of the registry, 36 h. */
export const resourceLimitMs = 36 * 3_600_000
