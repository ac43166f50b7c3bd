import { operationDescriptor } from '@cloud-orrery/models'
import type { HttpRequest } from '@cloud-orrery/protocols'
import { type Claim, type OperationHandler, type OperationOptions, operation } from './define.ts'

/** A request by plain HTTP to a name that a service answers for: a function URL, a website, an API. */
export interface HttpOperationInput {
  /** From the `host` header, without port, in lower case. */
  readonly host: string
  /** The name that the service answers for, to which `host` leads by DNS; the same where it is the service's own. */
  readonly servedName: string
  /** Upper case. */
  readonly method: string
  /** Raw, still percent-encoded. */
  readonly path: string
  /** Raw, without `?`. */
  readonly query: string
  /** Lower-case names; repeated headers joined with `,`. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** What goes back, as it is. A refusal that the operation throws is worded in the service's protocol. */
export interface HttpOperationOutput {
  readonly status: number
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** Each is a `set-cookie` header of its own. */
  readonly cookies?: readonly string[]
  readonly body: Uint8Array | AsyncIterable<Uint8Array>
}

/**
 * What a service answers to every request for the hosts of its registry entry (`hosts`), under a name of IAM's or
 * ours: on the same path as each API call, so that identity, policy, faults and journal apply. Callers without a
 * signature are anonymous.
 */
export function httpOperation(
  service: string,
  name: string,
  options: OperationOptions<HttpOperationInput, HttpOperationOutput> & {
    /** Signatures are not looked at: a browser's preflight carries the one of the request to come. */
    readonly unsigned?: boolean
    /** Reads who signed, where a request of an unsigned operation says so in its own way. Throws AwsError. */
    readonly claimed?: (request: HttpRequest) => Claim | undefined
  },
): OperationHandler {
  return {
    ...operation(
      operationDescriptor<HttpOperationInput, HttpOperationOutput>(service, name),
      options,
    ),
    isHttp: true,
    ...(options.unsigned === undefined ? {} : { unsigned: options.unsigned }),
    ...(options.claimed === undefined ? {} : { claimed: options.claimed }),
  }
}
