import { createHash } from 'node:crypto'
import { AwsError } from '@cloud-orrery/models'
import type { HttpOperationOutput } from '../../http-operation.ts'
import { issueTokens } from '../tokens/issue.ts'
import { hashOf } from '../tokens/sessions.ts'
import type { User } from '../users/state.ts'
import { redirect, withParameters } from './answers.ts'
import { cookie, noCookie, sessionCookie, stepCookie } from './cookies.ts'
import { browserSessionMs, codeLifeMs } from './limits.ts'
import { type LoginRequest, refusalOf } from './login-request.ts'
import type { Site } from './site.ts'
import { authorizationCodes, browserSessions, sweep } from './state.ts'

/** A user has signed in: the browser stays so for an hour, and goes back to the app. */
export async function complete(
  site: Site,
  request: LoginRequest,
  user: User,
): Promise<HttpOperationOutput> {
  const { ctx, pool } = site
  sweep(ctx)
  const name = ctx.ids.alphanumeric(64)
  const session = browserSessions.put(ctx, {
    id: hashOf(name),
    poolId: pool.id,
    key: user.key,
    sub: user.sub,
    authenticatedAtMs: ctx.now(),
    expiresAtMs: ctx.now() + browserSessionMs,
  })
  const life = { nowMs: ctx.now(), lifeMs: browserSessionMs }
  const answer = await grant(site, request, user, session.authenticatedAtMs)
  const cookies = [cookie(sessionCookie, name, life), noCookie(stepCookie)]
  return { ...answer, cookies: [...cookies, ...(answer.cookies ?? [])] }
}

/** Sends the browser back to the app with a code or with tokens. */
export async function grant(
  { ctx, pool }: Site,
  request: LoginRequest,
  user: User,
  authenticatedAtMs: number,
): Promise<HttpOperationOutput> {
  const { client, redirectUri, responseType, scopes, state, nonce, challenge } = request
  if (responseType === 'code') {
    const code = ctx.ids.uuid()
    authorizationCodes.put(ctx, {
      codeHash: hashOf(code),
      poolId: pool.id,
      clientId: client.id,
      redirectUri,
      key: user.key,
      sub: user.sub,
      scopes,
      ...(nonce === undefined ? {} : { nonce }),
      ...(challenge === undefined ? {} : { challenge }),
      authenticatedAtMs,
      expiresAtMs: ctx.now() + codeLifeMs,
    })
    return redirect(withParameters(redirectUri, { code, state }))
  }
  try {
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
    const parameters = {
      id_token: scopes.includes('openid') ? issued.idToken : undefined,
      access_token: issued.accessToken,
      expires_in: String(issued.expiresInSeconds),
      token_type: 'Bearer',
      state,
    }
    return redirect(withParameters(redirectUri, parameters, 'fragment'))
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    return refusalOf(request, 'invalid_request', error.message)
  }
}

/** `at_hash`. Source: OpenID Connect Core, 3.1.3.6. */
export function hashOfAccessToken(accessToken: string): { at_hash: string } {
  const digest = createHash('sha256').update(accessToken).digest()
  return { at_hash: digest.subarray(0, 16).toString('base64url') }
}
