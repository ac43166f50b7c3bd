/** Most buckets of an account. Source: S3 User Guide, "General purpose bucket quotas" (default 10,000). */
export const bucketsMax = 10_000

/** Keys, versions or uploads on one page. Source: S3 API Reference, ListObjectsV2, `max-keys`. */
export const pageKeysMax = 1000

/** Buckets on one page. Source: S3 API Reference, ListBuckets, `max-buckets`. */
export const pageBucketsMax = 10_000

/** Length of a key, in bytes of UTF-8. Source: S3 User Guide, "Creating object key names". */
export const keyBytesMax = 1024

/** One upload, in bytes: 5 GiB. Source: S3 User Guide, "Uploading objects". */
export const putBytesMax = 5 * 1024 ** 3

/** An object, in bytes: 50 TB. Source: S3 User Guide, "Amazon S3 multipart upload limits". */
export const objectBytesMax = 48.8 * 1024 ** 4

/** Every part but the last, in bytes: 5 MiB. Source: S3 User Guide, "Amazon S3 multipart upload limits". */
export const partBytesMin = 5 * 1024 ** 2

/** Parts of an upload. Source: S3 User Guide, "Amazon S3 multipart upload limits". */
export const partNumberMax = 10_000

/** User-defined metadata, names and values in bytes. Source: S3 User Guide, "Working with object metadata". */
export const metadataBytesMax = 2048

/** Keys in one DeleteObjects. Source: S3 API Reference, DeleteObjects. */
export const deleteKeysMax = 1000

/** Tags of an object. Source: S3 User Guide, "Categorizing your objects using tags". */
export const objectTagsMax = 10

/** Tags of a bucket. Source: S3 User Guide, "Using cost allocation S3 bucket tags". */
export const bucketTagsMax = 50

/** A bucket policy, in bytes. Source: S3 User Guide, "Policies and permissions". */
export const policyBytesMax = 20_480

/** How long a notification is tried again, in ms. */
export const notificationRetryMs: readonly number[] = [1000, 5000, 30_000, 120_000, 600_000]

/** Rules of a lifecycle configuration. Source: S3 User Guide, "Managing the lifecycle of objects". */
export const lifecycleRulesMax = 1000

/** Id of a lifecycle rule, in characters. Source: S3 API Reference, LifecycleRule, `ID`. */
export const ruleIdCharactersMax = 255

/** Rules of a CORS configuration. Source: S3 User Guide, "Elements of a CORS configuration". */
export const corsRulesMax = 100

/** Routing rules of a website. Source: S3 User Guide, "(Optional) Configuring a webpage redirect". */
export const routingRulesMax = 50

/** A form's fields before its file, in bytes. Source: S3 API Reference, "Error responses", MaxPostPreDataLengthExceededError. */
export const formFieldsBytesMax = 20_480

/** A default retention period. Source: S3 User Guide, "Object Lock considerations". */
export const retentionDaysMax = 36_500
export const retentionYearsMax = 100

/** How long access logs gather before they are written, in ms: AWS says a few hours at most. */
export const logDelayMs: readonly [number, ...number[]] = [3_600_000, 600_000, 7_200_000]

/** Rules of a replication configuration. Source: S3 API Reference, ReplicationConfiguration, `Rules`. */
export const replicationRulesMax = 1000

/** How long a version waits to be copied, in ms: most within 15 minutes. Source: S3 User Guide, "Replicating objects". */
export const replicationDelayMs: readonly [number, ...number[]] = [5000, 60_000, 900_000]

/** Inventory configurations of a bucket, and on one page. Source: S3 API Reference, PutBucketInventoryConfiguration. */
export const inventoriesMax = 1000
export const inventoriesPageMax = 100
