import type { HttpOperationOutput } from '../../http-operation.ts'
import { hashOf } from '../tokens/sessions.ts'
import { sameUser } from '../users/lookup.ts'
import type { User } from '../users/state.ts'
import { redirect } from './answers.ts'
import { grant } from './completion.ts'
import { cookieOf, sessionCookie } from './cookies.ts'
import { chosenProvider, startFederation } from './federation/start.ts'
import { hasOwnUsers, providersOf, readLoginRequest, refusalOf } from './login-request.ts'
import { atWith, queryOf, type Site } from './site.ts'
import { browserSessions } from './state.ts'

/**
 * `GET /oauth2/authorize`: back to the app at once where the browser is signed in, else to a provider or to the login
 * page. Source: "The redirect and authorization endpoint". `max_age` is no parameter of AWS's and is passed over.
 */
export async function authorize(site: Site): Promise<HttpOperationOutput> {
  const query = queryOf(site)
  const request = readLoginRequest(site, query)
  if ('status' in request) return request
  const { client, prompt } = request
  const signedIn = prompt === 'login' ? undefined : browserUser(site)
  if (signedIn !== undefined) {
    return await grant(site, request, signedIn.user, signedIn.authenticatedAtMs)
  }
  if (prompt === 'none') return refusalOf(request, 'login_required')
  const named = chosenProvider(site, request, query)
  if (named === 'unknown')
    return refusalOf(
      request,
      'invalid_request',
      'Invalid ProviderName/Username combination. Please check again',
    )
  if (named !== undefined) return await startFederation(site, request, named)
  const [only, ...others] = providersOf(site, client)
  const isAlone = only !== undefined && others.length === 0 && !hasOwnUsers(client)
  if (isAlone) return await startFederation(site, request, only)
  return redirect(atWith(site, '/login', request.query))
}

/** Who is signed in in this browser, for an hour at most, and since when. */
export function browserUser({
  ctx,
  input,
  pool,
}: Site): { readonly user: User; readonly authenticatedAtMs: number } | undefined {
  const session = browserSessions.get(ctx, hashOf(cookieOf(input, sessionCookie) ?? ''))
  if (session === undefined || session.poolId !== pool.id) return undefined
  if (session.expiresAtMs <= ctx.now()) return undefined
  const user = sameUser(ctx, session)
  if (user === undefined || !user.enabled) return undefined
  return { user, authenticatedAtMs: session.authenticatedAtMs }
}
