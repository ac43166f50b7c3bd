import type { HttpOperationOutput } from '../../http-operation.ts'
import { clients } from '../clients/state.ts'
import { hashOf } from '../tokens/sessions.ts'
import { redirect } from './answers.ts'
import { cookieOf, noCookie, sessionCookie, stepCookie } from './cookies.ts'
import { errorPage, readLoginRequest } from './login-request.ts'
import { atWith, queryOf, type Site } from './site.ts'
import { browserSessions } from './state.ts'

/**
 * `GET /logout`: forgets the browser's session, then goes to one of the client's sign-out pages, or to the login page
 * where the parameters of a sign-in came. Source: "The managed login sign-out endpoint".
 */
export function logout(site: Site): HttpOperationOutput {
  const { ctx, input, pool } = site
  const query = queryOf(site)
  const id = hashOf(cookieOf(input, sessionCookie) ?? '')
  if (browserSessions.get(ctx, id)?.poolId === pool.id) browserSessions.delete(ctx, id)
  const answer = next(site, query)
  const cookies = [noCookie(sessionCookie), noCookie(stepCookie)]
  return { ...answer, cookies: [...cookies, ...(answer.cookies ?? [])] }
}

function next(site: Site, query: URLSearchParams): HttpOperationOutput {
  const clientId = query.get('client_id')
  if (clientId === null) {
    return errorPage(site, { error: "Required String parameter 'client_id' is not present" })
  }
  const client = clients.get(site.ctx, clientId)
  const uri = query.get('logout_uri')
  if (uri !== null) {
    const isOwn = client?.poolId === site.pool.id && client.settings.LogoutURLs?.includes(uri)
    if (isOwn === true) return redirect(uri)
    return errorPage(site, { error: 'redirect_mismatch', client_id: clientId })
  }
  if (!query.has('redirect_uri')) {
    return errorPage(site, {
      error: "Required String parameters 'logout_uri' or 'redirect_uri' are not present",
      client_id: clientId,
    })
  }
  const request = readLoginRequest(site, query)
  return 'status' in request ? request : redirect(atWith(site, '/login', request.query))
}
