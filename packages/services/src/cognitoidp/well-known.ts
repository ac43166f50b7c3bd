import type { HttpRequest } from '@cloud-orrery/protocols'
import type { Context } from '../context.ts'
import {
  type HttpOperationInput,
  type HttpOperationOutput,
  httpOperation,
} from '../http-operation.ts'
import { domains } from './clients/state.ts'
import { scopeOf } from './pools/lookup.ts'
import { issuerOf, type Pool, pools } from './pools/state.ts'
import { signingKey } from './tokens/keys.ts'

const wellKnown = /^\/([\w-]+_[0-9a-zA-Z]+)\/\.well-known\/(jwks\.json|openid-configuration)$/

/** Names the operation of a request that is no API call. */
export const unlisted = (_request: HttpRequest): string => 'WellKnownRequest'

/** The key set and the discovery document of a pool, on the service's own host. */
export const wellKnownRequest = httpOperation('cognitoidp', 'WellKnownRequest', {
  scope: ({ path }, ctx) => scopeOf(ctx, wellKnown.exec(path)?.[1]),
  authorize: () => ({ none: 'Everyone may read public keys.' }),
  provenance: 'modelled',
  trail: { kind: 'unlogged' },
  unsigned: true,
  run: answer,
})

function answer(ctx: Context, { path, method }: HttpOperationInput): HttpOperationOutput {
  const [, poolId = '', document] = wellKnown.exec(path) ?? []
  if (method !== 'GET' && method !== 'HEAD') return json(405, { message: 'Method Not Allowed' })
  const pool = pools.get(ctx, poolId)
  if (document === undefined) return json(404, { message: 'Not Found' })
  if (pool === undefined) return json(400, { message: `User pool ${poolId} does not exist.` })
  return json(200, document === 'jwks.json' ? keySet(pool) : discovery(ctx, pool))
}

/** Both keys of the pool. */
export function keySet(pool: Pool): object {
  return { keys: [signingKey(pool, 'id').jwk, signingKey(pool, 'access').jwk] }
}

/** Source: "Identity provider and relying party endpoints"; endpoints of the hosted login where there is a domain. */
export function discovery(ctx: Context, pool: Pool): object {
  const issuer = issuerOf(pool.id)
  const domain = domains.first(ctx, 'pool', pool.id)
  const name = domain?.certificateArn === undefined ? domain?.host : domain.domain
  const endpoint = (member: string, path: string) =>
    name === undefined ? {} : { [member]: `https://${name}${path}` }
  return {
    ...endpoint('authorization_endpoint', '/oauth2/authorize'),
    ...endpoint('end_session_endpoint', '/logout'),
    id_token_signing_alg_values_supported: ['RS256'],
    issuer,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    response_types_supported: ['code', 'token'],
    ...endpoint('revocation_endpoint', '/oauth2/revoke'),
    scopes_supported: ['openid', 'email', 'phone', 'profile'],
    subject_types_supported: ['public'],
    ...endpoint('token_endpoint', '/oauth2/token'),
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    ...endpoint('userinfo_endpoint', '/oauth2/userInfo'),
  }
}

function json(status: number, value: object): HttpOperationOutput {
  return {
    status,
    headers: {
      'content-type': 'application/json',
      ...(status === 200 ? { 'cache-control': 'public, max-age=86400' } : {}),
      'access-control-allow-origin': '*',
    },
    body: new TextEncoder().encode(JSON.stringify(value)),
  }
}
