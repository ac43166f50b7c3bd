import type { Context } from '../../context.ts'
import type { HttpOperationInput, HttpOperationOutput } from '../../http-operation.ts'
import type { Domain } from '../clients/state.ts'
import type { Pool } from '../pools/state.ts'
import { withParameters } from './answers.ts'

/** A request to a pool's login domain. */
export interface Site {
  readonly ctx: Context
  readonly input: HttpOperationInput
  readonly domain: Domain
  readonly pool: Pool
}

export type Endpoint = (site: Site) => HttpOperationOutput | Promise<HttpOperationOutput>

/** Scheme and name under which the browser knows the domain; on the loopback with its port, and without TLS. */
export function originOf({ host, headers }: HttpOperationInput): string {
  return host.endsWith('.localhost') ? `http://${headers['host'] ?? host}` : `https://${host}`
}

/** A page or endpoint of this domain. */
export function at(
  { input }: Site,
  path: string,
  parameters: Readonly<Record<string, string | undefined>> = {},
): string {
  return withParameters(`${originOf(input)}${path}`, parameters)
}

/** The same page of a form with the request that it belongs to. */
export const atWith = ({ input }: Site, path: string, query: string): string =>
  `${originOf(input)}${path}?${query}`

export function queryOf({ input }: Site): URLSearchParams {
  return new URLSearchParams(input.query)
}

/** The fields of a form. A browser or a program sent it as such. Undefined: it is none. */
export function formOf({ input }: Site): URLSearchParams | undefined {
  const type = (input.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/x-www-form-urlencoded') return undefined
  return new URLSearchParams(Buffer.from(input.body).toString())
}
