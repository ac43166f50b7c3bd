import { createHash } from 'node:crypto'
import { AwsError } from '@cloud-orrery/models'
import type { HttpOperationOutput } from '../../http-operation.ts'
import { measure } from '../../shared/metrics.ts'
import { rotates, sessionOfRefreshToken } from '../auth/refresh.ts'
import type { Client } from '../clients/state.ts'
import { type IssuedTokens, issueTokens, rotateRefreshToken } from '../tokens/issue.ts'
import { hashOf } from '../tokens/sessions.ts'
import { isReadable } from '../users/attributes.ts'
import { sameUser } from '../users/lookup.ts'
import { json } from './answers.ts'
import { authenticatedClient, isSameText, oauthError } from './client-authentication.ts'
import { clientCredentials } from './client-credentials.ts'
import { hashOfAccessToken } from './completion.ts'
import { formOf, type Site } from './site.ts'
import { authorizationCodes } from './state.ts'

/** `POST /oauth2/token`. Source: "The token issuer endpoint". */
export async function token(site: Site): Promise<HttpOperationOutput> {
  const form = formOf(site)
  if (form === undefined) return oauthError('invalid_request')
  if ([...form.keys()].some((name) => form.getAll(name).length > 1)) {
    return oauthError('invalid_request')
  }
  const grantType = form.get('grant_type')
  if (grantType === null || grantType === '') return oauthError('invalid_request')
  const client = authenticatedClient(site, form)
  if ('status' in client) return client
  try {
    switch (grantType) {
      case 'authorization_code':
        return await exchange(site, client, form)
      case 'refresh_token':
        return await renew(site, client, form)
      case 'client_credentials':
        return await clientCredentials(site, client, form)
      default:
        return oauthError('unsupported_grant_type')
    }
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    // A refusal of the pool's own function, in its words.
    return oauthError('invalid_grant', error.message)
  }
}

/** A code for tokens. Each is taken once: by the client that it was made for, from the place that it was sent to. */
async function exchange(
  { ctx, pool }: Site,
  client: Client,
  form: URLSearchParams,
): Promise<HttpOperationOutput> {
  if (client.settings.AllowedOAuthFlows?.includes('code') !== true) {
    return oauthError('unauthorized_client')
  }
  const [given, redirectUri] = [form.get('code'), form.get('redirect_uri')]
  if (given === null || redirectUri === null) return oauthError('invalid_request')
  const code = authorizationCodes.get(ctx, hashOf(given))
  if (code?.clientId !== client.id) return oauthError('invalid_grant')
  authorizationCodes.delete(ctx, code.codeHash)
  if (code.expiresAtMs <= ctx.now()) return oauthError('invalid_grant')
  // Seen on AWS: this code, not the one of RFC 6749.
  if (code.redirectUri !== redirectUri) return oauthError('unauthorized_client')
  if (!isVerified(code.challenge, form.get('code_verifier'))) return oauthError('invalid_grant')
  const user = sameUser(ctx, code)
  if (user === undefined || !user.enabled) return oauthError('invalid_grant')
  if (!coversScopes(client, code.scopes)) return oauthError('invalid_grant')
  const { scopes, nonce, authenticatedAtMs } = code
  const issued = await issueTokens(ctx, pool, client, user, {
    generation: 'HostedAuth',
    session: {
      scopes,
      origin: 'hosted',
      authenticatedAtMs,
      ...(nonce === undefined ? {} : { nonce }),
    },
    idClaims: hashOfAccessToken,
  })
  return answer(issued)
}

/** A verifier that nobody asked for is refused too: the challenge may have been taken off on the way. */
function isVerified(challenge: string | undefined, verifier: string | null): boolean {
  if (challenge === undefined) return verifier === null
  if (verifier === null || !/^[A-Za-z0-9._~-]{43,128}$/.test(verifier)) return false
  return isSameText(challenge, createHash('sha256').update(verifier).digest('base64url'))
}

/** Source: "The token issuer endpoint", `invalid_grant`: the client must be able to read what the scopes give. */
function coversScopes(client: Client, scopes: readonly string[]): boolean {
  const needed = [
    ...(scopes.includes('email') ? ['email', 'email_verified'] : []),
    ...(scopes.includes('phone') ? ['phone_number', 'phone_number_verified'] : []),
  ]
  return needed.every((name) => isReadable(client, name))
}

async function renew(
  { ctx, pool }: Site,
  client: Client,
  form: URLSearchParams,
): Promise<HttpOperationOutput> {
  const refreshToken = form.get('refresh_token')
  if (refreshToken === null) return oauthError('invalid_request')
  const found = sessionOf()
  // Source: "Metrics for user pools", `TokenRefreshSuccesses`: 1 for success, 0 for failure.
  measure(ctx, {
    ...{ namespace: 'AWS/Cognito', name: 'TokenRefreshSuccesses', unit: 'Count' },
    dimensions: { UserPool: pool.id, UserPoolClient: client.id },
    value: found === undefined ? 0 : 1,
  })
  if (found === undefined) return oauthError('invalid_grant')
  const { session, user } = found
  const issued = await issueTokens(ctx, pool, client, user, {
    generation: 'RefreshTokens',
    session,
    idClaims: hashOfAccessToken,
  })
  // The token may have been used, or the user signed out, while the pool's function ran.
  const now = sessionOf()
  if (now === undefined) return oauthError('invalid_grant')
  if (!rotates(client)) return answer(issued)
  return answer({ ...issued, refreshToken: rotateRefreshToken(ctx, client, now.session) })

  function sessionOf() {
    try {
      return sessionOfRefreshToken(ctx, client, refreshToken ?? '')
    } catch (error) {
      // Seen on AWS: why a refresh token is no longer good is not told.
      if (error instanceof AwsError) return undefined
      throw error
    }
  }
}

/** An ID token is for whom `openid` was granted; sign-ins by the API have one too. */
function answer({ idToken, accessToken, refreshToken, expiresInSeconds, session }: IssuedTokens) {
  const hasIdToken = session.origin === 'api' || session.scopes.includes('openid')
  return json(200, {
    ...(hasIdToken ? { id_token: idToken } : {}),
    access_token: accessToken,
    ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
    expires_in: expiresInSeconds,
    token_type: 'Bearer',
  })
}
