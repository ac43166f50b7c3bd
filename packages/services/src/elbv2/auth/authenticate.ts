import type { Action } from '@cloud-orrery/models/elbv2'
import type { Context } from '../../context.ts'
import type { HttpOperationOutput } from '../../http-operation.ts'
import { loginMsMax } from '../limits.ts'
import { cookiesOf, httpDate } from '../requests/cookies.ts'
import type { Incoming } from '../requests/incoming.ts'
import { errorPage, redirect } from '../requests/responses.ts'
import { sealed, unsealed } from '../requests/sealing.ts'
import { type Rule, rules } from '../state.ts'
import { type Provider, providerOf, type Silence, tokens, userInfo } from './provider.ts'
import { claimHeaders, type Session, sessionCookies, sessionOf } from './sessions.ts'

/** Where providers send people back to. Source: User Guide, "Authenticate users", `/oauth2/idpresponse`. */
const callbackPath = '/oauth2/idpresponse'
const nonceCookie = 'AWSALBAuthNonce'

/** What a login carries to the provider and back: nobody else can read or make it. */
interface LoginState {
  readonly url: string
  readonly ruleArn: string
  readonly nonce: string
  readonly untilMs: number
}

/** Someone who may go on, or what is answered instead. */
export type Authenticated =
  | { readonly request: Incoming; readonly cookies: readonly string[] }
  | { readonly answer: HttpOperationOutput }

function isCallback({ path }: Incoming): boolean {
  return path === callbackPath
}

function urlOf({ host, listener, path, query }: Incoming): string {
  const port = listener.port === 443 ? '' : `:${listener.port}`
  return `https://${host}${port}${path}${query === '' ? '' : `?${query}`}`
}

function callbackUrl({ host, listener }: Incoming): string {
  return `https://${host}${listener.port === 443 ? '' : `:${listener.port}`}${callbackPath}`
}

/** Lets through who has logged in; sends others to the provider, or away, or on, as the action says. */
export async function authenticate(
  ctx: Context,
  action: Action,
  rule: Rule,
  request: Incoming,
): Promise<Authenticated> {
  const provider = providerOf(action, rule)
  if (provider === undefined) return { answer: errorPage(500) }
  const { arn } = request.balancer
  const session = sessionOf(ctx, arn, provider, cookiesOf(request.headers['cookie']))
  const fresh = session === undefined ? undefined : await refreshed(ctx, provider, session)
  if (fresh !== undefined) {
    const cookies = fresh === session ? [] : (sessionCookies(ctx, arn, provider, fresh) ?? [])
    const headers = { ...request.headers, ...claimHeaders(ctx, arn, provider, fresh) }
    return { request: { ...request, headers }, cookies }
  }
  if (provider.unauthenticated === 'allow') return { request, cookies: [] }
  if (provider.unauthenticated === 'deny') return { answer: errorPage(401) }
  return { answer: toProvider(ctx, provider, rule, request) }
}

/** A session whose access token has ended lives on only with a new one. Source: as above, "Session timeout". */
async function refreshed(
  ctx: Context,
  provider: Provider,
  session: Session,
): Promise<Session | undefined> {
  if (ctx.now() < session.tokenExpiresAtMs) return session
  const { refreshToken } = session
  if (refreshToken === undefined) return undefined
  const grant = { grant_type: 'refresh_token', refresh_token: refreshToken }
  const fresh = await tokens(ctx, provider, grant)
  if (typeof fresh === 'string') return undefined
  const claims = await userInfo(ctx, provider, fresh.accessToken)
  if (typeof claims === 'string') return undefined
  return {
    ...session,
    claims,
    accessToken: fresh.accessToken,
    refreshToken: fresh.refreshToken ?? refreshToken,
    tokenExpiresAtMs: fresh.expiresAtMs,
  }
}

