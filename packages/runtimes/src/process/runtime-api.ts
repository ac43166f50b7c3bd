import { createHash } from 'node:crypto'
import type { CodeEnd, CodeEnvironment, CodeError, CodeInvocation } from '@cloud-orrery/services'
import { Extensions } from './extensions.ts'
import type { ProcessRequest } from './loopback-server.ts'

/** What the process posted last. */
interface Posted {
  readonly kind: 'response' | 'error' | 'initError'
  readonly request: ProcessRequest['request']
}

const runtimePrefix = '/2018-06-01/runtime/'
const extensionPrefix = '/2020-01-01/extension/'
const telemetryPaths = new Set(['/2022-07-01/telemetry', '/2020-08-15/logs'])

/** Lambda's Runtime API and Extensions API for one environment. Source: Lambda developer guide, both pages. */
export class RuntimeApi {
  readonly #environment: CodeEnvironment
  readonly #extensions: Extensions
  /** The runtime's request for the next event, while it waits. */
  #waiting: ProcessRequest | undefined
  #requestId: string | undefined
  #posted: Posted | undefined
  #idNumber = 0

  constructor(environment: CodeEnvironment) {
    this.#environment = environment
    this.#extensions = new Extensions(() => this.#newId())
  }

  get extensions(): Extensions {
    return this.#extensions
  }

  /** Whether the phase is over: everyone waits for the next event, and the answer to this one was posted. */
  get isDone(): boolean {
    if (this.#posted?.kind === 'initError') return true
    if (this.#waiting === undefined || !this.#extensions.rest) return false
    return this.#requestId === undefined || this.#posted !== undefined
  }

  /** Whether an answer or an error was posted in this phase. */
  get hasPosted(): boolean {
    return this.#posted !== undefined
  }

  /** Takes a request that is for these APIs; false for all others. */
  take(asked: ProcessRequest): boolean {
    const { path } = asked.request
    if (path.startsWith(runtimePrefix)) this.#runtime(asked, path.slice(runtimePrefix.length))
    else if (path.startsWith(extensionPrefix)) {
      this.#extension(asked, path.slice(extensionPrefix.length))
    } else if (telemetryPaths.has(path)) {
      refuse(asked, 501, 'Orrery.NotModelled', 'The Telemetry API is not modelled.')
    } else return false
    return true
  }

  hand(invocation: CodeInvocation): void {
    const { requestId, deadlineMs, invokedFunctionArn, traceId = '' } = invocation
    this.#requestId = requestId
    this.#posted = undefined
    const response = this.#waiting?.response
    this.#waiting = undefined
    response?.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': requestId,
      'lambda-runtime-deadline-ms': String(deadlineMs),
      'lambda-runtime-invoked-function-arn': invokedFunctionArn,
      ...header('lambda-runtime-trace-id', invocation.traceId),
      ...header('lambda-runtime-client-context', invocation.clientContext),
      ...header('lambda-runtime-cognito-identity', invocation.cognitoIdentity),
    })
    response?.end(invocation.payload)
    const tracing = { type: 'X-Amzn-Trace-Id', value: traceId }
    this.#extensions.send('INVOKE', { deadlineMs, requestId, invokedFunctionArn, tracing })
  }

  /** What failed before the first event was asked for. */
  initFailure(): CodeEnd | undefined {
    if (this.#posted?.kind !== 'initError') return undefined
    return { kind: 'initFailed', ...errorOf(this.#posted.request) }
  }

  /** What came of the event. */
  result(nowMs: number): CodeEnd {
    const posted = this.#posted
    this.#requestId = undefined
    if (posted === undefined) return { kind: 'returned', payload: 'null' }
    const { headers, body } = posted.request
    if (posted.kind !== 'response') return { kind: 'failed', ...errorOf(posted.request) }
    if (headers['lambda-runtime-function-response-mode'] === 'streaming') {
      const base64 = Buffer.from(body).toString('base64')
      const contentType = headers['content-type'] ?? 'application/octet-stream'
      return { kind: 'streamed', contentType, chunks: [{ atMs: nowMs, base64 }] }
    }
    return { kind: 'returned', payload: Buffer.from(body).toString() }
  }

  #runtime(asked: ProcessRequest, path: string): void {
    const { request, response } = asked
    const named = /^invocation\/([^/]+)\/(response|error)$/.exec(path)
    if (request.method === 'GET' && path === 'invocation/next') {
      this.#waiting = asked
    } else if (path === 'init/error') {
      this.#posted = { kind: 'initError', request }
      response.writeHead(202).end('{"status":"OK"}')
    } else if (named === null) {
      refuse(asked, 404, 'InvalidPath', `No such path: ${request.path}`)
    } else if (named[1] !== this.#requestId || this.#posted !== undefined) {
      refuse(asked, 400, 'InvalidRequestID', 'Invalid request ID')
    } else {
      this.#posted = { kind: named[2] === 'response' ? 'response' : 'error', request }
      response.writeHead(202).end('{"status":"OK"}')
    }
  }

  #extension(asked: ProcessRequest, path: string): void {
    const { request, response } = asked
    const { variables, handler } = this.#environment
    if (path === 'register') {
      const { events = [] } = parsed(request.body) as { events?: string[] }
      const id = this.#extensions.register(request.headers['lambda-extension-name'] ?? '', events)
      response.writeHead(200, { 'lambda-extension-identifier': id })
      const functionName = variables['AWS_LAMBDA_FUNCTION_NAME']
      const functionVersion = variables['AWS_LAMBDA_FUNCTION_VERSION']
      response.end(JSON.stringify({ functionName, functionVersion, handler }))
    } else if (path === 'event/next') {
      const id = request.headers['lambda-extension-identifier'] ?? ''
      if (!this.#extensions.wait(id, response)) {
        refuse(asked, 403, 'Extension.UnknownExtensionIdentifier', 'Unknown extension')
      }
    } else if (path === 'init/error' || path === 'exit/error') {
      this.#posted = { kind: 'initError', request }
      response.writeHead(202).end('{"status":"OK"}')
    } else refuse(asked, 404, 'InvalidPath', `No such path: ${request.path}`)
  }

  /** The same for every run: it is in the logs. */
  #newId(): string {
    this.#idNumber += 1
    const text = `${this.#environment.id}/${this.#idNumber}`
    const hex = createHash('sha256').update(text).digest('hex')
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5')
  }
}

function header(name: string, value: string | undefined): Record<string, string> {
  return value === undefined ? {} : { [name]: value }
}

function errorOf({ headers, body }: ProcessRequest['request']): {
  error: CodeError
  payload: string
} {
  const said = parsed(body) as Partial<Record<string, unknown>>
  const trace = said['stackTrace']
  const type = said['errorType'] ?? headers['lambda-runtime-function-error-type'] ?? 'Unhandled'
  return {
    payload: Buffer.from(body).toString(),
    error: {
      errorType: String(type),
      errorMessage: String(said['errorMessage'] ?? ''),
      ...(Array.isArray(trace) ? { trace: trace.map(String) } : {}),
    },
  }
}

/** An object in any case: what a runtime posts is not to be trusted. */
function parsed(body: Uint8Array): object {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString())
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}

function refuse({ response }: ProcessRequest, status: number, type: string, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ errorType: type, errorMessage: message }))
}
