import { cookieOf } from '../cookies/request-cookies.ts'
import {
  accessTokenCookie,
  forgotten,
  loginCookie,
  refreshTokenCookie,
} from '../cookies/session-cookies.ts'
import type { HttpAnswer, HttpRequest } from '../http.ts'
import { isSame, unseal } from '../login/login-state.ts'
import { loginLink, page, plainHeaders, redirect } from '../pages/page.ts'
import { setting } from '../setting.ts'
import { askForTokens } from '../token-endpoint.ts'

const loginUrl = setting('LOGIN_URL')

/** `oAuth2Callback`: the code that came with a browser, for tokens that the browser keeps as cookies. */
export const handler = async (request: HttpRequest): Promise<HttpAnswer> => {
  const { code, state = '', error } = request.queryStringParameters ?? {}
  if (error !== undefined) return failed(401, 'The login was not finished', 'Nobody is signed in.')
  if (code === undefined) {
    const headers = { ...plainHeaders, 'content-type': 'text/plain; charset=utf-8' }
    return { statusCode: 400, headers, body: 'code query param required' }
  }
  const sealed = cookieOf(request.cookies, loginCookie)
  const login = unseal(sealed, setting('LOGIN_KEY'), Date.now())
  if (login === undefined || !isSame(login.state, state)) {
    console.log(JSON.stringify({ refused: 'the login did not begin in this browser, or long ago' }))
    const why = 'It did not begin in this browser, or more than ten minutes ago.'
    return failed(400, 'This login cannot be finished here', why)
  }
  const answer = await askForTokens(loginUrl, {
    grant_type: 'authorization_code',
    client_id: setting('CLIENT_ID'),
    redirect_uri: setting('REDIRECT_URI'),
    code,
    code_verifier: login.verifier,
  })
  if (answer.kind === 'tokens') {
    return redirect(302, '/', [
      accessTokenCookie(answer.accessToken, answer.expiresIn),
      refreshTokenCookie(answer.refreshToken, Number(setting('SESSION_SECONDS'))),
      ...forgotten('login'),
    ])
  }
  console.log(JSON.stringify(answer))
  if (answer.kind === 'refused') {
    return failed(401, 'Please sign in again', 'This login was used before, or took too long.')
  }
  // The code may still be good: the browser can ask again with what it keeps.
  const body = `<p>Nothing is wrong with your account. Load this page again in a moment.</p>${loginLink}`
  return page(loginUrl, { statusCode: 503, title: 'The login does not answer now', body })
}

function failed(statusCode: number, title: string, why: string): HttpAnswer {
  const cookies = forgotten('login')
  return page(loginUrl, { statusCode, title, body: `<p>${why}</p>${loginLink}`, cookies })
}
