import { createHmac, createPublicKey, type JsonWebKey } from 'node:crypto'
import {
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  InitiateAuthCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import type { Visitor } from '@cloud-orrery/vitest/browser'
import type { Aws } from '@cloud-orrery/vitest/scenario'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { loginCookie } from '../src/cookies/session-cookies.ts'
import { ada, addPerson, cognito, cookieIn, type Outputs, setPassword } from './cookie-auth.ts'

/** What Cognito gives for a browser's code to someone who can read that browser's own cookies: its owner. */
export async function tokensByHand(aws: Aws, app: Outputs, visitor: Visitor) {
  const [text = ''] = cookieIn(visitor, app, loginCookie).split('.')
  const { verifier } = JSON.parse(Buffer.from(text, 'base64url').toString())
  const answer = await aws.fetch(`${app.LoginUrl}/oauth2/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: app.ClientId,
      redirect_uri: `${app.Url}/oauth2/callback`,
      code: visitor.page.url.searchParams.get('code') ?? '',
      code_verifier: verifier,
    }).toString(),
  })
  const { id_token = '', access_token = '' } = (await answer.json()) as Record<string, string>
  return { idToken: id_token, accessToken: access_token }
}

/** An access token that another app of the same people was given. */
export async function tokenOfOtherClient(aws: Aws, { UserPoolId }: Outputs): Promise<string> {
  const ClientId = await passwordClient(aws, UserPoolId)
  return await tokenByPassword(aws, ClientId)
}

/** An access token of a pool that someone else made, where they can put in whom they like. */
export async function tokenOfOtherPool(aws: Aws): Promise<string> {
  const { UserPool: { Id: UserPoolId = '' } = {} } = await cognito(aws).send(
    new CreateUserPoolCommand({ PoolName: 'elsewhere', UsernameAttributes: ['email'] }),
  )
  await addPerson(aws, { UserPoolId }, ada)
  await setPassword(aws, { UserPoolId }, ada)
  return await tokenByPassword(aws, await passwordClient(aws, UserPoolId))
}

async function passwordClient(aws: Aws, UserPoolId: string): Promise<string> {
  const { UserPoolClient: { ClientId = '' } = {} } = await cognito(aws).send(
    new CreateUserPoolClientCommand({
      UserPoolId,
      ClientName: 'other app',
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'],
    }),
  )
  return ClientId
}

async function tokenByPassword(aws: Aws, ClientId: string): Promise<string> {
  const AuthParameters = { USERNAME: ada.username, PASSWORD: ada.password }
  const { AuthenticationResult } = await cognito(aws).send(
    new InitiateAuthCommand({ AuthFlow: 'USER_PASSWORD_AUTH', ClientId, AuthParameters }),
  )
  return AuthenticationResult?.AccessToken ?? ''
}

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** What someone with a good token of their own, the public keys and no other secret can make of it. */
export async function forgeries(aws: Aws, { UserPoolId }: Outputs, token: string) {
  const issuer = `https://cognito-idp.${aws.region}.amazonaws.com/${UserPoolId}`
  const answer = await aws.fetch(`${issuer}/.well-known/jwks.json`)
  const { kid = '' } = decodeProtectedHeader(token)
  // A key set of RFC 7517.
  const { keys } = (await answer.json()) as { keys: (JsonWebKey & { kid: string })[] }
  const key = keys.find((one) => one.kid === kid)
  if (key === undefined) throw new Error(`the key set lacks ${kid}`)
  const pem = createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' })
  const [header = '', payload = '', signature = ''] = token.split('.')
  const claims = decodeJwt(token)
  const longer = part({ ...claims, exp: (claims.exp ?? 0) + 86_400 })
  const bySecret = `${part({ alg: 'HS256', kid })}.${longer}`
  const flipped = `${signature[0] === 'A' ? 'B' : 'A'}${signature.slice(1)}`
  return {
    otherSignature: `${header}.${payload}.${flipped}`,
    longerLife: `${header}.${longer}.${signature}`,
    unsigned: `${part({ alg: 'none', kid })}.${longer}.`,
    byPublicKeyAsSecret: `${bySecret}.${createHmac('sha256', pem).update(bySecret).digest('base64url')}`,
    cut: token.slice(0, token.lastIndexOf('.')),
  }
}
