/** Targets of one rule. Source: EventBridge quotas, "Targets"; Recorded: events. */
export const targetsPerRuleMax = 5

/** Rules of one bus. Source: EventBridge quotas, "Rules". */
export const rulesPerBusMax = 300

/** Event buses of an account and Region, the default one not counted. Source: EventBridge quotas. */
export const eventBusesMax = 100

/** Archives of an account and Region. Source: EventBridge quotas. */
export const archivesMax = 100

/** Replays that run at the same time. Source: EventBridge quotas, "Concurrent replays". */
export const concurrentReplaysMax = 10

/** Entries of one PutEvents call, in bytes together. Source: AWS Compute Blog, January 2026, 1 MB payloads. */
export const putEventsBytesMax = 1_048_576

/** Bytes that the `Time` of an entry counts. Source: EventBridge User Guide, "PutEvents entry size". */
export const entryTimeBytes = 14

/** A bus's policy, in characters. Source: EventBridge quotas, "Event bus policy size". */
export const policyCharactersMax = 10_240

/** Tags of one resource. Source: EventBridge API reference, TagResource. */
export const tagsMax = 50

/** Items of a page whose size the caller leaves open. Source: EventBridge API reference, `Limit`. */
export const pageSizeDefault = 100

/** Retries of a delivery, where the target says nothing. Source: EventBridge User Guide, "Retry policy". */
export const retryAttemptsDefault = 185

/** Age up to which a delivery is retried, in s, where the target says nothing. Source: as above. */
export const eventAgeSecondsDefault = 86_400

/**
 * First delay of a retry, in ms, and the longest. AWS names neither; these make 185 attempts fit in 24
 * hours. Source: EventBridge User Guide, "Retry policy": exponential back-off with jitter.
 */
export const retryDelayMs = { first: 1000, longest: 480_000 } as const

/** Description of an OpsItem, in characters. Source: Systems Manager API reference, CreateOpsItem. */
export const opsItemDescriptionMax = 2048

/** Value of operational data, in bytes. Source: Systems Manager User Guide, "OpsItem quotas". */
export const operationalDataBytesMax = 20_480

/** Calls a second, in the largest Regions. Source: EventBridge quotas, "PutEvents throttle limit" and others. */
export const callRates = {
  default: { perSecond: 50, burst: 50 },
  PutEvents: { perSecond: 10_000, burst: 10_000 },
} as const
