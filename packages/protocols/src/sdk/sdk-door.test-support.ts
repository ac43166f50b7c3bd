import { Readable } from 'node:stream'
import { AwsError, type ServiceModel } from '@cloud-orrery/models'
import type { HttpRequest, HttpResponse, ResolvedOperation } from '../http.ts'
import { decodeInput, encodeError, encodeOutput } from '../protocol.ts'
import { resolveOperation } from '../routing.ts'
import { uriEncode } from '../signature/canonical-request.ts'
import { parseSignature } from '../signature/parse-signature.ts'
import { verifySignature } from '../signature/verify-signature.ts'

/** The request that an SDK hands to its request handler. */
interface SdkRequest {
  method: string
  hostname: string
  path: string
  query?: Record<string, string | string[] | null>
  headers: Record<string, string>
  body?: unknown
}

/** One call as the server saw it. */
export interface SeenCall {
  request: HttpRequest
  operation: string
  protocol: string
  input: Record<string, unknown>
  signatureIsValid: boolean
}

export const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}

/**
 * A request handler for SDK clients that decodes each request with this package and answers with what `answer`
 * returns, encoded by it. `seen` has the calls in their order.
 */
export function sdkDoor(
  model: ServiceModel,
  answer: (input: Record<string, unknown>, resolved: ResolvedOperation) => unknown,
) {
  const seen: SeenCall[] = []
  const handle = async (sent: SdkRequest) => {
    const request = await requestOf(sent)
    const resolved = resolveOperation(model, request)
    if (resolved === undefined) throw new Error(`No operation: ${request.method} ${request.path}`)
    const input = decodeInput(model, resolved, request)
    const { operation, protocol } = resolved
    const signatureIsValid = isSigned(request)
    seen.push({ request, operation: operation.name, protocol, input, signatureIsValid })
    return { response: sdkResponse(respond(model, resolved, () => answer(input, resolved))) }
  }
  return {
    seen,
    config: { region: 'us-east-1', credentials, maxAttempts: 1, requestHandler: { handle } },
  }
}

function respond(
  model: ServiceModel,
  resolved: ResolvedOperation,
  run: () => unknown,
): HttpResponse {
  try {
    return encodeOutput(model, resolved, run(), 'request-1', 'host-1')
  } catch (cause) {
    if (!(cause instanceof AwsError)) throw cause
    const context = { requestId: 'request-1', hostId: 'host-1' }
    return encodeError(model, resolved.protocol, resolved.operation, cause, context)
  }
}

export function isSigned(request: HttpRequest): boolean {
  const signed = parseSignature(request)
  if (signed === undefined || signed instanceof AwsError) return false
  return verifySignature(request, signed, credentials.secretAccessKey).ok
}

function sdkResponse({ status, headers, body }: HttpResponse) {
  const stream =
    body instanceof Uint8Array ? Readable.from([Buffer.from(body)]) : Readable.from(body)
  return { statusCode: status, headers, body: stream }
}

async function requestOf(sent: SdkRequest): Promise<HttpRequest> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(sent.headers))
    headers[name.toLowerCase()] = String(value)
  headers['host'] ??= sent.hostname
  const query = Object.entries(sent.query ?? {}).flatMap(([name, value]) =>
    [value ?? '']
      .flat()
      .map((text) => (text === '' ? uriEncode(name) : `${uriEncode(name)}=${uriEncode(text)}`)),
  )
  const body = await bytesOf(sent.body)
  return { method: sent.method, path: sent.path, query: query.join('&'), headers, body }
}

async function bytesOf(body: unknown): Promise<Uint8Array> {
  if (body === undefined) return new Uint8Array(0)
  if (typeof body === 'string') return Buffer.from(body)
  if (body instanceof Uint8Array) return body
  const pieces: Uint8Array[] = []
  for await (const piece of body as AsyncIterable<Uint8Array>) pieces.push(piece)
  return Buffer.concat(pieces)
}
