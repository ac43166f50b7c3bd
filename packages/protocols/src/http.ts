import type { OperationModel, Protocol } from '@cloud-orrery/models'

/** A request as any door hands it over, before a protocol is known. */
export interface HttpRequest {
  /** Upper case. */
  method: string
  /** Raw, still percent-encoded, without the query. */
  path: string
  /** Raw query without `?`. */
  query: string
  /** Lower-case names; repeated headers joined with `,`. */
  headers: Record<string, string>
  body: Uint8Array
}

export interface HttpResponse {
  status: number
  /** Lower-case names. */
  headers: Record<string, string>
  /** Each is a `set-cookie` header of its own. */
  cookies?: readonly string[]
  /** An async iterable for event streams and for streaming outputs that a handler gave as one. */
  body: Uint8Array | AsyncIterable<Uint8Array>
}

/** What a request means: the protocol that it is written in and the operation that it names. */
export interface ResolvedOperation {
  protocol: Protocol
  operation: OperationModel
  /** Decoded URI labels. */
  labels: Record<string, string>
}

/** What an error response carries beside the error. */
export interface ErrorContext {
  requestId: string
  /** S3's `x-amz-id-2`. */
  hostId?: string
  /** The path that was asked for. Not written: S3's recorded errors have no `<Resource>`, unlike its examples. */
  resource?: string
  /** A HEAD request: S3 then answers with headers only. */
  method?: string
}

export const emptyBody: Uint8Array = new Uint8Array(0)
