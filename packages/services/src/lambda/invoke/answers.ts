import type { CodeEnd } from '../../code.ts'
import { responseBytesMax } from '../limits.ts'

/** What whoever invoked a function gets. */
export interface Answer {
  /** JSON text. */
  readonly payload: string
  readonly failed: boolean
  /** For the REPORT line: `timeout`, or `error` with its type. */
  readonly status?: { readonly kind: 'timeout' | 'error'; readonly errorType?: string }
  /** A line that Lambda itself writes into the log. */
  readonly logLine?: string
}

interface Told {
  readonly requestId: string
  readonly nowMs: number
  readonly timeoutSeconds: number
}

/** The end of a run in AWS's words. Undefined for ends that are no answer: `unavailable`, `lost`. */
export function answerOf(end: CodeEnd, told: Told): Answer | undefined {
  switch (end.kind) {
    case 'returned':
      return returned(end.payload)
    case 'streamed':
      return streamed(end)
    case 'failed':
      return { payload: end.payload, failed: true }
    case 'initFailed':
      return {
        payload: end.payload,
        failed: true,
        status: { kind: 'error', errorType: end.error.errorType },
      }
    case 'timedOut':
      return timedOut(told)
    case 'exited':
      return exited(end, told)
    case 'unavailable':
    case 'lost':
      return undefined
  }
}

/** Source: developer guide, "Troubleshoot invocation issues": the error's own words. */
function returned(payload: string): Answer {
  if (Buffer.byteLength(payload) <= responseBytesMax) return { payload, failed: false }
  return {
    payload: JSON.stringify({
      errorMessage: `Response payload size exceeded maximum allowed payload size (${responseBytesMax} bytes).`,
      errorType: 'Function.ResponseSizeTooLarge',
    }),
    failed: true,
    status: { kind: 'error', errorType: 'Function.ResponseSizeTooLarge' },
  }
}

function streamed(end: Extract<CodeEnd, { kind: 'streamed' }>): Answer {
  if (end.error !== undefined) return { payload: JSON.stringify(end.error), failed: true }
  return returned(
    Buffer.concat(end.chunks.map(({ base64 }) => Buffer.from(base64, 'base64'))).toString(),
  )
}

/** Recorded: lambda, `test_lambda_invoke_with_timeout`. */
function timedOut({ requestId, nowMs, timeoutSeconds }: Told): Answer {
  const text = `Task timed out after ${timeoutSeconds.toFixed(2)} seconds`
  return {
    payload: JSON.stringify({
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${requestId} Error: ${text}`,
    }),
    failed: true,
    status: { kind: 'timeout' },
    logLine: `${new Date(nowMs).toISOString()} ${requestId} ${text}\n\n`,
  }
}

/** Recorded: lambda, `test_lambda_handler_exit`. Ends with a status are those of user reports. */
function exited(end: Extract<CodeEnd, { kind: 'exited' }>, { requestId }: Told): Answer {
  const why =
    end.reason === 'exit status 0' || end.reason === ''
      ? 'Runtime exited without providing a reason'
      : `Runtime exited with error: ${end.reason}`
  const text = `RequestId: ${requestId} Error: ${why}`
  return {
    payload: JSON.stringify({ errorType: 'Runtime.ExitError', errorMessage: text }),
    failed: true,
    status: {
      kind: 'error',
      errorType: end.outOfMemory ? 'Runtime.OutOfMemory' : 'Runtime.ExitError',
    },
    logLine: `${text}\nRuntime.ExitError\n`,
  }
}
