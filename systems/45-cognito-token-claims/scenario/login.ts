import { createHash } from 'node:crypto'
import { Visitor } from '@cloud-orrery/vitest/browser'
import type { Aws } from '@cloud-orrery/vitest/scenario'
import { attemptsMax, type Outputs, password, type Tokens } from './claims.ts'

/** What the page keeps to itself while the login has the browser. */
export const verifier = 'what-only-the-tab-knows-that-began-the-sign-in'

/** Where the page sends a browser; `changes`: what another one would ask. */
export function authorizeUrl(outputs: Outputs, changes: Record<string, string> = {}): string {
  const { LoginUrl = '', ClientId = '', Url = '' } = outputs
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: ClientId,
    redirect_uri: `${Url}/`,
    scope: 'openid email',
    state: 'state-1',
    nonce: 'nonce-1',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...changes,
  })
  return `${LoginUrl}/oauth2/authorize?${query}`
}

export interface Redeemed {
  readonly status: number
  readonly error?: string
  readonly tokens: Tokens
}

/** Takes a code to the token endpoint, as the page does. */
export async function redeem(
  aws: Aws,
  outputs: Outputs,
  code: string,
  changes: Record<string, string> = {},
): Promise<Redeemed> {
  const { LoginUrl = '', ClientId = '', Url = '' } = outputs
  const answer = await aws.fetch(`${LoginUrl}/oauth2/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: ClientId,
      redirect_uri: `${Url}/`,
      code,
      code_verifier: verifier,
      ...changes,
    }).toString(),
  })
  const body = (await answer.json()) as Record<string, string> // Of RFC 6749, section 5.
  return {
    status: answer.status,
    ...(body['error'] === undefined ? {} : { error: body['error'] }),
    tokens: {
      idToken: body['id_token'] ?? '',
      accessToken: body['access_token'] ?? '',
      refreshToken: body['refresh_token'] ?? '',
    },
  }
}

/** A code for user1, taken from the address to which the login sends the browser back. */
export async function codeFor(aws: Aws, outputs: Outputs): Promise<string> {
  const visitor = new Visitor(aws, { stopAt: ({ origin }) => origin === outputs['Url'] })
  await visitor.open(authorizeUrl(outputs))
  await visitor.submit({ username: 'user1', password })
  return visitor.page.url.searchParams.get('code') ?? ''
}

/** Signs in until there are tokens, as people do: a trigger whose process dies costs the code. */
export async function signedIn(
  aws: Aws,
  outputs: Outputs,
): Promise<{ readonly code: string; readonly tokens: Tokens }> {
  for (let attempt = 1; ; attempt += 1) {
    const code = await codeFor(aws, outputs)
    const { status, error, tokens } = await redeem(aws, outputs, code)
    if (status === 200) return { code, tokens }
    if (attempt === attemptsMax) throw new Error(`the code was refused: ${status} ${error}`)
  }
}
