import { createHash } from 'node:crypto'
import { secretOf } from './clients.ts'
import type { DeviceClient, TokenKind } from './settings.ts'
import { settings } from './settings.ts'

/** What devices get, and who it is about. */
export interface Tokens {
  readonly access_token: string
  readonly refresh_token?: string
  readonly id_token?: string
  readonly expires_in: number
}

export const callbackUrl = `${settings.baseUrl}/callback`

/** Where a browser gets a code for a device. Silent where its owner signed in within the hour. */
export function authorizeUrl(
  client: DeviceClient,
  scope: string,
  { state, verifier }: { readonly state: string; readonly verifier: string },
): string {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: client.id,
    redirect_uri: callbackUrl,
    scope,
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    identity_provider: 'COGNITO',
  })
  return `${settings.loginUrl}/oauth2/authorize?${query}`
}

/** How long Cognito may take, ms. */
const timeoutMs = 5_000

export interface TokenAnswer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

/** Asks Cognito as the device. A status of 0: no answer that could be read. */
export async function askForTokens(
  client: DeviceClient,
  form: Readonly<Record<string, string>>,
): Promise<TokenAnswer> {
  const basic = Buffer.from(`${client.id}:${await secretOf(client)}`).toString('base64')
  try {
    const answer = await fetch(`${settings.loginUrl}/oauth2/token`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${basic}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams(form).toString(),
      signal: AbortSignal.timeout(timeoutMs),
    })
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
  } catch {
    return { status: 0, body: {} } // Unreachable, too late, or no JSON: all the same to a device.
  }
}

/** Who an access token is about. It came from Cognito itself, so its signature says nothing new. */
export function subjectOf({ access_token: token }: Tokens): unknown {
  const [, claims = ''] = token.split('.')
  return (JSON.parse(Buffer.from(claims, 'base64url').toString()) as { sub?: unknown }).sub
}

export function tokensOf({ status, body }: TokenAnswer): Tokens | undefined {
  if (status !== 200 || typeof body['access_token'] !== 'string') return undefined
  return body as unknown as Tokens // Cognito's answer, of which the one member that must be there is.
}

const members: Readonly<Record<TokenKind, 'id_token' | 'access_token' | 'refresh_token'>> = {
  ID: 'id_token',
  ACCESS: 'access_token',
  REFRESH: 'refresh_token',
}

/** Of the tokens those that devices are meant to have. */
export function forDevices(tokens: Tokens): object {
  const chosen = settings.tokenSet.flatMap((kind) => {
    const value = tokens[members[kind]]
    return value === undefined ? [] : [[members[kind], value] as const]
  })
  return { ...Object.fromEntries(chosen), token_type: 'Bearer', expires_in: tokens.expires_in }
}
