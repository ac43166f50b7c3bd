import { orderedKey } from '@cloud-orrery/kernel'
import type { HttpOperationOutput } from '../../http-operation.ts'
import { type Client, clients, type Provider, providers } from '../clients/state.ts'
import { redirect, withParameters } from './answers.ts'
import { at, type Site } from './site.ts'

/** What an app asks for when it sends a browser to sign in, checked. */
export interface LoginRequest {
  readonly client: Client
  readonly redirectUri: string
  readonly responseType: 'code' | 'token'
  readonly scopes: readonly string[]
  readonly state?: string
  readonly nonce?: string
  readonly challenge?: string
  /** Of pages of the newer kind alone. */
  readonly prompt?: string
  readonly loginHint?: string
  readonly lang?: string
  /** The request as it came: each page hands it to the next, which checks it again. */
  readonly query: string
}

type Parameters = Readonly<Record<string, string>>

/** Reads a request, or gives the answer that refuses it. Nothing goes to a URI that is not the client's own. */
export function readLoginRequest(
  site: Site,
  query: URLSearchParams,
): LoginRequest | HttpOperationOutput {
  const given: Parameters = Object.fromEntries(query)
  const doubled = [...query.keys()].some((name) => query.getAll(name).length > 1)
  const { client_id: clientId, redirect_uri: redirectUri } = given
  if (clientId === undefined) return errorPage(site, missing('client_id'))
  if (redirectUri === undefined) return errorPage(site, missing('redirect_uri'))
  const client = clients.get(site.ctx, clientId)
  if (client?.poolId !== site.pool.id) {
    return errorPage(site, { error: `Client ${clientId} does not exist.` })
  }
  // Compared letter by letter: a path or a port more is another place.
  if (doubled || client.settings.CallbackURLs?.includes(redirectUri) !== true) {
    return errorPage(site, { error: 'redirect_mismatch', client_id: clientId })
  }
  const providers = client.settings.SupportedIdentityProviders ?? []
  if (providers.length === 0) {
    return errorPage(site, { error: 'unauthorized_client', client_id: clientId })
  }
  return readParameters(site, client, redirectUri, given, query)
}

const missing = (name: string): Parameters => ({
  error: `Required String parameter '${name}' is not present`,
})

/** Where nothing says that the app's own page may be trusted, the browser is shown ours. */
export function errorPage(site: Site, parameters: Parameters): HttpOperationOutput {
  return redirect(at(site, '/error', parameters))
}

function readParameters(
  site: Site,
  client: Client,
  redirectUri: string,
  given: Parameters,
  query: URLSearchParams,
): LoginRequest | HttpOperationOutput {
  const { response_type: type, state, nonce, code_challenge: challenge } = given
  const refuse = (error: string, description?: string) =>
    refusal({ redirectUri, state, type }, error, description)
  if (type !== 'code' && type !== 'token') return refuse('invalid_request')
  const { AllowedOAuthFlows = [], AllowedOAuthFlowsUserPoolClient } = client.settings
  const flow = type === 'code' ? 'code' : 'implicit'
  if (AllowedOAuthFlowsUserPoolClient !== true || !AllowedOAuthFlows.includes(flow)) {
    return refuse('unauthorized_client')
  }
  const method = given['code_challenge_method']
  if ((challenge === undefined) !== (method === undefined)) return refuse('invalid_request')
  if (challenge !== undefined && (method !== 'S256' || !isChallenge(challenge))) {
    return refuse('invalid_request')
  }
  if (given['resource'] !== undefined) {
    return refuse('invalid_request', 'Orrery does not model resource binding (resource) yet')
  }
  const scopes = scopesOf(client, given['scope'])
  // Seen on AWS: the code of RFC 6749 stands in the description.
  if (scopes === undefined) return refuse('invalid_request', 'invalid_scope')
  const { prompt, login_hint: loginHint, lang } = given
  // Source: "Authorize endpoint", `prompt`: of the managed login alone, not of the classic pages.
  const hasPrompt = prompt !== undefined && site.domain.managedLoginVersion >= 2
  return {
    client,
    redirectUri,
    responseType: type,
    scopes,
    ...(state === undefined ? {} : { state }),
    ...(nonce === undefined ? {} : { nonce }),
    ...(challenge === undefined ? {} : { challenge }),
    ...(hasPrompt ? { prompt } : {}),
    ...(loginHint === undefined ? {} : { loginHint }),
    ...(lang === undefined ? {} : { lang }),
    query: query.toString(),
  }
}

/** Source: RFC 7636, 4.2: base64url of a SHA-256. */
const isChallenge = (text: string): boolean => /^[A-Za-z0-9_-]{43}$/.test(text)

/** The scopes asked for, all that the client has where none is; undefined where one is not the client's. */
function scopesOf(client: Client, given: string | undefined): readonly string[] | undefined {
  const { AllowedOAuthScopes = [] } = client.settings
  const asked = [...new Set((given ?? '').split(/[ +]/).filter((scope) => scope !== ''))]
  if (asked.length === 0) return AllowedOAuthScopes
  return asked.every((scope) => AllowedOAuthScopes.includes(scope)) ? asked : undefined
}

interface Return {
  readonly redirectUri: string
  readonly state?: string | undefined
  /** `response_type`: tokens and their refusals come in the fragment. */
  readonly type?: string | undefined
}

/** Sends the browser back to the app with a refusal. The order of the parameters is AWS's. */
export function refusal(
  { redirectUri, state, type }: Return,
  error: string,
  description?: string,
): HttpOperationOutput {
  const parameters = { error_description: description, state, error }
  return redirect(withParameters(redirectUri, parameters, type === 'token' ? 'fragment' : 'query'))
}

export function refusalOf(
  { redirectUri, state, responseType }: LoginRequest,
  error: string,
  description?: string,
): HttpOperationOutput {
  return refusal({ redirectUri, state, type: responseType }, error, description)
}

/** The pool's own users can sign in to this app. */
export const hasOwnUsers = ({ settings }: Client): boolean =>
  settings.SupportedIdentityProviders?.includes('COGNITO') === true

/** Providers outside whose users can sign in to this app, as they are named there. */
export function providersOf({ ctx, pool }: Site, { settings }: Client): Provider[] {
  const found: Provider[] = []
  for (const name of settings.SupportedIdentityProviders ?? []) {
    const provider = providers.get(ctx, orderedKey(pool.id, name))
    if (provider !== undefined) found.push(provider)
  }
  return found
}
