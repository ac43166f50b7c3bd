import type { CodeEnd, CodeInvocation } from '@cloud-orrery/services'
import { isRecord } from './arguments.ts'
import { RuntimeError, reported } from './errors.ts'
import type { Handler, LoadedHandler } from './handler.ts'
import { type Output, setRequestId } from './output.ts'
import { ResponseStream } from './response-stream.ts'

export interface InvocationOptions {
  readonly handler: LoadedHandler
  /** Major version of the runtime: the one of Node.js 24 has no callbacks. */
  readonly version: number
  readonly output: Output
  nowMs(): number
  shown(text: string): string
  done(end: CodeEnd, fatal: boolean): void
}

/** The handler is called as its method: stacks on AWS say `Runtime.handler`. */
class Runtime {
  readonly handler: Handler

  constructor(handler: Handler) {
    this.handler = handler
  }
}

const versionOfAsyncRuntime = 24

const unsettled =
  'The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that was never settled. For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes'

/** One event, from the runtime's side. Source: aws-lambda-nodejs-runtime-interface-client, `Runtime`, `CallbackContext`. */
export class Invocation {
  readonly #options: InvocationOptions
  readonly #invocation: CodeInvocation
  readonly #runtime: Runtime
  #over = false
  /** What happens when the code waits for nothing any more. */
  #onEmpty: (() => void) | undefined

  constructor(options: InvocationOptions, invocation: CodeInvocation) {
    this.#options = options
    this.#invocation = invocation
    this.#runtime = new Runtime(options.handler.run)
  }

  get over(): boolean {
    return this.#over
  }

  start(): void {
    const { handler, version } = this.#options
    setRequestId(this.#invocation.requestId)
    if (handler.streaming) this.#stream()
    else if (version >= versionOfAsyncRuntime) this.#runAsync()
    else this.#runWithCallback()
  }

  /** The event loop is empty. Returns whether something follows from it. */
  empty(): boolean {
    const listener = this.#onEmpty
    this.#onEmpty = undefined
    listener?.()
    return listener !== undefined
  }

  /** An error that nobody caught ends the process, and fails the invocation. */
  crash(error: unknown): void {
    this.#fail(error, true)
  }

  #end(end: CodeEnd, fatal = false): void {
    if (this.#over) return
    this.#over = true
    this.#onEmpty = undefined
    this.#options.done(end, fatal)
  }

  #fail(thrown: unknown, fatal = false): void {
    const { shown } = this.#options
    const error = reported(thrown, shown)
    this.#end({ kind: 'failed', error, payload: JSON.stringify(error) }, fatal)
  }