function toProvider(
  ctx: Context,
  provider: Provider,
  rule: Rule,
  request: Incoming,
): HttpOperationOutput {
  const nonce = ctx.ids.hex(32)
  const untilMs = ctx.now() + loginMsMax
  const state: LoginState = { url: urlOf(request), ruleArn: rule.arn, nonce, untilMs }
  const { arn } = request.balancer
  const target = new URL(provider.authorizationEndpoint)
  const parameters = {
    ...provider.extra,
    client_id: provider.clientId,
    redirect_uri: callbackUrl(request),
    response_type: 'code',
    scope: provider.scope,
    state: sealed(ctx, arn, 'state', JSON.stringify(state)),
    nonce,
  }
  for (const [name, value] of Object.entries(parameters)) target.searchParams.set(name, value)
  const cookie = `${nonceCookie}=${sealed(ctx, arn, 'nonce', nonce)}; Expires=${httpDate(untilMs)}; Path=/; Secure; HttpOnly; SameSite=None`
  return redirect(302, target.href, [cookie])
}

/** Takes back who comes from the provider; undefined where a request is no such return. */
export async function callback(
  ctx: Context,
  request: Incoming,
): Promise<HttpOperationOutput | undefined> {
  if (!isCallback(request)) return undefined
  const query = new URLSearchParams(request.query)
  const { arn } = request.balancer
  const text = unsealed(ctx, arn, 'state', query.get('state') ?? '')
  // Without a state of ours, nobody of ours sent them: AWS answers as for a login that was not begun.
  if (text === undefined) return refused(request, 401, 'AuthInvalidStateParam')
  const state = JSON.parse(text) as LoginState // Sealed by ourselves.
  if (ctx.now() >= state.untilMs) return refused(request, 401, 'AuthInvalidStateParam')
  const given = cookiesOf(request.headers['cookie']).get(nonceCookie)
  const nonce = given === undefined ? undefined : unsealed(ctx, arn, 'nonce', given)
  if (nonce !== state.nonce) return refused(request, 401, 'AuthMissingCookie')
  const rule = rules.get(ctx, state.ruleArn)
  const provider = rule === undefined ? undefined : providerOf(rule.actions[0], rule)
  if (provider === undefined) return refused(request, 401, 'AuthInvalidStateParam')
  if (query.has('error')) return refused(request, 561, 'AuthInvalidGrantError')
  const code = query.get('code')
  if (code === null) return refused(request, 400, 'AuthMissingAuthorizationCode')
  return await finish(ctx, provider, request, state, code)
}

async function finish(
  ctx: Context,
  provider: Provider,
  request: Incoming,
  state: LoginState,
  code: string,
): Promise<HttpOperationOutput> {
  const grant = { grant_type: 'authorization_code', code, redirect_uri: callbackUrl(request) }
  const fresh = await tokens(ctx, provider, grant)
  if (typeof fresh === 'string') return silent(request, fresh, 'AuthTokenEpRequest')
  const { iss, nonce, aud } = fresh.idClaims
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud]
  const isForUs =
    (iss === undefined || iss === provider.issuer) &&
    (nonce === undefined || nonce === state.nonce) &&
    (aud === undefined || audiences.includes(provider.clientId))
  if (!isForUs) return refused(request, 561, 'AuthInvalidIdToken')
  const claims = await userInfo(ctx, provider, fresh.accessToken)
  if (typeof claims === 'string') return silent(request, claims, 'AuthUserinfoEpRequest')
  const session: Session = {
    issuer: provider.issuer,
    clientId: provider.clientId,
    claims,
    accessToken: fresh.accessToken,
    ...(fresh.refreshToken === undefined ? {} : { refreshToken: fresh.refreshToken }),
    tokenExpiresAtMs: fresh.expiresAtMs,
    endsAtMs: ctx.now() + provider.sessionSeconds * 1000,
  }
  const cookies = sessionCookies(ctx, request.balancer.arn, provider, session)
  if (cookies === undefined) return refused(request, 500, 'AuthUserinfoResponseSizeExceeded')
  const gone = `${nonceCookie}=; Expires=${httpDate(0)}; Path=/; Secure; HttpOnly; SameSite=None`
  return redirect(302, state.url, [...cookies, gone])
}

/** A provider that refuses is an error of the login, one that cannot be reached is the balancer's own. */
function silent(request: Incoming, silence: Silence, endpoint: string): HttpOperationOutput {
  if (silence === 'unreachable') return refused(request, 500, `${endpoint}Timeout`)
  return refused(request, 561, `${endpoint}Failed`)
}

function refused({ notes }: Incoming, status: number, error: string): HttpOperationOutput {
  notes.error = error
  notes.actions.push('authenticate')
  return errorPage(status)
}
