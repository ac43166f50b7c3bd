import { createHash } from 'node:crypto'
import { bucketRequest } from './bucket-request.ts'
import { elements, fitting, secrecyOf } from './elements.ts'
import { eventNameOf } from './event-kinds.ts'
import { recordVersion } from './limits.ts'
import { isDenial, type RecordedCall } from './recorded-call.ts'
import { recordResources } from './resources.ts'
import { callerOrigin, isoSeconds, userIdentity } from './user-identity.ts'

type Json = Readonly<Record<string, unknown>>

/**
 * The record of a call, in the order in which AWS writes its members.
 * Source: CloudTrail User Guide, "CloudTrail record contents"; recorded: LookupEvents, August 2026.
 */
export function eventRecord(call: RecordedCall, recipientAccountId: string): Json {
  const { service, operation, model, error, requestId } = call
  const resources = recordResources(call)
  return {
    eventVersion: recordVersion,
    userIdentity: userIdentity(call.caller, recipientAccountId),
    eventTime: isoSeconds(call.atMs),
    eventSource: model.eventSource,
    eventName: eventNameOf(service, operation.name),
    awsRegion: call.region,
    ...callerOrigin(call.caller),
    ...(error === undefined ? {} : { errorCode: errorCodeOf(call), errorMessage: error.message }),
    requestParameters: fitting('requestParameters', requestParameters(call)),
    responseElements: fitting('responseElements', responseElements(call)),
    requestID: requestId,
    eventID: eventIdOf(call, recipientAccountId),
    readOnly: call.readOnly,
    ...(resources === undefined ? {} : { resources }),
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId,
    ...(isShared(call) ? { sharedEventID: uuidOf(`shared event ${requestId}`) } : {}),
    eventCategory: 'Management',
  }
}

/** Stable for a call and a recipient: looking twice gives the same id. */
export function eventIdOf({ requestId }: RecordedCall, recipientAccountId: string): string {
  return uuidOf(`event ${requestId} of ${recipientAccountId}`)
}

/** Both the caller's and the owner's account have the event. */
function isShared(call: RecordedCall): boolean {
  const { callerAccountId, ownerAccountId, caller } = call
  if (caller.principal.kind === 'service') return true
  return callerAccountId !== ownerAccountId && !isDenial(call)
}

/** The code of the model; denials have one code in records, whatever the protocol made of it. */
function errorCodeOf(call: RecordedCall): string | undefined {
  return isDenial(call) ? 'AccessDenied' : call.error?.code
}

/** A denied request was not looked at: only S3, which records the HTTP request, shows what it asked. */
function requestParameters(call: RecordedCall): Json | null {
  const { service, operation, input, region } = call
  if (service === 's3') return bucketRequest(operation, input, region)
  if (isDenial(call)) return null
  return elements(operation.input, input, secrecyOf(service))
}

/** Null for what changes nothing, except that STS shows whom it gave credentials to. */
function responseElements(call: RecordedCall): Json | null {
  const { service, operation, output, error } = call
  if (error !== undefined || output === undefined || service === 's3') return null
  const givesCredentials = service === 'sts' && output['Credentials'] !== undefined
  if (call.readOnly && !givesCredentials) return null
  return elements(operation.output, output, secrecyOf(service))
}

/** Sixteen bytes of SHA-256 in the form of a UUID. */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ]
  return parts.join('-')
}
