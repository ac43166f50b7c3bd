import { loginStateCookie } from '../cookies/session-cookies.ts'
import type { HttpAnswer, HttpRequest } from '../http.ts'
import { loginLink, page, plainHeaders, redirect } from '../pages/page.ts'
import { sessionScript } from '../pages/session-script.ts'
import { setting } from '../setting.ts'
import { challengeOf, loginSecondsMax, newLoginState, seal } from './login-state.ts'

const loginUrl = setting('LOGIN_URL')

/** `oAuth2Login`: begins a login, and has what people without a session may see. */
export const handler = async ({ routeKey }: HttpRequest): Promise<HttpAnswer> => {
  if (routeKey === 'GET /oauth2/login') return begun()
  if (routeKey === 'GET /oauth2/session.js') {
    const headers = { ...plainHeaders, 'content-type': 'text/javascript; charset=utf-8' }
    return { statusCode: 200, headers, body: sessionScript }
  }
  const body = `<p>The session has ended, here and at the login.</p>${loginLink}`
  return page(loginUrl, { title: 'Signed out', body })
}

function begun(): HttpAnswer {
  const login = newLoginState(Date.now())
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: setting('CLIENT_ID'),
    redirect_uri: setting('REDIRECT_URI'),
    scope: 'openid',
    state: login.state,
    code_challenge: challengeOf(login.verifier),
    code_challenge_method: 'S256',
  })
  const sealed = seal(login, setting('LOGIN_KEY'))
  const cookies = [loginStateCookie(sealed, loginSecondsMax)]
  return redirect(302, `${loginUrl}/oauth2/authorize?${query}`, cookies)
}
