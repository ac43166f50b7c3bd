/** Changes in one batch. Source: API reference, ChangeResourceRecordSets, "Change Batches limits". */
export const changesPerBatchMax = 1000
/** Bytes of all values in one batch; each counts twice in an UPSERT. Source: the same. */
export const valueBytesPerBatchMax = 32_000
/** Values of one record set. Source: developer guide, "Quotas on records". */
export const valuesPerSetMax = 400
/** Hosted zones of an account, unless raised. Source: developer guide, "Quotas on hosted zones". */
export const zonesPerAccountMax = 500
/** Records of a hosted zone, unless raised. Source: the same. */
export const recordsPerZoneMax = 10_000
/** VPCs of a private hosted zone. Source: the same. */
export const vpcsPerZoneMax = 300
/** Reusable delegation sets of an account. Source: the same. */
export const delegationSetsPerAccountMax = 100
/** Hosted zones that use one reusable delegation set. Source: the same. */
export const zonesPerDelegationSetMax = 100
/** Health checks of an account. Source: developer guide, "Quotas on health checks". */
export const healthChecksPerAccountMax = 200
/** Record sets, or zones, on a page, if the call asks for no number: `MaxItems` of recorded answers. */
export const pageItemsDefault = 100
/** Record sets on a page at most. Source: API reference, ListResourceRecordSets, `MaxItems`. */
export const recordSetsPerPageMax = 300
/** Tags of a zone or a health check. Source: API reference, ChangeTagsForResource. */
export const tagsPerResourceMax = 10
/** Ids in one ListTagsForResources. Source: its API reference. */
export const resourcesPerTagCallMax = 10
/**
 * How long a change is `PENDING`, in ms. Source: developer guide, "How Route 53 routes traffic": changes generally reach
 * all name servers within 60 seconds.
 */
export const propagationMs = 30_000
/** TTLs of the records that every zone begins with, in s. Source: developer guide, "NS and SOA records". */
export const initialTtl = { ns: 172_800, soa: 900 } as const
