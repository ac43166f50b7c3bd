import { orderedKey } from '@cloud-orrery/kernel'
import type { HttpOperationOutput } from '../../http-operation.ts'
import type { SignIn } from '../auth/outcome.ts'
import { secretHash } from '../clients/secret-hash.ts'
import { type Client, type Customization, customizations } from '../clients/state.ts'
import { hashOf } from '../tokens/sessions.ts'
import { page } from './answers.ts'
import { isSameText } from './client-authentication.ts'
import { cookie, cookieOf, formCookie, stepCookie } from './cookies.ts'
import { stepMs } from './limits.ts'
import { type LoginRequest, readLoginRequest } from './login-request.ts'
import type { PageBase } from './pages/account-pages.ts'
import { messagePage } from './pages/challenge-pages.ts'
import { layout, type View } from './pages/layout.ts'
import { atWith, formOf, queryOf, type Site } from './site.ts'
import { type LoginStep, loginSteps, type NextPage, sweep } from './state.ts'

/** A page's request: which app, which form. */
export interface Visit {
  readonly site: Site
  readonly request: LoginRequest
  /** What was sent; empty where the page is only looked at. */
  readonly form: URLSearchParams
  readonly csrf: string
}

/** Reads the request that a page belongs to; a form must come from a page of ours. */
export function readVisit(site: Site): Visit | HttpOperationOutput {
  const request = readLoginRequest(site, queryOf(site))
  if ('status' in request) return request
  if (!hasPages(site, request.client)) return unavailable(site)
  const { ctx, input } = site
  const known = cookieOf(input, formCookie)
  const isKnown = known !== undefined && /^[0-9a-f-]{36}$/.test(known)
  if (input.method !== 'POST') {
    const csrf = isKnown ? known : ctx.ids.uuid()
    return { site, request, form: new URLSearchParams(), csrf }
  }
  const form = formOf(site)
  const token = form?.get('_csrf')
  const isOurs =
    isKnown && typeof token === 'string' && isSameText(known, token) && isSameOrigin(site)
  if (form === undefined || !isOurs) return forbidden(site, request.client)
  return { site, request, form, csrf: known }
}

/** A browser says where a form was, and that is here. */
function isSameOrigin({ input }: Site): boolean {
  const { origin } = input.headers
  if (origin === undefined || origin === 'null') return true
  try {
    return new URL(origin).host.replace(/:\d+$/, '') === input.host
  } catch {
    return false
  }
}

/** Pages of the newer kind need a style for the client. */
function hasPages(site: Site, _client: Client): boolean {
  // Deviation: a client of a domain with managed login needs no branding style; AWS has no login page without one.
  return site.domain.managedLoginVersion >= 1
}

function unavailable(site: Site): HttpOperationOutput {
  const view = messagePage('Login pages unavailable', 'Please contact an administrator.')
  return page(403, layout(view, lookOf(site, undefined)))
}

function forbidden(site: Site, client: Client): HttpOperationOutput {
  const view = messagePage(
    'This form is too old',
    'It does not belong to a page that this browser has opened. Go back to the app and sign in again.',
  )
  return page(403, layout(view, lookOf(site, client)))
}

/** The classic pages' own look: of the client, else of all clients. */
export function lookOf({ ctx, pool }: Site, client: Client | undefined): Customization | undefined {
  const own = customizations.get(ctx, orderedKey(pool.id, client?.id ?? 'ALL'))
  return own ?? customizations.get(ctx, orderedKey(pool.id, 'ALL'))
}

/** What a page is told of its login. */
export function baseOf(visit: Visit, more: { problem?: string; notice?: string } = {}): PageBase {
  const { site, request, csrf } = visit
  const link = (path: string): string => atWith(site, path, request.query)
  return { pool: site.pool, csrf, link, ...more }
}

/** Sends a page; the browser keeps the proof that its form will need. */
export function show(visit: Visit, view: View): HttpOperationOutput {
  const { site, request, csrf } = visit
  const status = view.problem === undefined ? 200 : 400
  const answer = page(status, layout(view, lookOf(site, request.client)))
  return { ...answer, cookies: [cookie(formCookie, csrf)] }
}

export function signInOf({ site, request }: Visit): SignIn {
  return {
    ctx: site.ctx,
    pool: site.pool,
    client: request.client,
    flow: 'USER_PASSWORD_AUTH',
    isAdmin: false,
    hosted: true,
  }
}

/** `SECRET_HASH` of a client that has a secret: the pages know it. */
export function secretHashOf(client: Client, username: string): string | undefined {
  const [secret] = client.secrets
  return secret === undefined ? undefined : secretHash(client, secret.clientSecret, username)
}

/** Remembers where this browser stands; the cookie that names it. */
export function keepStep(visit: Visit, username: string, next: NextPage): string {
  const { site, request } = visit
  const { ctx, pool } = site
  sweep(ctx)
  const name = ctx.ids.alphanumeric(48)
  loginSteps.put(ctx, {
    id: hashOf(name),
    poolId: pool.id,
    clientId: request.client.id,
    expiresAtMs: ctx.now() + stepMs,
    username,
    next,
  })
  return cookie(stepCookie, name)
}

/** Where this browser stands in this app's login. */
export function stepOf({ site, request }: Visit): LoginStep | undefined {
  const { ctx, input, pool } = site
  const step = loginSteps.get(ctx, hashOf(cookieOf(input, stepCookie) ?? ''))
  const isOf = step?.poolId === pool.id && step.clientId === request.client.id
  return isOf && step.expiresAtMs > ctx.now() ? step : undefined
}
