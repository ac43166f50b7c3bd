import { orderedKey } from '@cloud-orrery/kernel'
import {
  type Authorizer,
  CreateAuthorizer,
  DeleteAuthorizer,
  GetAuthorizer,
  GetAuthorizers,
  ResetAuthorizersCache,
  UpdateAuthorizer,
} from '@cloud-orrery/models/apigatewayv2'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { discoveryUrl, fetchedObject } from '../shared/apis/jwt.ts'
import { passRole } from '../shared/apis/pass-role.ts'
import { deployChange } from './deployments.ts'
import { authorizerExists, bad, conflict, issuerInvalid } from './errors.ts'
import { audiencesMax, authorizersMax } from './limits.ts'
import { countOf, given, page, partsOf, shown, theApi, theAuthorizer, theStage } from './lookup.ts'
import { judged, newPartId } from './names.ts'
import {
  type ApiRecord,
  type AuthorizerRecord,
  authorizerAnswers,
  authorizers,
  routes,
} from './state.ts'

export const createAuthorizer = operation(CreateAuthorizer, {
  authorize: ({ ApiId }, ctx) => judged('POST', `/apis/${ApiId}/authorizers`, ctx),
  provenance: 'modelled',
  async run(ctx, { ApiId, ...input }) {
    checkAuthorizer(theApi(ctx, ApiId), input)
    await checkIssuer(ctx, input)
    const authorizer = newAuthorizer(ctx, theApi(ctx, ApiId), input)
    deployChange(ctx, ApiId)
    return shown(authorizer)
  },
})

/** Makes an authorizer whose issuer was looked at. Throws AWS's refusals. */
export function newAuthorizer(ctx: Context, api: ApiRecord, input: Authorizer): AuthorizerRecord {
  checkAuthorizer(api, input)
  const { ApiId } = api
  if (countOf(ctx, authorizers, ApiId) >= authorizersMax) {
    throw bad('Maximum number of authorizers for this API has been reached.')
  }
  checkName(ctx, ApiId, input.Name)
  passRole(ctx, input.AuthorizerCredentialsArn)
  const AuthorizerId = newPartId(ctx, 6)
  return authorizers.put(ctx, { ...defaultsOf(api, input), ...given(input), ApiId, AuthorizerId })
}

function defaultsOf({ ProtocolType }: ApiRecord, { AuthorizerType }: Authorizer) {
  if (ProtocolType === 'WEBSOCKET' || AuthorizerType === 'JWT') return {}
  return { AuthorizerResultTtlInSeconds: 0, EnableSimpleResponses: false }
}

function checkName(ctx: Context, apiId: string, name: string, ownId?: string): void {
  for (const other of partsOf(ctx, authorizers, apiId)) {
    if (other.Name === name && other.AuthorizerId !== ownId) throw authorizerExists(name)
  }
}

function checkAuthorizer(api: ApiRecord, authorizer: Authorizer): void {
  const { AuthorizerType: type, IdentitySource = [] } = authorizer
  if (type !== 'REQUEST' && type !== 'JWT') {
    throw bad('Invalid authorizer type specified. Must be one of [REQUEST, JWT]')
  }
  if (type === 'JWT' && api.ProtocolType !== 'HTTP') {
    throw bad('JWT authorizers are only supported for HTTP APIs')
  }
  const source = api.ProtocolType === 'HTTP' ? httpSource : webSocketSource
  for (const expression of IdentitySource) {
    if (!source.test(expression)) throw bad(`Invalid identity source expression ${expression}`)
  }
  if (type === 'JWT') checkJwt(authorizer)
  else checkFunction(api, authorizer)
}

const httpSource =
  /^\$(?:request\.(?:header|querystring)\.[^\s]+|context\.[^\s]+|stageVariables\.[^\s]+)$/
const webSocketSource =
  /^(?:\$?(?:route\.)?request\.(?:header|querystring)\.[^\s]+|\$?context\.[^\s]+|\$?stageVariables\.[^\s]+)$/

function checkJwt({ JwtConfiguration, IdentitySource = [], ...others }: Authorizer): void {
  if (JwtConfiguration?.Issuer === undefined || JwtConfiguration.Issuer === '') {
    throw bad('Issuer is required for JWT authorizers')
  }
  const { Audience = [] } = JwtConfiguration
  if (Audience.length === 0) throw bad('Audience is required for JWT authorizers')
  if (Audience.length > audiencesMax) {
    throw bad(`Maximum number of audiences (${audiencesMax}) exceeded`)
  }
  if (IdentitySource.length !== 1) {
    throw bad('JWT authorizers require exactly one identity source')
  }
  if (others.AuthorizerUri !== undefined) {
    throw bad('AuthorizerUri is not supported for JWT authorizers')
  }
}

