import { isObject, type Json, type JsonObject, scalarText } from '../engine/json.ts'
import { customAnswerBytesMax, physicalIdCharactersMax } from '../limits.ts'

/** What an answer to a custom resource's request says. */
export type CustomAnswer =
  | {
      readonly kind: 'success'
      readonly physicalId: string
      readonly data: JsonObject
      readonly noEcho: boolean
    }
  /** `physicalId` absent: the answer had none that could be used. */
  | { readonly kind: 'failure'; readonly physicalId?: string; readonly reason: string }

/** The ids that an answer has to repeat. */
export interface AskedFor {
  readonly requestId: string
  readonly stackId: string
  readonly logicalId: string
}

/**
 * Reads an answer. Source: CloudFormation User Guide, "Custom resource response objects"; the reasons are
 * those of users' reports, but for a body that is no JSON and ids that are not repeated, where they are ours.
 */
export function readAnswer(text: string, asked: AskedFor): CustomAnswer {
  if (Buffer.byteLength(text) > customAnswerBytesMax) {
    return { kind: 'failure', reason: 'Response object is too long.' }
  }
  const body = parsed(text)
  if (body === undefined) {
    return { kind: 'failure', reason: 'Invalid Response object: the body is not a JSON object' }
  }
  const wrong = unrepeated(body, asked)
  if (wrong !== undefined) {
    return {
      kind: 'failure',
      reason: `Invalid Response object: ${wrong} is not that of the request`,
    }
  }
  const status = body['Status']
  if (status !== 'SUCCESS' && status !== 'FAILED') {
    const shown = scalarText(status) ?? 'null'
    return {
      kind: 'failure',
      reason: `Invalid Response object: '${shown}' is not a valid ResponseStatus`,
    }
  }
  const physicalId = body['PhysicalResourceId']
  if (
    typeof physicalId !== 'string' ||
    physicalId === '' ||
    physicalId.length > physicalIdCharactersMax
  ) {
    return { kind: 'failure', reason: 'Invalid PhysicalResourceId' }
  }
  if (status === 'FAILED') {
    const reason = `Received response status [FAILED] from custom resource. Message returned: ${scalarText(body['Reason']) ?? 'null'} (RequestId: ${asked.requestId})`
    return { kind: 'failure', physicalId, reason }
  }
  const data = body['Data']
  return {
    kind: 'success',
    physicalId,
    data: isObject(data) ? data : {},
    noEcho: scalarText(body['NoEcho'])?.toLowerCase() === 'true',
  }
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return undefined
  }
}

function unrepeated(body: JsonObject, asked: AskedFor): string | undefined {
  const wanted: readonly (readonly [string, Json])[] = [
    ['StackId', asked.stackId],
    ['RequestId', asked.requestId],
    ['LogicalResourceId', asked.logicalId],
  ]
  return wanted.find(([name, value]) => body[name] !== value)?.[0]
}
