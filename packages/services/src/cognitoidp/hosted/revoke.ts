import type { HttpOperationOutput } from '../../http-operation.ts'
import { hashOf } from '../tokens/sessions.ts'
import { tokenSessions } from '../tokens/state.ts'
import { empty } from './answers.ts'
import { authenticatedClient, oauthError } from './client-authentication.ts'
import { formOf, type Site } from './site.ts'

/** `POST /oauth2/revoke`: ends a sign-in and all its tokens. Source: "The token revocation endpoint". */
export function revoke(site: Site): HttpOperationOutput {
  const form = formOf(site)
  const token = form?.get('token')
  if (form === undefined || token === null || token === undefined || token === '') {
    return oauthError('invalid_request')
  }
  const client = authenticatedClient(site, form, 401)
  if ('status' in client) return client
  if (client.settings.EnableTokenRevocation === false) return oauthError('invalid_request')
  // ID and access tokens have three parts, refresh tokens five.
  if (token.split('.').length === 3) return oauthError('unsupported_token_type')
  const { ctx } = site
  const session = tokenSessions.first(ctx, 'refresh', hashOf(token))
  if (session?.clientId === client.id) tokenSessions.update(ctx, session.id, { revoked: true })
  return empty(200, { 'access-control-allow-origin': '*' })
}
