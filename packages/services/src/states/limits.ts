/** Machines that an account can have in one region. Source: Step Functions Developer Guide, "Service quotas". */
export const stateMachinesMax = 100_000

/** Activities that an account can have in one region. Source: as above. */
export const activitiesMax = 100_000

/** Published versions of one state machine. Source: as above. */
export const versionsMax = 1_000

/** Aliases of one state machine. Source: as above. */
export const aliasesMax = 100

/** Tags of one resource. Source: as above. */
export const tagsMax = 50

/** Input and output of executions and tasks, in bytes of UTF-8. Source: as above, "Maximum input or output size". */
export const payloadBytesMax = 262_144

/** Items of a page where the call names no number (0 is the same). Source: Step Functions API Reference, ListExecutions. */
export const pageSizeDefault = 100

/** Diagnostics that ValidateStateMachineDefinition answers at most. Source: its API reference, `maxResults`. */
export const diagnosticsMax = 100

/** How long GetActivityTask waits for work, in ms. Source: its API reference. */
export const activityPollMs = 60_000

/** Part of an express execution's run that is billed at least, in ms. Source: Step Functions pricing; recorded. */
export const billedStepMs = 100

/** Memory that the smallest express execution is billed for, in MB. Source: as above. */
export const billedMemoryMb = 64

/** Log events of one PutLogEvents call. Source: CloudWatch Logs API Reference, PutLogEvents. */
export const logEventsPerCallMax = 10_000

/** Characters of a definition in an event of EventBridge: larger inputs and outputs are left out, in bytes. */
export const eventPayloadBytesMax = 248 * 1024

/** Calls a second and burst per account and region. Source: Developer Guide, "Quotas related to API action throttling". */
export const callRates = {
  default: { perSecond: 100, burst: 1_000 },
  StartExecution: { perSecond: 300, burst: 1_300 },
  StartSyncExecution: { perSecond: 10_000, burst: 60_000 },
  SendTaskSuccess: { perSecond: 1_300, burst: 10_000 },
  SendTaskFailure: { perSecond: 1_300, burst: 10_000 },
  SendTaskHeartbeat: { perSecond: 1_300, burst: 10_000 },
  GetActivityTask: { perSecond: 300, burst: 2_600 },
} as const
