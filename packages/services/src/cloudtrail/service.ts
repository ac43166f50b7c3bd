import { service } from '../define.ts'
import { invalidInput } from './errors.ts'
import { lookupsPerSecond } from './limits.ts'
import { lookupEvents } from './lookup-events.ts'

/** The history of management events, read from the journal. */
export const cloudtrail = service('cloudtrail', {
  operations: [lookupEvents],
  errors: { invalidInput },
  denialWording: () => ({ resource: null }),
  rateLimits: { default: { perSecond: lookupsPerSecond, burst: lookupsPerSecond } },
})
