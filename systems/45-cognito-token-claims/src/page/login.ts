import type { PageSettings } from '../page-server/files.ts'
import { history, location, sessionStorage } from './browser.ts'
import { claimsIn } from './token.ts'

export type Settings = PageSettings

/** What waits in the tab while the login has the browser: what only this tab can finish the sign-in with. */
const waiting = 'sign-in'

interface Waiting {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
}

/** 32 random bytes in base64url: 43 characters. */
function random(): string {
  return encoded(crypto.getRandomValues(new Uint8Array(32)))
}

function encoded(bytes: Uint8Array): string {
  const text = btoa(String.fromCharCode(...bytes))
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** Sends the browser to the login: code grant with PKCE (RFC 7636), state and nonce. */
export async function signIn({ loginUrl, clientId, returnUrl }: Settings): Promise<void> {
  const kept: Waiting = { state: random(), nonce: random(), verifier: random() }
  sessionStorage.setItem(waiting, JSON.stringify(kept))
  const verifier = new TextEncoder().encode(kept.verifier)
  const challenge = new Uint8Array(await crypto.subtle.digest('SHA-256', verifier))
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: returnUrl,
    scope: 'openid email',
    state: kept.state,
    nonce: kept.nonce,
    code_challenge: encoded(challenge),
    code_challenge_method: 'S256',
  })
  location.assign(`${loginUrl}/oauth2/authorize?${query}`)
}

/** Ends the session of the login too; the tokens end with the page. */
export function signOut({ loginUrl, clientId, returnUrl }: Settings): void {
  const query = new URLSearchParams({ client_id: clientId, logout_uri: returnUrl })
  location.assign(`${loginUrl}/logout?${query}`)
}

/**
 * Finishes a sign-in when the login has sent the browser back; undefined when it has not. The code leaves the address
 * bar and the history before anything else happens. Throws in words for the person.
 */
export async function returned(settings: Settings): Promise<Session | undefined> {
  const query = new URLSearchParams(location.search)
  if (!query.has('code') && !query.has('error')) return undefined
  history.replaceState(null, '', location.pathname)
  const text = sessionStorage.getItem(waiting)
  sessionStorage.removeItem(waiting)
  const kept = text === null ? undefined : (JSON.parse(text) as Waiting) // Written above.
  if (kept === undefined || query.get('state') !== kept.state) {
    throw new Error('This sign-in was not begun here. Please sign in again.')
  }
  const code = query.get('code')
  if (code === null) throw new Error(query.get('error_description') ?? 'The login refused.')
  const tokens = await tokensFor(settings, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: settings.returnUrl,
    code_verifier: kept.verifier,
  })
  if (claimsIn(tokens.id_token)['nonce'] !== kept.nonce) {
    throw new Error('The answer of the login is not for this sign-in. Please sign in again.')
  }
  return new Session(settings, tokens)
}

interface TokenAnswer {
  readonly id_token: string
  readonly access_token: string
  /** Seconds. */
  readonly expires_in: number
  readonly refresh_token?: string
}

async function tokensFor(
  { loginUrl, clientId }: Settings,
  grant: Readonly<Record<string, string>>,
): Promise<TokenAnswer> {
  const body = new URLSearchParams({ ...grant, client_id: clientId })
  const answer = await fetch(`${loginUrl}/oauth2/token`, { method: 'POST', body })
  // Of RFC 6749, sections 5.1 and 5.2.
  const found = (await answer.json()) as TokenAnswer & { readonly error_description?: string }
  if (answer.ok) return found
  throw new Error(found.error_description ?? 'Your session has ended. Please sign in again.')
}

/** How long before its end a token is renewed, ms: a request takes a moment. */
const marginMs = 10_000

/** The tokens of one sign-in. */
export class Session {
  /** When the access token ends, ms by this machine's clock, which need not be Cognito's. */
  endsAtMs = 0
  readonly #settings: Settings
  readonly #refreshToken: string | undefined
  #tokens: TokenAnswer

  constructor(settings: Settings, tokens: TokenAnswer) {
    this.#settings = settings
    this.#tokens = this.#received(tokens)
    this.#refreshToken = tokens.refresh_token
  }

  get idToken(): string {
    return this.#tokens.id_token
  }

  get accessToken(): string {
    return this.#tokens.access_token
  }

  /** The access token, renewed when it is about to end. */
  async current(): Promise<string> {
    if (this.endsAtMs - Date.now() < marginMs) await this.renew()
    return this.accessToken
  }

  /** Asks for new tokens, which say what the table says now. */
  async renew(): Promise<void> {
    if (this.#refreshToken === undefined) throw new Error('Please sign in again.')
    const grant = { grant_type: 'refresh_token', refresh_token: this.#refreshToken }
    this.#tokens = this.#received(await tokensFor(this.#settings, grant))
  }

  #received(tokens: TokenAnswer): TokenAnswer {
    this.endsAtMs = Date.now() + tokens.expires_in * 1000
    return tokens
  }
}
