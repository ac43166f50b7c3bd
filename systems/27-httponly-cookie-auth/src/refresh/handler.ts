import { isFromOwnPage } from '../authorizer/logic.ts'
import { cookieOf } from '../cookies/request-cookies.ts'
import {
  accessTokenCookie,
  forgotten,
  refreshCookie,
  refreshTokenCookie,
} from '../cookies/session-cookies.ts'
import { type HttpAnswer, type HttpRequest, wantsPage } from '../http.ts'
import { json, loginLink, page, redirect, untilText } from '../pages/page.ts'
import { setting } from '../setting.ts'
import { askForTokens, revoke } from '../token-endpoint.ts'

const loginUrl = setting('LOGIN_URL')
const clientId = setting('CLIENT_ID')
const origin = setting('ORIGIN')

/** `oAuth2Refresh`: what is done with the refresh token. The cookie comes to these two routes alone. */
export const handler = async (request: HttpRequest): Promise<HttpAnswer> => {
  if (!isFromOwnPage(request.headers, origin)) return json(403, { message: 'Forbidden' })
  const token = cookieOf(request.cookies, refreshCookie)
  return request.routeKey === 'POST /oauth2/refresh/logout'
    ? await signedOut(token)
    : await renewed(request, token)
}

/** Both tokens are new: whoever took the old refresh token has something that no longer works. */
async function renewed(request: HttpRequest, token: string | undefined): Promise<HttpAnswer> {
  if (token === undefined) return ended(request)
  const form = { grant_type: 'refresh_token', client_id: clientId, refresh_token: token }
  const answer = await askForTokens(loginUrl, form)
  if (answer.kind === 'tokens') {
    const { accessToken, expiresIn, refreshToken } = answer
    const cookies = [
      accessTokenCookie(accessToken, expiresIn),
      refreshTokenCookie(refreshToken, Number(setting('SESSION_SECONDS'))),
    ]
    if (wantsPage(request)) return redirect(303, '/', cookies)
    return json(200, { expiresIn, until: untilText(Date.now() + expiresIn * 1000) }, cookies)
  }
  console.log(JSON.stringify(answer))
  if (answer.kind === 'refused') return ended(request)
  // The tokens may still be good: the browser keeps them.
  if (!wantsPage(request)) return json(503, { message: 'The login does not answer now' })
  const body = '<p>The session goes on until its time is over.</p><p><a href="/">Back</a></p>'
  return page(loginUrl, { statusCode: 503, title: 'The login does not answer now', body })
}

function ended(request: HttpRequest): HttpAnswer {
  const cookies = forgotten('access', 'refresh')
  if (!wantsPage(request)) return json(401, { message: 'Unauthorized' }, cookies)
  const body = `<p>Please sign in again.</p>${loginLink}`
  return page(loginUrl, { statusCode: 401, title: 'This session has ended', body, cookies })
}

/** Ends the session in the browser, the tokens at Cognito, and then the browser's session at the login page. */
async function signedOut(token: string | undefined): Promise<HttpAnswer> {
  const isRevoked = token === undefined || (await revoke(loginUrl, { token, client_id: clientId }))
  if (!isRevoked) console.log(JSON.stringify({ signedOut: 'without the token being revoked' }))
  const query = new URLSearchParams({
    client_id: clientId,
    logout_uri: setting('SIGNED_OUT_URI'),
  })
  return redirect(303, `${loginUrl}/logout?${query}`, forgotten('access', 'refresh', 'login'))
}
