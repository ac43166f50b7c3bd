import { orderedKey } from '@cloud-orrery/kernel'
import type {
  CreateUserPoolClientRequest,
  UpdateUserPoolClientRequest,
} from '@cloud-orrery/models/cognitoidp'
import type { Context } from '../../context.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { invalidOAuthFlow, invalidParameter, scopeMissing } from '../errors.ts'
import {
  callbackUrlsMax,
  refreshValidityDays,
  refreshValidityMs,
  sessionValidityMinutes,
  tokenValidityMs,
} from '../limits.ts'
import { defined } from '../pools/settings.ts'
import type { Pool } from '../pools/state.ts'
import { type ClientSettings, providers, resourceServers } from './state.ts'
import { type TokenKind, validityMs } from './validity.ts'

type Given = Omit<CreateUserPoolClientRequest, 'ClientName'> | UpdateUserPoolClientRequest

/** Settings as given, the rest as AWS sets it where nothing is said. Throws InvalidParameterException and its like. */
export function clientSettings(
  ctx: Context,
  pool: Pool,
  given: Given,
  hasSecret: boolean,
): ClientSettings {
  checkAttributes(pool, given)
  checkFlows(given)
  checkOAuth(ctx, pool, given, hasSecret)
  const settings = defined({
    RefreshTokenValidity: given.RefreshTokenValidity || refreshValidityDays,
    AccessTokenValidity: given.AccessTokenValidity,
    IdTokenValidity: given.IdTokenValidity,
    TokenValidityUnits: given.TokenValidityUnits ?? {},
    ReadAttributes: given.ReadAttributes,
    WriteAttributes: given.WriteAttributes,
    ExplicitAuthFlows: given.ExplicitAuthFlows,
    SupportedIdentityProviders: given.SupportedIdentityProviders,
    CallbackURLs: given.CallbackURLs,
    LogoutURLs: given.LogoutURLs,
    DefaultRedirectURI: given.DefaultRedirectURI,
    AllowedOAuthFlows: given.AllowedOAuthFlows,
    AllowedOAuthScopes: given.AllowedOAuthScopes,
    AllowedOAuthFlowsUserPoolClient: given.AllowedOAuthFlowsUserPoolClient ?? false,
    PreventUserExistenceErrors: given.PreventUserExistenceErrors,
    EnableTokenRevocation: given.EnableTokenRevocation ?? true,
    EnablePropagateAdditionalUserContextData:
      given.EnablePropagateAdditionalUserContextData ?? false,
    AuthSessionValidity: given.AuthSessionValidity ?? sessionValidityMinutes,
    RefreshTokenRotation: given.RefreshTokenRotation,
  })
  checkValidity(settings)
  return settings
}

/** Source: CreateUserPoolClient; "Refresh tokens", "Understanding the access token". */
function checkValidity(settings: ClientSettings): void {
  const ofKind = (kind: TokenKind) => validityMs({ settings }, kind)
  const [access, id, refresh] = [ofKind('access'), ofKind('id'), ofKind('refresh')]
  const isOff = (ms: number, { min, max }: { min: number; max: number }) => ms < min || ms > max
  if (isOff(refresh, refreshValidityMs)) {
    throw invalidParameter(
      'Invalid range for token validity: refresh token, 60 minutes to 10 years.',
    )
  }
  for (const ms of [access, id]) {
    if (isOff(ms, tokenValidityMs)) {
      throw invalidParameter('Invalid range for token validity: 5 minutes to 1 day.')
    }
  }
  if (access > refresh || id > refresh) {
    throw invalidParameter(
      'Invalid range for token validity: tokens cannot outlive the refresh token.',
    )
  }
}

function checkAttributes({ schema }: Pool, given: Given): void {
  const { ReadAttributes = [], WriteAttributes = [] } = given
  const known = new Map(schema.map((attribute) => [attribute.Name ?? '', attribute]))
  const kept = ['email_verified', 'phone_number_verified', 'sub', 'identities']
  for (const name of ReadAttributes) {
    if (!known.has(name))
      throw invalidParameter('Invalid read attributes specified while creating a client')
  }
  for (const name of WriteAttributes) {
    if (!known.has(name) || kept.includes(name)) {
      throw invalidParameter('Invalid write attributes specified while creating a client')
    }
  }
  const isLost = (name: string) => WriteAttributes.length > 0 && !WriteAttributes.includes(name)
  const required = schema.filter(({ Required, Name }) => Required === true && Name !== 'sub')
  if (required.some(({ Name = '' }) => isLost(Name))) {
    throw invalidParameter('Required attributes must be writable by the client.')
  }
}

