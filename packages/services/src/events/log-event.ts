import type { InputLogEvent } from '@cloud-orrery/models/logs'
import type { BusEvent } from './envelope.ts'
import { undeliverable } from './errors.ts'

/**
 * The line that a log group gets. A transformed input must be `{"timestamp": ..., "message": ...}`; the
 * event itself is written as it is. Source: EventBridge User Guide, "CloudWatch log group as a target".
 */
export function logEventOf(input: string, event: BusEvent): InputLogEvent {
  const value: unknown = JSON.parse(input)
  if (typeof value === 'object' && value !== null && 'timestamp' in value && 'message' in value) {
    const { timestamp, message } = value
    const atMs = typeof timestamp === 'number' ? timestamp : Date.parse(String(timestamp))
    if (Number.isNaN(atMs)) throw undeliverable('INVALID_PARAMETER', 'timestamp is not a time.')
    return {
      timestamp: atMs,
      message: typeof message === 'string' ? message : JSON.stringify(message),
    }
  }
  return { timestamp: event.timeMs, message: input }
}
