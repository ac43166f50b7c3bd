import type { AwsError } from '@cloud-orrery/models'
import { notModelledCode } from './not-modelled.ts'

/**
 * Codes by which services say that there were too many calls, those among them that pass on such an answer of KMS.
 * Source: AWS SDKs and Tools Reference Guide, "Retry behavior", and the API models of SNS, SQS and Step Functions.
 * Where the SDKs also try `LimitExceededException` again, it is most often a quota, which no waiting changes: not here.
 */
const throttles: ReadonlySet<string> = new Set([
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'KMSThrottlingException',
  'KmsThrottled',
  'KmsThrottlingException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
])

/** What the rules look at. */
type Answered = Pick<AwsError, 'code' | 'status'>

/** Whether a service refused a call because there were too many, and says nothing of the call itself. */
export function isThrottle({ code, status }: Answered): boolean {
  return status === 429 || throttles.has(code)
}

/**
 * Whether a service failed, was too slow or too busy: the same call may succeed later, and the answer says nothing about
 * the role, key or target that it was about. What Orrery does not model stays so, whatever its status.
 */
export function isTransient(error: Answered): boolean {
  const { code, status } = error
  if (code === notModelledCode) return false
  return status >= 500 || isThrottle(error) || /^RequestTimeout(?:Exception)?$/.test(code)
}
