/** Largest message with its attributes, in bytes; also the largest batch. Source: SNS API reference, Publish, `Message`. */
export const messageBytesMax = 262_144

/** Longest subject, in characters. Source: SNS API reference, Publish, `Subject`. */
export const subjectCharactersMax = 100

/** Entries of one PublishBatch. Source: SNS API reference, PublishBatch. */
export const batchEntriesMax = 10

/** Topics and subscriptions of one page. Source: SNS API reference, ListTopics, ListSubscriptions. */
export const pageSize = 100

/** Longest message attribute name, in bytes. Recorded: sns, Publish. */
export const attributeNameBytesMax = 256

/** Tags of one topic. Source: SNS Developer Guide, "Amazon SNS topic tagging". */
export const tagsMax = 50

/**
 * How long a subscription waits for its confirmation.
 * Source: AWS What's New, May 2023, "Amazon SNS automatic deletion of unconfirmed subscriptions".
 */
export const pendingMs = 48 * 3_600_000

/**
 * How long a subscription is still counted as deleted, and can be restored where someone else than its
 * owner cancelled it. Source: AWS Knowledge Center, "recreate a Deleted topic subscription".
 */
export const deletedMs = 72 * 3_600_000

/** FIFO topics drop a message that was published within. Source: SNS Developer Guide, "Message deduplication". */
export const deduplicationMs = 5 * 60_000

/** Keys of a filter policy, on its first level. Source: SNS Developer Guide, "Filter policy constraints". */
export const filterKeysMax = 5

/** Combinations of values in a filter policy. Source: as above. */
export const filterCombinationsMax = 150

/** Time an HTTP endpoint has to answer. Source: SNS Developer Guide, "HTTP/HTTPS endpoints", step 1. */
export const httpTimeoutMs = 15_000

/** Retries that a delivery policy may ask for. Source: SNS Developer Guide, "Creating an HTTP/S delivery policy". */
export const policyRetriesMax = 100

/** Longest delay in a delivery policy, in seconds. Source: as above. */
export const policyDelaySecondsMax = 3600

/** Length of a confirmation token, in hexadecimal digits. Recorded: sns, ConfirmSubscription. */
export const tokenDigits = 288

/** Largest topic policy, in bytes. Source: SNS quotas. */
export const policyBytesMax = 30_720

/** How long a publisher's data key is used again, in ms. Source: SNS Developer Guide, "Data key reuse", five minutes. */
export const dataKeyReuseMs = 300_000
