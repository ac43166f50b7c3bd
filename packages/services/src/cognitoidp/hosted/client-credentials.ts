import type { HttpOperationOutput } from '../../http-operation.ts'
import type { Client } from '../clients/state.ts'
import { validityMs } from '../clients/validity.ts'
import { groupClaims } from '../groups/of-user.ts'
import { issuerOf } from '../pools/state.ts'
import { signedToken } from '../tokens/jwt.ts'
import { preTokenGeneration } from '../triggers/pre-token.ts'
import { json } from './answers.ts'
import { oauthError } from './client-authentication.ts'
import type { Site } from './site.ts'

/** Claims of a machine's token that the trigger may not touch. Source: "Pre token generation Lambda trigger". */
const kept = new Set([
  ...['acr', 'amr', 'at_hash', 'auth_time', 'azp', 'client_id', 'exp', 'iat', 'iss', 'jti'],
  ...['nbf', 'nonce', 'scope', 'sub', 'token_use', 'version'],
])

/** A token for a program that acts for itself: scopes of resource servers, no user. Source: "Scopes, M2M, and resource servers". */
export async function clientCredentials(
  { ctx, pool }: Site,
  client: Client,
  form: URLSearchParams,
): Promise<HttpOperationOutput> {
  const { AllowedOAuthFlows = [], AllowedOAuthScopes = [] } = client.settings
  if (client.secrets.length === 0 || !AllowedOAuthFlows.includes('client_credentials')) {
    return oauthError('unauthorized_client')
  }
  const given = (form.get('scope') ?? '').split(' ').filter((scope) => scope !== '')
  const asked = given.length === 0 ? AllowedOAuthScopes : [...new Set(given)]
  if (asked.length === 0 || !asked.every((scope) => AllowedOAuthScopes.includes(scope))) {
    return oauthError('invalid_scope')
  }
  const metadata = metadataOf(form.get('aws_client_metadata'))
  if (metadata === 'unreadable') return oauthError('invalid_request')
  const changes = await preTokenGeneration(ctx, pool, {
    generation: 'ClientCredentials',
    client,
    groups: groupClaims([]),
    scopes: asked,
    clientMetadata: metadata,
  })
  const scopes = [...new Set([...asked, ...changes.scopesToAdd])].filter(
    (scope) => !changes.scopesToSuppress.includes(scope),
  )
  const now = Math.floor(ctx.now() / 1000)
  const lifeSeconds = validityMs(client, 'access') / 1000
  const claims = {
    sub: client.id,
    token_use: 'access',
    scope: scopes.join(' '),
    auth_time: now,
    iss: issuerOf(pool.id),
    exp: now + lifeSeconds,
    iat: now,
    version: 2,
    jti: ctx.ids.uuid(),
    client_id: client.id,
  }
  const added = Object.entries(changes.access.add).filter(([name]) => !kept.has(name))
  return json(200, {
    access_token: signedToken(pool, 'access', { ...claims, ...Object.fromEntries(added) }),
    expires_in: lifeSeconds,
    token_type: 'Bearer',
  })
}

/** `aws_client_metadata`: an object of texts, in JSON. */
function metadataOf(text: string | null): Record<string, string> | undefined | 'unreadable' {
  if (text === null) return undefined
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'unreadable'
    const entries = Object.entries(value).map(([name, one]) => [name, String(one)] as const)
    return Object.fromEntries(entries)
  } catch {
    return 'unreadable'
  }
}
