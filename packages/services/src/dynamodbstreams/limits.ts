/** Numbers of DynamoDB Streams. Source, unless said otherwise: API reference of the operation. */

/** Shards that DescribeStream names at once. */
export const shardsMax = 100

/** Streams that ListStreams names at once. */
export const streamsMax = 100

/** Records that GetRecords answers at once. */
export const recordsMax = 1000

/** What GetRecords answers at once, in bytes. */
export const recordsBytesMax = 1024 * 1024

/** An iterator can be used for so long. */
export const iteratorMs = 15 * 60_000

/** How long a new stream is ENABLING, and an ended one DISABLING. Ours: AWS names no figure. */
export const changingMs = 1000
