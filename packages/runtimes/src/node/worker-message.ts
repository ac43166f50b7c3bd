import type { CodeEnd, CodeError } from '@cloud-orrery/services'
import type { WorkerMessage } from './messages.ts'

type Fields = Readonly<Record<string, unknown>>

/**
 * A message as our side of the worker sends it, or undefined. The code runs in the same thread and may get hold of
 * the port: nothing that it puts there may bring the simulator down.
 */
export function workerMessage(value: unknown): WorkerMessage | undefined {
  return isFields(value) && isMessage(value) ? (value as unknown as WorkerMessage) : undefined
}

function isMessage(value: Fields): boolean {
  switch (value['type']) {
    case 'rest':
      return value['nextAtMs'] === undefined || isTime(value['nextAtMs'])
    case 'spin':
      return isTime(value['untilMs'])
    case 'initialized':
      return true
    case 'done':
      return typeof value['fatal'] === 'boolean' && isEnd(value['end'])
    case 'log':
      return isTime(value['atMs']) && isText(value['text'])
    case 'request':
      return isRequest(value)
    case 'abort':
      return isCount(value['id'])
    case 'child':
      return value['pid'] === undefined || isCount(value['pid'])
    case 'childEnded':
      return isCount(value['pid'])
    case 'signal':
      return isText(value['reason'])
    default:
      return false
  }
}

function isRequest(value: Fields): boolean {
  const { id, tls, method, path, query, headers, body } = value
  return (
    isCount(id) &&
    typeof tls === 'boolean' &&
    [method, path, query].every(isText) &&
    isFields(headers) &&
    Object.values(headers).every(isText) &&
    body instanceof Uint8Array
  )
}

/** The ends that code comes to by itself; the others the host sees. */
function isEnd(value: unknown): value is CodeEnd {
  if (!isFields(value)) return false
  const { kind, payload, error, contentType, chunks } = value
  switch (kind) {
    case 'returned':
      return isText(payload)
    case 'failed':
    case 'initFailed':
      return isText(payload) && isError(error)
    case 'streamed':
      return (
        isText(contentType) &&
        Array.isArray(chunks) &&
        chunks.every((it) => isFields(it) && isTime(it['atMs']) && isText(it['base64'])) &&
        (error === undefined || isError(error))
      )
    default:
      return false
  }
}

function isError(value: unknown): value is CodeError {
  if (!isFields(value)) return false
  const { errorType, errorMessage, trace } = value
  if (!isText(errorType) || !isText(errorMessage)) return false
  return trace === undefined || (Array.isArray(trace) && trace.every(isText))
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isTime(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value)
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}
