import { generateKeyPairSync, sign } from 'node:crypto'
import type { Cloud } from '@cloud-orrery/cloud'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })

export interface Person {
  readonly sub: string
  readonly [claim: string]: unknown
}

export const issuer = 'https://idp.example.com'

/** A provider outside: whoever comes is the person that the test names. What it was asked is kept. */
export class OidcPeer {
  person: Person = { sub: 'p1' }
  /** Claims of the next ID token that are not as they should be. */
  forged: Record<string, unknown> = {}
  /** Header of the next ID token. */
  header: Record<string, unknown> = { alg: 'RS256', kid: 'k1' }
  tokenStatus = 200
  readonly asked: { path: string; body: URLSearchParams; headers: Record<string, string> }[] = []
  readonly #nonces = new Map<string, string>()
  readonly #cloud: Cloud

  constructor(cloud: Cloud) {
    this.#cloud = cloud
    cloud.internet.set('idp.example.com', ({ url, headers, body }) => {
      const { pathname } = new URL(url)
      this.asked.push({ path: pathname, headers: { ...headers }, body: new URLSearchParams(body) })
      return this.#answer(pathname, new URLSearchParams(body))
    })
  }

  /** What the person's browser brings back from the provider's own page. */
  signIn(authorizeUrl: URL): string {
    const { searchParams } = authorizeUrl
    const code = `code-${this.#nonces.size}`
    this.#nonces.set(code, searchParams.get('nonce') ?? '')
    const back = new URL(searchParams.get('redirect_uri') ?? '')
    back.searchParams.set('code', code)
    back.searchParams.set('state', searchParams.get('state') ?? '')
    return back.href
  }

  #answer(path: string, form: URLSearchParams) {
    const json = (value: object, status = 200) => ({
      status,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(value),
    })
    switch (path) {
      case '/.well-known/openid-configuration':
        return json({
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          userinfo_endpoint: `${issuer}/me`,
          jwks_uri: `${issuer}/keys`,
        })
      case '/keys':
        return json({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig' }] })
      case '/token':
        if (this.tokenStatus !== 200) return json({ error: 'invalid_grant' }, this.tokenStatus)
        return json({ access_token: 'theirs', id_token: this.#idToken(form.get('code') ?? '') })
      case '/me':
        return json(this.person)
      default:
        return json({}, 404)
    }
  }

  #idToken(code: string): string {
    const now = Math.floor(this.#cloud.kernel.clock.nowMs / 1000)
    const claims = {
      iss: issuer,
      aud: 'our-client',
      sub: this.person.sub,
      iat: now,
      exp: now + 300,
      nonce: this.#nonces.get(code),
      ...this.forged,
    }
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const text = `${part(this.header)}.${part(claims)}`
    if (this.header['alg'] === 'none') return `${text}.`
    return `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`
  }
}
