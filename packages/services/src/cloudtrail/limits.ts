/** Events a page holds, and the most it can. Source: API reference, LookupEvents, `MaxResults`. */
export const pageEventsMax = 50

/** How far event history reaches back. Source: CloudTrail User Guide, "Working with CloudTrail event history". */
export const historyMs = 90 * 24 * 3_600_000

/** Lookup attributes in one call. Source: API reference, LookupEvents, `LookupAttributes`. */
export const lookupAttributesMax = 1

/** Longest attribute value; `_`, space, comma and line feed count twice. Source: API reference, LookupAttribute. */
export const attributeValueMax = 2000

/**
 * Largest `requestParameters` or `responseElements`, in bytes of JSON; a larger one is left out.
 * Source: CloudTrail User Guide, "CloudTrail record contents".
 */
export const elementsBytesMax = 100 * 1024

/** LookupEvents calls per second, account and region. Source: API reference, LookupEvents. */
export const lookupsPerSecond = 2

/** `eventVersion` of the records. Source: CloudTrail User Guide, "CloudTrail record contents". */
export const recordVersion = '1.11'

/** Where global services record their events. Source: CloudTrail User Guide, "Global service events". */
export const globalEventsRegion = 'us-east-1'