function checkFunction({ ProtocolType }: ApiRecord, authorizer: Authorizer): void {
  const { AuthorizerUri, AuthorizerPayloadFormatVersion: version } = authorizer
  if (authorizer.JwtConfiguration !== undefined) {
    throw bad('JwtConfiguration is only supported for JWT authorizers')
  }
  if (AuthorizerUri === undefined || !/:lambda:path\/.*\/invocations$/.test(AuthorizerUri)) {
    throw bad(
      `Invalid Authorizer URI: ${AuthorizerUri ?? 'null'}. Authorizer URI should be a valid API Gateway ARN that represents a Lambda function invocation.`,
    )
  }
  if (ProtocolType === 'WEBSOCKET') return
  if (version !== '1.0' && version !== '2.0') {
    throw bad(
      'AuthorizerPayloadFormatVersion is a required parameter for REQUEST authorizer: must be one of [1.0, 2.0]',
    )
  }
  if (authorizer.EnableSimpleResponses === true && version !== '2.0') {
    throw bad('EnableSimpleResponses is only supported for AuthorizerPayloadFormatVersion 2.0')
  }
  const { AuthorizerResultTtlInSeconds: ttl = 0, IdentitySource = [] } = authorizer
  if (ttl < 0 || ttl > 3600) {
    throw bad('Invalid authorizerResultTtlInSeconds. Must be between 0 and 3600')
  }
  if (ttl > 0 && IdentitySource.length === 0) {
    throw bad('At least one identity source is required when caching is enabled')
  }
}

/** AWS asks the issuer what it is, so that a wrong one shows before the first token comes. */
export async function checkIssuer(ctx: Context, { JwtConfiguration }: Authorizer): Promise<void> {
  const issuer = JwtConfiguration?.Issuer
  if (issuer === undefined) return
  if (!issuer.startsWith('https://')) {
    throw bad(`Invalid issuer: ${issuer}. Issuer must have https protocol`)
  }
  const document = await fetchedObject(ctx, discoveryUrl(issuer))
  if (typeof document?.['jwks_uri'] !== 'string') throw issuerInvalid(issuer)
}

export const getAuthorizer = operation(GetAuthorizer, {
  authorize: (input, ctx) => judged('GET', pathOf(input), ctx),
  provenance: 'modelled',
  run: (ctx, { ApiId, AuthorizerId }) => shown(theAuthorizer(ctx, ApiId, AuthorizerId)),
})

export const getAuthorizers = operation(GetAuthorizers, {
  authorize: ({ ApiId }, ctx) => judged('GET', `/apis/${ApiId}/authorizers`, ctx),
  provenance: 'modelled',
  run(ctx, { ApiId, ...paging }) {
    theApi(ctx, ApiId)
    const { items, nextToken } = page(ctx, authorizers, [ApiId], paging)
    return { Items: items.map(shown), ...given({ NextToken: nextToken }) }
  },
})

export const updateAuthorizer = operation(UpdateAuthorizer, {
  authorize: (input, ctx) => judged('PATCH', pathOf(input), ctx),
  provenance: 'modelled',
  async run(ctx, { ApiId, AuthorizerId, ...changes }) {
    const asked = { ...theAuthorizer(ctx, ApiId, AuthorizerId), ...given(changes) }
    checkAuthorizer(theApi(ctx, ApiId), asked)
    if (changes.JwtConfiguration !== undefined) await checkIssuer(ctx, asked)
    passRole(ctx, changes.AuthorizerCredentialsArn)
    const changed = { ...theAuthorizer(ctx, ApiId, AuthorizerId), ...given(changes) }
    checkName(ctx, ApiId, changed.Name, AuthorizerId)
    authorizers.put(ctx, changed)
    forgetAnswers(ctx, ApiId, AuthorizerId)
    deployChange(ctx, ApiId)
    return shown(changed)
  },
})

export const deleteAuthorizer = operation(DeleteAuthorizer, {
  authorize: (input, ctx) => judged('DELETE', pathOf(input), ctx),
  provenance: 'modelled',
  run(ctx, { ApiId, AuthorizerId }) {
    theAuthorizer(ctx, ApiId, AuthorizerId)
    for (const route of partsOf(ctx, routes, ApiId)) {
      if (route.AuthorizerId !== AuthorizerId) continue
      throw conflict(
        `Cannot delete authorizer '${AuthorizerId}', is referenced in the routes [${route.RouteKey}]`,
      )
    }
    authorizers.delete(ctx, orderedKey(ApiId, AuthorizerId))
    forgetAnswers(ctx, ApiId, AuthorizerId)
    deployChange(ctx, ApiId)
    return {}
  },
})

/** Source: ResetAuthorizersCache: every authorizer's answers in a stage. */
export const resetAuthorizersCache = operation(ResetAuthorizersCache, {
  authorize: ({ ApiId, StageName }, ctx) =>
    judged('DELETE', `/apis/${ApiId}/stages/${StageName}/cache/authorizers`, ctx),
  provenance: 'modelled',
  run(ctx, { ApiId, StageName }) {
    theStage(ctx, ApiId, StageName)
    for (const { AuthorizerId } of partsOf(ctx, authorizers, ApiId)) {
      forgetAnswers(ctx, ApiId, AuthorizerId, StageName)
    }
    return {}
  },
})

function forgetAnswers(ctx: Context, ...of: readonly string[]): void {
  for (const { key } of [...authorizerAnswers.scan(ctx, { prefix: orderedKey(...of, '') })]) {
    authorizerAnswers.delete(ctx, key)
  }
}

function pathOf({ ApiId, AuthorizerId }: { ApiId: string; AuthorizerId: string }): string {
  return `/apis/${ApiId}/authorizers/${AuthorizerId}`
}
