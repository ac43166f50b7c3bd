import type { BlobRef, CodeTurns } from '@cloud-orrery/kernel'
import type { HttpRequest, HttpResponse } from '@cloud-orrery/protocols'

export interface CodeRequestOptions {
  /** The code asked by `https:`. */
  readonly tls: boolean
  /** It came to the endpoint that the runtime gave the code (`AWS_ENDPOINT_URL`), whatever its `host` says. */
  readonly endpoint: boolean
  /** Aborted when the code's end of the connection has gone. */
  readonly signal?: AbortSignal
}

/** The cloud as the user's code meets it, for the length of one invocation. */
export interface CodeWorld {
  readonly turns: CodeTurns
  /** Model time, ms since 1970. */
  nowMs(): number
  /** Model milliseconds to each millisecond of the wall's: 0 where the clock stands while code runs. */
  readonly pace: number
  body(ref: BlobRef): Uint8Array
  /**
   * Answers a request that the code makes, by the name in its `host` header. Undefined: there is no such name in the
   * model's internet, and it may not be really called either; the code sees a host that cannot be found.
   */
  request(request: HttpRequest, options: CodeRequestOptions): Promise<HttpResponse | undefined>
}
