/** Source: EventBridge Scheduler User Guide, quotas. */
export const groupsMax = 500

/** Schedules of an account and Region. Source: as above. */
export const schedulesMax = 10_000_000

/** Items of a page. Source: ListSchedules, `MaxResults`. */
export const pageItemsMax = 100

/** Retries and age of an invocation where the target says nothing. Source: RetryPolicy. */
export const retryAttemptsUsual = 185
export const eventAgeSecondsUsual = 86_400

/**
 * First delay of a retry, in ms, and the longest. AWS names neither; these make 185 attempts fit in 24 hours.
 * Source: EventBridge Scheduler User Guide, "What is EventBridge Scheduler", exponential back-off.
 */
export const retryDelayMs = { first: 1_000, longest: 480_000 }

/** Source: users' reports of CreateSchedule: "cannot be earlier than 5 minutes ago". */
export const startInPastMs = 5 * 60_000

/** Tags of one group. Source: TagResource. */
export const tagsMax = 200

/** The service principal that schedules' roles have to trust. */
export const schedulerPrincipal = 'scheduler.amazonaws.com'

const rate = (perSecond: number) => ({ perSecond, burst: perSecond })

/** Calls a second in an account and Region. Source: EventBridge Scheduler quotas. */
export const callRates = {
  default: rate(50),
  CreateSchedule: rate(1000),
  DeleteSchedule: rate(1000),
  GetSchedule: rate(1000),
  UpdateSchedule: rate(1000),
  CreateScheduleGroup: rate(10),
  DeleteScheduleGroup: rate(10),
  GetScheduleGroup: rate(10),
  ListScheduleGroups: rate(10),
  TagResource: rate(10),
  UntagResource: rate(10),
  ListTagsForResource: rate(10),
}
