import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { Writable } from 'node:stream'
import { RandomStream } from '@cloud-orrery/kernel'
import { newRsaKey } from '@cloud-orrery/services/shared/keys/rsa-keys'
import Provider from 'oidc-provider'

export const idpHost = 'idp.example'
export const issuer = `https://${idpHost}`
/** The API, as the issuer knows it: `aud` of its tokens. */
export const audience = 'https://api.example'

const clientId = 'web'

interface TokenRequest {
  readonly subject: string
  readonly scopes: readonly string[]
  /** Model time, ms. */
  readonly nowMs: number
  /** Seconds. */
  readonly lifetime?: number
}

interface TokenParts {
  readonly payload: Record<string, unknown>
}

/** `oidc-provider`, a certified OpenID provider, in this process and without a socket. Its keys follow from their years. */
export class OtherIssuer {
  readonly #provider: Provider
  #asked: TokenRequest | undefined
  /** How often each address was fetched: `/jwks`. */
  readonly fetched: Record<string, number> = {}

  /** The first year's key signs; the others are shown for tokens that they have signed. */
  constructor(years: readonly number[] = [2026]) {
    this.#provider = new Provider(issuer, {
      adapter: Unstored,
      clients: [{ client_id: clientId, client_secret: 'not used here', redirect_uris: [issuer] }],
      cookies: { keys: ['not used here'] },
      features: { devInteractions: { enabled: false } },
      jwks: { keys: years.map(keyOf) },
      ttl: { AccessToken: 3600 },
      formats: {
        customizers: { jwt: (_: unknown, __: object, parts: TokenParts) => this.#tell(parts) },
      },
    })
    this.#provider.proxy = true
  }

  /** Model time instead of the process's, and an id that every run has again. */
  #tell({ payload }: TokenParts): void {
    if (this.#asked === undefined) throw new Error('nobody asked for a token')
    const { subject, nowMs, lifetime = 3600 } = this.#asked
    const iat = Math.floor(nowMs / 1000)
    Object.assign(payload, { iat, exp: iat + lifetime, jti: `${subject}-${iat}` })
  }

  /** An access token (RFC 9068) for the API, as the token endpoint gives it to a client that may have these scopes. */
  async token(asked: TokenRequest): Promise<string> {
    const { AccessToken, Client, ResourceServer } = this.#provider
    const token = new AccessToken({
      client: await Client.find(clientId),
      accountId: asked.subject,
      grantId: asked.subject,
      scope: asked.scopes.join(' '),
    })
    token.resourceServer = new ResourceServer(audience, {
      audience,
      accessTokenFormat: 'jwt',
      jwt: { sign: { alg: 'RS256' } },
      scope: asked.scopes.join(' '),
    })
    this.#asked = asked
    return await token.save()
  }

  /** Answers what the cloud asks of the host. */
  readonly answer = async ({ method, url }: { method: string; url: string }) => {
    const { pathname } = new URL(url)
    this.fetched[pathname] = (this.fetched[pathname] ?? 0) + 1
    const request = new IncomingMessage(new Socket())
    const headers = { host: idpHost, 'x-forwarded-proto': 'https' }
    Object.assign(request, { method, url: pathname, headers })
    const response = new ServerResponse(request)
    const chunks: Buffer[] = []
    const sink = new Writable({
      write(chunk: Buffer, _encoding, done) {
        chunks.push(chunk)
        done()
      },
    })
    response.assignSocket(sink as Socket) // All that a response does with it is to write.
    const finished = new Promise((resolve) => response.on('finish', resolve))
    await this.#provider.callback()(request, response)
    await finished
    const body = Buffer.concat(chunks).toString().split('\r\n\r\n').slice(1).join('\r\n\r\n')
    return { status: response.statusCode, headers: { 'content-type': 'application/json' }, body }
  }
}

const keys = new Map<number, object>()

/** Kept, because a key takes a while to make and is the same each time. */
function keyOf(year: number): object {
  const known = keys.get(year)
  if (known !== undefined) return known
  const key = { ...newRsaKey(new RandomStream([year, 5, 1, 0])), kid: String(year), use: 'sig' }
  keys.set(year, key)
  return key
}

/** Its tokens say all themselves: there is nothing to store. */
class Unstored {
  async upsert(): Promise<void> {}
  async find(): Promise<undefined> {}
  async consume(): Promise<void> {}
  async destroy(): Promise<void> {}
  async revokeByGrantId(): Promise<void> {}
}
