/** Source: CloudWatch Logs quotas, "Log groups". */
export const logGroupsMax = 1_000_000

/** Largest batch, and largest event, in bytes: messages in UTF-8 and 26 for each event. Source: PutLogEvents. */
export const batchBytesMax = 1_048_576

/** Source: PutLogEvents. */
export const eventOverheadBytes = 26

export const hourMs = 3_600_000
export const dayMs = 24 * hourMs

/** Between the first and the last event of a batch. Source: PutLogEvents. */
export const batchSpanMsMax = dayMs

/** How far in the future and in the past an event may be. Source: PutLogEvents. */
export const futureMsMax = 2 * hourMs
export const pastMsMax = 14 * dayMs

/** Events in one page, and their bytes. Source: GetLogEvents, FilterLogEvents. */
export const pageEventsMax = 10_000
export const pageBytesMax = 1_048_576

/**
 * Events that one FilterLogEvents call looks at before it answers with what it has and a token. AWS does
 * the same and names no figure.
 */
export const scannedEventsMax = 200_000

/** Page of DescribeLogGroups, DescribeLogStreams and the like that does not say. Source: their `limit`. */
export const pageItems = 50

/** Source: PutResourcePolicy, API reference. */
export const resourcePoliciesMax = 10

/** Characters of a resource policy of an account. Source: PutResourcePolicy, `policyDocument`. */
export const resourcePolicyCharactersMax = 5120

/** Tags of one log group. Source: TagResource. */
export const tagsMax = 50

/** Days that events may be kept. Source: PutRetentionPolicy, `retentionInDays`. */
export const retentionDays: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288,
  3653,
]

/** Expired or dropped events that one task takes away before the next goes on. */
export const sweptEventsMax = 10_000

/** Regular expressions in one filter pattern. Source: "Filter pattern syntax", quotas. */
export const regexesMax = 2

const rate = (perSecond: number) => ({ perSecond, burst: perSecond })

/**
 * Calls a second in an account and Region. Source: CloudWatch Logs quotas; those that it does not list have
 * its smallest, 5.
 */
export const callRates = {
  default: rate(5),
  CreateLogGroup: rate(10),
  CreateLogStream: rate(50),
  DeleteLogGroup: rate(10),
  DeleteLogStream: rate(15),
  DescribeLogGroups: rate(10),
  DescribeLogStreams: rate(25),
  FilterLogEvents: rate(25),
  GetLogEvents: rate(25),
  PutLogEvents: rate(5000),
}

/** How long a group's data key is used again, in ms. Source: CloudWatch Logs User Guide: changes of a key's state take up to 5 minutes. */
export const keyUseMs = 300_000

/** Subscription filters of a log group. Recorded: logs PutSubscriptionFilter, a third one. */
export const subscriptionFiltersMax = 2
