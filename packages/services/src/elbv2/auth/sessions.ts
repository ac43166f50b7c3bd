import type { Context } from '../../context.ts'
import { claimsSecondsMax, sessionCookieBytesMax, sessionCookiesMax } from '../limits.ts'
import { httpDate } from '../requests/cookies.ts'
import { keysOf, sealed, signature, unsealed } from '../requests/sealing.ts'
import type { Provider } from './provider.ts'

/** Someone who has logged in, as their cookie says it. */
export interface Session {
  /** Whose session it is: rules with other providers do not take it. */
  readonly issuer: string
  readonly clientId: string
  readonly claims: Readonly<Record<string, unknown>>
  readonly accessToken: string
  readonly refreshToken?: string
  readonly tokenExpiresAtMs: number
  readonly endsAtMs: number
}

const purpose = 'session'

/** The session of a request; undefined where it has none that counts. */
export function sessionOf(
  ctx: Context,
  balancerArn: string,
  provider: Provider,
  cookies: ReadonlyMap<string, string>,
): Session | undefined {
  let value = ''
  for (let at = 0; at < sessionCookiesMax; at += 1) {
    const part = cookies.get(`${provider.cookieName}-${at}`)
    if (part === undefined) break
    value += part
  }
  const text = value === '' ? undefined : unsealed(ctx, balancerArn, purpose, value)
  if (text === undefined) return undefined
  const session = JSON.parse(text) as Session // Sealed by ourselves.
  const isTheirs = session.issuer === provider.issuer && session.clientId === provider.clientId
  return isTheirs && ctx.now() < session.endsAtMs ? session : undefined
}

/** The cookies that keep a session; undefined where it is larger than all of them. */
export function sessionCookies(
  ctx: Context,
  balancerArn: string,
  { cookieName }: Provider,
  session: Session,
): string[] | undefined {
  const value = sealed(ctx, balancerArn, purpose, JSON.stringify(session))
  const rest = `; Expires=${httpDate(session.endsAtMs)}; Path=/; Secure; HttpOnly; SameSite=None`
  const room = sessionCookieBytesMax - cookieName.length - rest.length - 4
  const count = Math.ceil(value.length / room)
  if (count > sessionCookiesMax) return undefined
  return Array.from(
    { length: count },
    (_, at) => `${cookieName}-${at}=${value.slice(at * room, (at + 1) * room)}${rest}`,
  )
}

/** What targets are told of whoever logged in. Source: User Guide, "User claims encoding and signature verification". */
export function claimHeaders(
  ctx: Context,
  balancerArn: string,
  { clientId, issuer }: Provider,
  { claims, accessToken }: Session,
): Record<string, string> {
  const { keyId } = keysOf(ctx, balancerArn)
  const exp = Math.floor(ctx.now() / 1000) + claimsSecondsMax
  const header = {
    typ: 'JWT',
    kid: keyId,
    alg: 'ES256',
    iss: issuer,
    client: clientId,
    signer: balancerArn,
    exp,
  }
  const signed = `${encoded(JSON.stringify(header))}.${encoded(JSON.stringify({ ...claims, exp, iss: issuer }))}`
  return {
    'x-amzn-oidc-accesstoken': accessToken,
    'x-amzn-oidc-identity': String(claims['sub'] ?? ''),
    'x-amzn-oidc-data': `${signed}.${encoded(signature(ctx, balancerArn, signed))}`,
  }
}

/** Base64url with its padding, which other tokens leave out. Source: as above. */
function encoded(value: string | Buffer): string {
  const text = Buffer.from(value).toString('base64')
  return text.replaceAll('+', '-').replaceAll('/', '_')
}
