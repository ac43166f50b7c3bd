import type { Json } from '../engine/json.ts'
import type { EventTarget } from './events.ts'
import { type Made, made } from './resources.ts'

/** What tells the caller's resource: rules, topics and log groups by ARN, buckets by account. */
interface PermissionSource {
  readonly SourceArn?: Json
  readonly SourceAccount?: Json
  readonly EventSourceToken?: Json | undefined
}

/** What lets a service call a function for one of its events. */
export function permission(
  { attributes, nameOrArn }: EventTarget,
  eventId: string,
  principal: string,
  source: PermissionSource,
): Made {
  return made(
    `${eventId}Permission`,
    'AWS::Lambda::Permission',
    { Action: 'lambda:InvokeFunction', FunctionName: nameOrArn, Principal: principal, ...source },
    { attributes },
  )
}
