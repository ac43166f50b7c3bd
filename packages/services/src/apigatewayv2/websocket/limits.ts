/** Source of all: developer guide, "Quotas for configuring and running a WebSocket API". */

/** Longest time without a message in either direction. */
export const idleMsMax = 600_000

/** Longest life of a connection. */
export const connectionMsMax = 7_200_000

/** For how long a client has time to end a connection that was closed here. Not documented. */
export const closingMsMax = 60_000

/** Bytes of one message. */
export const messageBytesMax = 131_072
