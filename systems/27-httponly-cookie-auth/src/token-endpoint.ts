/** What Cognito's token endpoint said. */
export type TokenAnswer =
  | {
      readonly kind: 'tokens'
      readonly accessToken: string
      /** Seconds that the access token is good for. */
      readonly expiresIn: number
      readonly refreshToken: string
    }
  /** The code or the refresh token is no longer good, or never was. */
  | { readonly kind: 'refused'; readonly error: string }
  /** Nobody can say now: what the browser holds may still be good. */
  | { readonly kind: 'unavailable'; readonly why: string }

/** How long Cognito may take, ms: shorter than the function's own time. */
const answerMsMax = 5000

/** `POST /oauth2/token`. */
export async function askForTokens(
  loginUrl: string,
  form: Readonly<Record<string, string>>,
): Promise<TokenAnswer> {
  let response: Response
  let text: string
  try {
    response = await post(`${loginUrl}/oauth2/token`, form)
    text = await response.text()
  } catch (error) {
    // A name that does not resolve, a connection that breaks, an answer that is late.
    return { kind: 'unavailable', why: String(error) }
  }
  if (response.status >= 500 || response.status === 429) {
    return { kind: 'unavailable', why: `the token endpoint answers ${response.status}` }
  }
  return read(response.status, text)
}

/** `POST /oauth2/revoke`: whether the refresh token, and with it all access tokens made from it, came to its end. */
export async function revoke(
  loginUrl: string,
  form: Readonly<Record<string, string>>,
): Promise<boolean> {
  try {
    return (await post(`${loginUrl}/oauth2/revoke`, form)).ok
  } catch {
    return false // As above: the caller says so to the person.
  }
}

function post(url: string, form: Readonly<Record<string, string>>): Promise<Response> {
  const signal = AbortSignal.timeout(answerMsMax)
  return fetch(url, { method: 'POST', body: new URLSearchParams(form), redirect: 'error', signal })
}

function read(status: number, text: string): TokenAnswer {
  const answer = parsed(text)
  const { access_token, expires_in, refresh_token, error } = answer
  if (status === 200) {
    if (
      typeof access_token === 'string' &&
      typeof expires_in === 'number' &&
      typeof refresh_token === 'string'
    ) {
      const [accessToken, expiresIn, refreshToken] = [access_token, expires_in, refresh_token]
      return { kind: 'tokens', accessToken, expiresIn, refreshToken }
    }
    return { kind: 'unavailable', why: 'the token endpoint answers without tokens' }
  }
  return { kind: 'refused', error: typeof error === 'string' ? error : `status ${status}` }
}

function parsed(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {} // Not JSON: no OAuth server speaks here.
  }
}
