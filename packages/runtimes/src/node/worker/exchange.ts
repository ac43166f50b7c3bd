import type { NearEnd } from './far-end.ts'
import type { Destination } from './sockets.ts'

export interface Accepted {
  readonly near: NearEnd
  readonly to: Destination
  /** Ends the connection at the code's end, with an error. */
  fail(error: Error): void
  /** What came is no HTTP. */
  refuse(): void
}

/** A request that the code has sent whole. */
export interface AskedRequest {
  readonly method: string
  readonly target: string
  readonly headers: Record<string, string>
  /** Memory of its own. */
  readonly body: Uint8Array<ArrayBuffer>
}

export type AnswerHeaders = Readonly<Record<string, string | readonly string[]>>

/** Writes one answer to the code. */
export interface AnswerWriter {
  /** The head; where the body is not given it follows in chunks. */
  head(status: number, headers: AnswerHeaders, body: Uint8Array | undefined): void
  chunk(body: Uint8Array): void
  end(): void
}

/** How a connection hands its requests on. */
export interface Asking {
  /** The number of the exchange. */
  ask(request: AskedRequest, accepted: Accepted, writer: AnswerWriter): number
  /** The code has ended the connection before the answer was complete. */
  abort(id: number): void
}

/** What the code sees where an answer breaks off. */
export function reset(): Error {
  const error = new Error('read ECONNRESET')
  return Object.assign(error, { errno: -104, code: 'ECONNRESET', syscall: 'read' })
}
