/** A timestamp of an API: milliseconds since 1970-01-01T00:00:00Z. The protocols write it as AWS does. */
export type EpochMs = number
