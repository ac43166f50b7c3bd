import { table } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'

/** What a name under `execute-api` leads to, in all accounts and regions: REST, HTTP and WebSocket APIs share one space of ids. */
export interface ApiHostRecord {
  /** First label of the host: `a1b2c3d4e5`. */
  readonly id: string
  readonly kind: 'REST' | 'HTTP' | 'WEBSOCKET'
  readonly accountId: string
  readonly region: string
}

export const apiHosts = table<ApiHostRecord>('apis.hosts', {
  key: (it) => it.id,
  partition: 'cloud',
})

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** Characters of an API's id. Source: API Gateway developer guide, "Invoke a REST API". */
const idLength = 10

/**
 * A new API's id. Ids of REST APIs end in a digit, those of HTTP and WebSocket APIs in a letter, so that a host's name
 * says which service answers: AWS's ids tell nothing, and nobody may rely on it.
 */
export function newApiId(ctx: Context, kind: ApiHostRecord['kind']): string {
  const last = kind === 'REST' ? '0123456789' : 'abcdefghijklmnopqrstuvwxyz'
  return ctx.ids.from(alphabet, idLength - 1) + ctx.ids.from(last, 1)
}

const endpoint = String.raw`\.execute-api\.[a-z0-9-]+\.(?:amazonaws\.com|localhost)$`

/** Hosts of REST APIs, and of custom domain names by the names that AWS gives them. */
export const restApiHosts = new RegExp(
  String.raw`^(?:(?:[a-z0-9]{9}[0-9]|d-[a-z0-9]{10})${endpoint.slice(0, -1)}|d[a-z0-9]{9}agw0\.cloudfront\.net)$`,
)

/** Hosts of HTTP and WebSocket APIs. */
export const httpApiHosts = new RegExp(`^[a-z0-9]{9}[a-z]${endpoint}`)
