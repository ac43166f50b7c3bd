import type { AwsError } from '@cloud-orrery/models'
import { isThrottle, isTransient } from '../shared/transient-errors.ts'

/** How EventBridge names a failed delivery, and whether it tries again. */
export interface DeliveryFault {
  readonly code: string
  readonly retriable: boolean
}

/**
 * What a target's refusal means. Missing permissions and missing targets are not retried; they wait for
 * someone to act. Source: EventBridge User Guide, "Using dead-letter queues", with the codes.
 */
export function faultOf(error: AwsError): DeliveryFault {
  const { code, message } = error
  if (own.has(code)) return { code, retriable: false }
  if (isThrottle(error)) return { code: 'THROTTLING', retriable: true }
  const denied = /AccessDenied|AuthorizationError|NotAuthorized|UnauthorizedOperation/.test(code)
  if (message.includes('sts:AssumeRole')) {
    return denied
      ? { code: 'FAILED_TO_ASSUME_ROLE', retriable: false }
      : { code: 'TRANSIENT_ASSUME_ROLE', retriable: true }
  }
  if (denied) return { code: 'NO_PERMISSIONS', retriable: false }
  if (isTransient(error)) return { code: 'ERROR_FROM_TARGET', retriable: true }
  if (/DoesNotExist|NonExistent|NotFound|NoSuch/.test(code)) {
    return { code: 'NO_RESOURCE', retriable: false }
  }
  if (/AlreadyExists/.test(code)) return { code: 'RESOURCE_ALREADY_EXISTS', retriable: false }
  if (/LimitExceeded/.test(code)) return { code: 'RESOURCE_LIMIT_EXCEEDED', retriable: false }
  if (/Invalid|Validation/.test(code)) return { code: 'INVALID_PARAMETER', retriable: false }
  return { code: 'SDK_CLIENT_ERROR', retriable: false }
}

/** Failures that EventBridge finds by itself. */
const own: ReadonlySet<string> = new Set([
  'INVALID_JSON',
  'INVALID_PARAMETER',
  'THIRD_ACCOUNT_HOP_DETECTED',
  'THIRD_REGION_HOP_DETECTED',
])
