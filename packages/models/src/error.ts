import type { ErrorDescriptor } from './descriptor.ts'

/**
 * An error that AWS would answer. Services build it with `awsError`, only in their `errors.ts`;
 * the protocol layer writes it in the caller's protocol.
 */
export class AwsError extends Error {
  override readonly name = 'AwsError'
  readonly code: string
  readonly status: number
  readonly fault: 'client' | 'server'
  readonly queryCode: string | undefined
  readonly queryStatus: number | undefined
  /** Further members of the error's shape, by their model names. */
  readonly fields: Readonly<Record<string, unknown>>
  /** Response headers that belong to the error, lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** What the journal keeps and the wire never shows: the explanation of a denial. */
  readonly detail: unknown

  constructor(descriptor: ErrorDescriptor, message: string, options: AwsErrorOptions = {}) {
    super(message)
    this.code = descriptor.code
    this.status = options.status ?? descriptor.status
    this.fault = descriptor.fault
    this.queryCode = descriptor.queryCode
    this.queryStatus = descriptor.queryStatus
    this.fields = options.fields ?? {}
    this.headers = options.headers ?? {}
    this.detail = options.detail
  }
}

export interface AwsErrorOptions {
  fields?: Record<string, unknown>
  headers?: Record<string, string>
  detail?: unknown
  /** HTTP status where AWS uses another than the model's. */
  status?: number
}

/** Emulated behaviour: what AWS would say. `descriptor` is a generated one, or `commonError(...)`. */
export function awsError(
  descriptor: ErrorDescriptor,
  message: string,
  options?: AwsErrorOptions,
): AwsError {
  return new AwsError(descriptor, message, options)
}

/** Errors that no model lists but every service can answer: `AccessDenied`, `ThrottlingException`. */
export function commonError(
  code: string,
  status: number,
  fault: 'client' | 'server' = status >= 500 ? 'server' : 'client',
): ErrorDescriptor {
  return { kind: 'error', code, status, fault }
}