function checkFlows({ ExplicitAuthFlows: flows = [], RefreshTokenRotation }: Given): void {
  const isNew = (flow: string) => flow.startsWith('ALLOW_')
  if (flows.some(isNew) && !flows.every(isNew)) {
    throw invalidParameter(
      'Invalid combination of ExplicitAuthFlows values: values with and without the prefix ALLOW_ cannot be mixed.',
    )
  }
  if (flows.includes('ADMIN_NO_SRP_AUTH') && flows.includes('CUSTOM_AUTH_FLOW_ONLY')) {
    throw invalidParameter('ADMIN_NO_SRP_AUTH and CUSTOM_AUTH_FLOW_ONLY cannot be combined.')
  }
  for (const flow of flows) {
    if (flow.startsWith('ALLOW_TOKEN_EXCHANGE')) {
      throw notModelled(`the flow ${flow} of Cognito app clients`)
    }
  }
  if (RefreshTokenRotation?.Feature === 'ENABLED' && flows.includes('ALLOW_REFRESH_TOKEN_AUTH')) {
    throw invalidParameter(
      'ALLOW_REFRESH_TOKEN_AUTH cannot be used with refresh token rotation enabled.',
    )
  }
}

const openIdScopes = ['phone', 'email', 'openid', 'profile', 'aws.cognito.signin.user.admin']

function checkOAuth(ctx: Context, pool: Pool, given: Given, hasSecret: boolean): void {
  const {
    AllowedOAuthFlows: flows = [],
    AllowedOAuthScopes: scopes = [],
    CallbackURLs = [],
  } = given
  const hosted = given.AllowedOAuthFlowsUserPoolClient === true
  if (hosted && (flows.length === 0 || scopes.length === 0)) {
    throw invalidOAuthFlow(
      'AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows.',
    )
  }
  if (flows.includes('client_credentials')) {
    if (flows.length > 1) {
      throw invalidOAuthFlow(
        'client_credentials flow can not be selected along with code flow or implicit flow.',
      )
    }
    if (!hasSecret) {
      throw invalidOAuthFlow(
        'client_credentials flow can not be selected if client does not have a client secret.',
      )
    }
  }
  if (hosted && flows.some((flow) => flow !== 'client_credentials') && CallbackURLs.length === 0) {
    throw invalidParameter('CallbackURLs are required for the code and implicit flows.')
  }
  checkUrls(given)
  const missing = scopes.filter(
    (scope) => !openIdScopes.includes(scope) && !isScope(ctx, pool, scope),
  )
  if (missing.length > 0) throw scopeMissing(missing)
  for (const name of given.SupportedIdentityProviders ?? []) {
    if (name !== 'COGNITO' && !providers.has(ctx, orderedKey(pool.id, name))) {
      throw invalidParameter(`The provider ${name} does not exist for User Pool ${pool.id}.`)
    }
  }
}

/** `identifier/scope` of a resource server. */
function isScope(ctx: Context, pool: Pool, scope: string): boolean {
  const slash = scope.lastIndexOf('/')
  const server = resourceServers.get(ctx, orderedKey(pool.id, scope.slice(0, slash)))
  return server?.scopes.some(({ ScopeName }) => ScopeName === scope.slice(slash + 1)) === true
}

/** Source: CreateUserPoolClient, `CallbackURLs`: HTTPS but for localhost and app schemes; no fragment. */
function checkUrls({ CallbackURLs = [], LogoutURLs = [], DefaultRedirectURI }: Given): void {
  if (CallbackURLs.length > callbackUrlsMax || LogoutURLs.length > callbackUrlsMax) {
    throw invalidParameter(`The number of URLs exceeds ${callbackUrlsMax}.`)
  }
  for (const url of [...CallbackURLs, ...LogoutURLs]) {
    const isLocal = /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?:[:/]|$)/.test(url)
    const isAllowed = /^[a-z][a-z0-9+.-]*:\/\/?./i.test(url) && !url.includes('#')
    if (!isAllowed || (/^http:/i.test(url) && !isLocal)) {
      throw invalidParameter(`${url}  cannot use the HTTP protocol.`)
    }
  }
  if (DefaultRedirectURI !== undefined && !CallbackURLs.includes(DefaultRedirectURI)) {
    throw invalidParameter('DefaultRedirectURI must be in the list of CallbackURLs.')
  }
}
