/** Largest value of one entry of operational data, in bytes. Source: CreateOpsItem, `OperationalData`. */
export const operationalDataBytesMax = 20 * 1024

/** Source: AWS General Reference, "Systems Manager endpoints and quotas", OpsCenter. */
export const opsItemsMax = 500_000

/** OpsItems created in one calendar month of UTC. Source: as above. */
export const opsItemsPerMonthMax = 10_000

/** ARNs in `/aws/resources`. Source: as above. */
export const relatedResourcesMax = 100

/** Source: as above. */
export const relatedOpsItemsMax = 10

/** Runbooks in `/aws/automations`. Source: as above. */
export const automationsMax = 10

/** Page of a listing that does not say. Source: the API reference's largest value. */
export const pageItems = 50

/** `Title` with `Equal` looks at this many characters. Source: DescribeOpsItems, `OpsItemFilters`. */
export const titleFilterCharactersMax = 100

/** Source: Systems Manager User Guide, "OpsItem parameters reference". */
export const categories: ReadonlySet<string> = new Set([
  'Availability',
  'Cost',
  'Performance',
  'Recovery',
  'Security',
])

/** 1 is critical, 4 is low. Source: as above. */
export const severities: ReadonlySet<string> = new Set(['1', '2', '3', '4'])

/**
 * Related items of one OpsItem. Deviation: the API reference names an error for too many, no figure; ours
 * is that of related resources.
 */
export const relatedItemsMax = 100
