import type { CodeEnd } from '../../code.ts'
import type { HttpOperationOutput } from '../../http-operation.ts'
import type { Answer } from '../invoke/answers.ts'

/** Content type of a stream that begins with its status and headers. Source: developer guide, "Response streaming". */
const preludeType = 'application/vnd.awslambda.http-integration-response'
/** What separates them from the body. */
const preludeEnd = Buffer.alloc(8)

/** What the function's answer becomes on the wire. Source: developer guide, "Request and response payloads". */
export function bufferedResponse({ payload, failed }: Answer): HttpOperationOutput {
  if (failed) return internalError()
  const answer = parsed(payload)
  if (typeof answer === 'string') return plain(answer)
  if (typeof answer !== 'object' || answer === null || !('statusCode' in answer)) {
    return plain(payload)
  }
  return shaped(answer as Shaped)
}

interface Shaped {
  readonly statusCode: unknown
  readonly headers?: Readonly<Record<string, unknown>> | null
  readonly cookies?: readonly unknown[] | null
  readonly body?: unknown
  readonly isBase64Encoded?: unknown
}

function shaped({
  statusCode,
  headers,
  cookies,
  body,
  isBase64Encoded,
}: Shaped): HttpOperationOutput {
  const status = Number(statusCode)
  if (!Number.isInteger(status) || status < 100 || status > 599) return internalError()
  const text =
    typeof body === 'string'
      ? body
      : body === undefined || body === null
        ? ''
        : JSON.stringify(body)
  return {
    status,
    headers: {
      'content-type': 'application/json',
      ...lowerCase(headers ?? {}),
    },
    ...(cookies === undefined || cookies === null || cookies.length === 0
      ? {}
      : { cookies: cookies.map(String) }),
    body: Buffer.from(text, isBase64Encoded === true ? 'base64' : 'utf8'),
  }
}

function lowerCase(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  )
}

function parsed(payload: string): unknown {
  try {
    return JSON.parse(payload)
  } catch {
    return undefined // A custom runtime may answer with anything: it goes out as it is.
  }
}

function plain(text: string): HttpOperationOutput {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(text) }
}

/** Source: user reports of function URLs whose function fails. */
export function internalError(): HttpOperationOutput {
  return {
    status: 502,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from('Internal Server Error'),
  }
}

/** A streamed answer, with status and headers of its own where the function set them. */
export function streamedResponse(end: CodeEnd, answer: Answer): HttpOperationOutput {
  if (end.kind !== 'streamed') return answer.failed ? internalError() : plain(answer.payload)
  const bytes = Buffer.concat(end.chunks.map(({ base64 }) => Buffer.from(base64, 'base64')))
  if (end.contentType !== preludeType) {
    return { status: 200, headers: { 'content-type': end.contentType }, body: bytes }
  }
  const at = bytes.indexOf(preludeEnd)
  const prelude = at === -1 ? undefined : parsed(bytes.subarray(0, at).toString())
  if (typeof prelude !== 'object' || prelude === null) return internalError()
  // The prelude has the members of a buffered answer, without the body.
  const response = shaped({ statusCode: 200, ...(prelude as Partial<Shaped>), body: '' })
  return { ...response, body: bytes.subarray(at + preludeEnd.byteLength) }
}