  #failLogged(thrown: unknown): void {
    this.#options.output.printError('Invoke Error', thrown)
    this.#fail(thrown)
  }

  #event(): unknown {
    return JSON.parse(this.#invocation.payload)
  }

  /** The runtime of Node.js 24: what the handler returns is the answer. */
  #runAsync(): void {
    this.#onEmpty = () => this.#failLogged(new RuntimeError('NodeJsExit', unsettled))
    const run = async () => this.#runtime.handler(this.#event(), this.#context())
    run().then(
      (result) => {
        try {
          this.#end({ kind: 'returned', payload: payloadOf(result, 'Runtime.JSONStringifyError') })
        } catch (error) {
          this.#failLogged(error)
        }
      },
      (error: unknown) => this.#failLogged(error),
    )
  }

  #runWithCallback(): void {
    const { handler, output } = this.#options
    let finished = false
    let waitForEmptyLoop = true
    const complete = (result: unknown) => {
      if (this.#over) {
        output.print('ERROR', [
          'Invocation has already been reported as done. Cannot call complete more than once per invocation.',
        ])
        return
      }
      this.#end({ kind: 'returned', payload: payloadOf(result, 'Error') })
    }
    const done = (error?: unknown, result?: unknown) => {
      this.#onEmpty = undefined
      if (error !== undefined && error !== null) this.#failLogged(error)
      else complete(result)
    }
    const callback = (error?: unknown, result?: unknown) => {
      if (waitForEmptyLoop && (error === undefined || error === null)) {
        this.#onEmpty = () => void setImmediate(() => complete(result))
      } else done(error, result)
    }
    // Only the first of them counts, unless it throws: what it was to report cannot be written as JSON.
    const once =
      (run: (...args: unknown[]) => void) =>
      (...args: unknown[]): void => {
        if (finished) return
        run(...args)
        finished = true
      }
    const control = {
      get callbackWaitsForEmptyEventLoop() {
        return waitForEmptyLoop
      },
      set callbackWaitsForEmptyEventLoop(value) {
        waitForEmptyLoop = value
      },
      succeed: once((result) => done(null, result)),
      fail: once((error) => done(error ?? 'handled')),
      done: once(done),
    }
    this.#onEmpty = () => {
      if (handler.declaredAsync) this.#failLogged(new RuntimeError('NodeJsExit', unsettled))
      else this.#end({ kind: 'returned', payload: 'null' })
    }
    const first = once(callback)
    try {
      const result = this.#runtime.handler(
        this.#event(),
        Object.assign(control, this.#context()),
        first,
      )
      if (isRecord(result) && typeof result['then'] === 'function') {
        // A thenable of the code's own may be no promise.
        void Promise.resolve(result).then(control.succeed).catch(control.fail)
      }
    } catch (error) {
      first(error)
    }
  }

  #stream(): void {
    const { nowMs, output, shown } = this.#options
    const stream = new ResponseStream(nowMs)
    const streamed = () => ({
      kind: 'streamed' as const,
      contentType: stream.contentType,
      chunks: stream.chunks,
    })
    const fail = (error: unknown) => {
      output.printError('Invoke Error', error)
      this.#end({ ...streamed(), error: reported(error, shown) })
    }
    const finished = new Promise<void>((resolve, reject) => {
      stream.once('finish', resolve)
      stream.once('error', reject)
    })
    finished.catch(() => undefined) // Told by `fail` where the handler is waited for.
    const run = async () => {
      const result = this.#runtime.handler(this.#event(), stream, this.#context())
      if (!isRecord(result) || typeof result['then'] !== 'function') {
        throw 'Streaming does not support non-async handlers.'
      }
      const value = await result
      if (value !== undefined) output.print('WARN', ['Streaming handlers ignore return values.'])
      await finished
    }
    run().then(() => this.#end(streamed()), fail)
  }

  #context(): object {
    const { env } = process
    const { traceId, clientContext, cognitoIdentity, deadlineMs } = this.#invocation
    if (traceId === undefined) delete env['_X_AMZN_TRACE_ID']
    else env['_X_AMZN_TRACE_ID'] = traceId
    return {
      functionVersion: env['AWS_LAMBDA_FUNCTION_VERSION'],
      functionName: env['AWS_LAMBDA_FUNCTION_NAME'],
      memoryLimitInMB: env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'],
      logGroupName: env['AWS_LAMBDA_LOG_GROUP_NAME'],
      logStreamName: env['AWS_LAMBDA_LOG_STREAM_NAME'],
      clientContext: parsed(clientContext, 'ClientContext'),
      identity: parsed(cognitoIdentity, 'CognitoIdentity'),
      invokedFunctionArn: this.#invocation.invokedFunctionArn,
      awsRequestId: this.#invocation.requestId,
      tenantId: undefined,
      getRemainingTimeInMillis: () => deadlineMs - Date.now(),
    }
  }
}

function parsed(json: string | undefined, name: string): unknown {
  if (json === undefined) return undefined
  try {
    return JSON.parse(json)
  } catch (error) {
    throw new Error(`Cannot parse ${name} as json: ${String(error)}`)
  }
}

/** An answer as JSON; nothing is `null`, and so is what JSON does not know. */
function payloadOf(result: unknown, errorName: string): string {
  try {
    // Deviation: Lambda answers with an empty payload where a function or symbol is returned; here it is `null`.
    return JSON.stringify(result === undefined ? null : result) ?? 'null'
  } catch {
    const error = new Error('Unable to stringify response body')
    if (errorName !== 'Error') error.name = errorName
    throw error
  }
}
