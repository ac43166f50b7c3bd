import type { Context } from '../../context.ts'
import type { HttpOperationInput } from '../../http-operation.ts'
import type { StageRecord } from '../state.ts'
import type { MatchedRoute } from './routing.ts'
import type { ServedApi } from './served-api.ts'

/** What an authorizer found out about a caller. */
export type Authorized =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'jwt'
      readonly claims: Readonly<Record<string, string>>
      readonly scopes: readonly string[] | null
    }
  | {
      readonly kind: 'function'
      readonly context: Readonly<Record<string, unknown>>
      readonly principalId?: string
    }
  | { readonly kind: 'iam' }

/** One request to a stage of an HTTP API, and what became known of it on its way. */
export interface ApiCall {
  readonly ctx: Context
  readonly request: HttpOperationInput
  readonly stage: StageRecord
  readonly served: ServedApi
  /** What routes are matched with: without stage and base path. */
  readonly path: string
  /** With the stage's name, where it is not `$default`. */
  readonly rawPath: string
  /** As the client asked for it, with base path and stage. */
  readonly fullPath: string
  /** The custom domain name's base path, where one led here. */
  readonly basePath: string | undefined
  /** `JKJaXmPLvHcESHA=`: the answer's `apigw-requestid`. */
  readonly requestId: string
  readonly startedAtMs: number
  readonly sourceIp: string
  /** Set once found. */
  matched?: MatchedRoute
  authorized: Authorized
  /** For access logs. */
  readonly notes: CallNotes
}

/** What access logs tell of integration and authorizer. */
export interface CallNotes {
  authorizerError?: string
  error?: string
  errorType?: string
  integrationError?: string
  integrationStatus?: number
  integrationLatencyMs?: number
  integrationRequestId?: string
}

/** Query parameters, decoded, in order. */
export function queryParameters(query: string): Record<string, string[]> {
  const all: Record<string, string[]> = {}
  for (const [name, value] of new URLSearchParams(query)) {
    if (Object.hasOwn(all, name)) all[name]?.push(value)
    else Object.defineProperty(all, name, { value: [value], enumerable: true, writable: true })
  }
  return all
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `12/Mar/2020:19:03:58 +0000` */
export function requestTime(ms: number): string {
  const iso = new Date(ms).toISOString()
  const month = months[Number(iso.slice(5, 7)) - 1]
  return `${iso.slice(8, 10)}/${month}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`
}

const base64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** A request's id as HTTP APIs give it: `JKJaXmPLvHcESHA=`. */
export function newRequestId(ctx: Context): string {
  return `${ctx.ids.from(base64, 15)}=`
}
