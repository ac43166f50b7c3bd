import { Readable } from 'node:stream'
import type { HttpRequest } from '@cloud-orrery/protocols'
import type { Cloud } from './cloud.ts'
import { answer } from './door.ts'
import { lowerCaseName } from './header-names.ts'
import { plainHttpHeader, sourceIpHeader } from './steps/authenticate.ts'

/** What the AWS SDK for JavaScript hands to its HTTP handler; its own types, in the part used here. */
interface SdkRequest {
  method: string
  protocol?: string
  hostname: string
  path: string
  query?: Record<string, string | string[] | null>
  headers: Record<string, string>
  body?: unknown
}

interface SdkResponse {
  statusCode: number
  headers: Record<string, string>
  body: unknown
}

/** The SDK's type of a signal is older than the platform's, whose signals it hands over. */
interface SdkAbortSignal {
  readonly aborted: boolean
}

/** The in-process door: a request handler for any client of the AWS SDK for JavaScript v3. */
export class SdkHandler {
  readonly metadata = { handlerProtocol: 'http/1.1' }
  readonly #cloud: Cloud

  readonly #sourceIp: string | undefined
  readonly #verifiedKeys = new Set<string>()

  constructor(cloud: Cloud, sourceIp?: string) {
    this.#cloud = cloud
    this.#sourceIp = sourceIp
  }

  async handle(
    request: SdkRequest,
    options: { abortSignal?: SdkAbortSignal } = {},
  ): Promise<{ response: SdkResponse }> {
    const { body: sent } = request
    const body = bytesAtHand(sent) ?? (await bytesOf(sent))
    const received: HttpRequest = {
      method: request.method,
      path: request.path,
      query: queryText(request.query),
      headers: lowerCase(request.headers),
      body,
    }
    received.headers['host'] ??= request.hostname
    if (request.protocol === 'http:') received.headers[plainHttpHeader] = 'true'
    if (this.#sourceIp !== undefined) received.headers[sourceIpHeader] = this.#sourceIp
    const { abortSignal } = options
    const signal = abortSignal instanceof AbortSignal ? abortSignal : undefined
    const answered = answer(this.#cloud, 'in-process', received, {
      signal,
      verifiedKeys: this.#verifiedKeys,
    })
    const { response, streaming } = await (signal === undefined
      ? answered
      : unlessAborted(answered, signal))
    return {
      response: {
        statusCode: response.status,
        headers: response.headers,
        body:
          streaming || !(response.body instanceof Uint8Array)
            ? streamOf(response.body)
            : response.body,
      },
    }
  }

  updateHttpClientConfig(): void {}

  httpHandlerConfigs(): Record<string, never> {
    return {}
  }

  destroy(): void {}
}

/** The call goes on to its end, as on AWS; its answer has nobody to go to. */
async function unlessAborted<T>(answered: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const abort = (): void =>
    reject(Object.assign(new Error('Request aborted'), { name: 'AbortError' }))
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([answered, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

function streamOf(body: Uint8Array | AsyncIterable<Uint8Array>): Readable {
  return body instanceof Uint8Array
    ? Readable.from(body.length === 0 ? [] : [body])
    : Readable.from(body)
}

/** Undefined for a body that has to be waited for. */
function bytesAtHand(body: unknown): Uint8Array | undefined {
  if (body === undefined || body === null) return new Uint8Array(0)
  if (typeof body === 'string') return Buffer.from(body)
  return body instanceof Uint8Array ? body : undefined
}

async function bytesOf(body: unknown): Promise<Uint8Array> {
  if (body instanceof ArrayBuffer) return new Uint8Array(body)
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
  if (body instanceof Blob) return new Uint8Array(await body.arrayBuffer())
  const chunks: Uint8Array[] = []
  // What is left of the SDK's body types is a stream: Node's or the web's, both async iterable.
  for await (const chunk of body as AsyncIterable<Uint8Array | string>) {
    chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)
  }
  return Buffer.concat(chunks)
}

function queryText(query: SdkRequest['query']): string {
  if (query === undefined) return ''
  const parts: string[] = []
  for (const [name, value] of Object.entries(query)) {
    const key = encode(name)
    if (value === null) parts.push(key)
    else if (Array.isArray(value)) for (const one of value) parts.push(`${key}=${encode(one)}`)
    else parts.push(`${key}=${encode(value)}`)
  }
  return parts.join('&')
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function lowerCase(headers: Record<string, string>): Record<string, string> {
  const lower: Record<string, string> = {}
  for (const name in headers) lower[lowerCaseName(name)] = headers[name] ?? ''
  return lower
}
