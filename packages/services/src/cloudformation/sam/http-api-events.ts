import { isList, isObject, type Json, type JsonObject } from '../engine/json.ts'
import type { EventTarget, FunctionEvent } from './events.ts'
import { iamAuthorizer } from './http-api-authorizers.ts'
import {
  anyMethod,
  defaultPath,
  defaultRouteCalls,
  hasIntegration,
  isDefinition,
  withIntegration,
  withIntegrationMembers,
  withOperation,
  withPathParameters,
} from './http-api-definition.ts'
import { apiIdOf } from './http-api-routes.ts'
import { permission } from './permission.ts'
import { invalidDefinition, invalidEvent, invalidResource } from './problems.ts'
import { aMap, aNumber, aText, type Made, type PropertyRules } from './resources.ts'
import { isGiven, listOf, logicalIdOf, mapOf, shownText, textOf } from './values.ts'

export const httpApiEventRules: PropertyRules = {
  Path: aText,
  Method: aText,
  ApiId: aText,
  Stage: aText,
  Auth: aMap,
  TimeoutInMillis: aNumber,
  RouteSettings: aMap,
  PayloadFormatVersion: aText,
}

/** The route of an event: its permission, and its operation in the definition of its API. */
export function httpApiEvent(target: EventTarget, event: FunctionEvent): Made[] {
  const { source } = target.expansion
  const { ApiId, Path, Method } = event.properties
  const apiId = textOf(apiIdOf(ApiId)) ?? ''
  const api = source[apiId] ?? {}
  const properties = mapOf(api['Properties'])
  const { DefinitionBody } = properties
  if (isGiven(DefinitionBody) && !isDefinition(DefinitionBody)) {
    const named = logicalIdOf(ApiId) ?? shownText(ApiId)
    throw invalidResource(named, invalidDefinition().message)
  }
  const route = { path: textOf(Path) ?? '', method: (textOf(Method) ?? '').toLowerCase() }
  const body = isDefinition(DefinitionBody) ? DefinitionBody : undefined
  const permissions = permissionOf(target, event, route, body)
  if (body !== undefined) {
    const changed = withRoute(target, event, route, body, mapOf(properties['Auth']), apiId)
    source[apiId] = { ...api, Properties: { ...properties, DefinitionBody: changed } }
  }
  return permissions
}

interface Route {
  readonly path: string
  /** In lower case. */
  readonly method: string
}

function permissionOf(
  target: EventTarget,
  event: FunctionEvent,
  { path, method }: Route,
  body: JsonObject | undefined,
): Made[] {
  const isDefault = path === defaultPath
  const covered = body !== undefined && !isDefault && defaultRouteCalls(body, target.functionId)
  if (covered) return []
  const text = isDefault
    ? ''
    : path.replace(/^(.+)\/$/, '$1').replace(/\{(?:[a-zA-Z0-9._-]+|proxy\+)\}/g, '*')
  const verb = method === 'any' || method === anyMethod ? '*' : method.toUpperCase()
  const rest = method === 'any' && text === `/${defaultPath}` ? text : `/${verb}${text}`
  const arn = `arn:\${AWS::Partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${__ApiId__}/\${__Stage__}${rest}`
  const SourceArn = {
    'Fn::Sub': [arn, { __ApiId__: event.properties['ApiId'] ?? null, __Stage__: '*' }],
  }
  return [permission(target, event.logicalId, 'apigateway.amazonaws.com', { SourceArn })]
}

/** The definition with a function's operation in it, unless it has one there already. */
function withRoute(
  target: EventTarget,
  event: FunctionEvent,
  route: Route,
  before: JsonObject,
  apiAuth: JsonObject,
  apiId: string,
): JsonObject {
  const { path, method } = route
  if (target.expansion.managedApis.has(apiId) && hasIntegration(before, path, method)) {
    throw invalidEvent(
      event.relativeId,
      `API method '${method}' defined multiple times for path '${path}'.`,
    )
  }
  const condition = textOf(target.attributes['Condition'])
  let body = withIntegration(before, path, method, integrationUri(target), condition)
  const { Auth, TimeoutInMillis, PayloadFormatVersion } = event.properties
  if (isGiven(Auth)) {
    const security = securityOf(event.relativeId, route, mapOf(Auth), apiAuth)
    body = withOperation(body, path, method, (operation) => ({
      ...operation,
      security: [...listOf(operation['security']), security],
    }))
  }
  if (isGiven(TimeoutInMillis)) {
    body = withIntegrationMembers(body, path, method, { timeoutInMillis: TimeoutInMillis })
  }
  body = withPathParameters(body, path, method)
  if (!isGiven(PayloadFormatVersion)) return body
  return withIntegrationMembers(body, path, method, { payloadFormatVersion: PayloadFormatVersion })
}

/** How API Gateway calls a function, or its alias. */
function integrationUri({ arn }: EventTarget): JsonObject {
  const { Ref: alias, 'Fn::GetAtt': attribute } = mapOf(arn)
  const shown = typeof alias === 'string' ? alias : listOf(attribute).join('.')
  return {
    'Fn::Sub': `arn:\${AWS::Partition}:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/\${${shown}}/invocations`,
  }
}

/** What `Auth` of an event asks for, in an operation's `security`. Throws a ServerlessProblem. */
function securityOf(
  eventId: string,
  { path, method }: Route,
  auth: JsonObject,
  apiAuth: JsonObject,
): JsonObject {
  const fallback = apiAuth['DefaultAuthorizer']
  const wanted = isGiven(auth['Authorizer']) ? auth['Authorizer'] : fallback
  if (!isGiven(wanted)) {
    throw invalidEvent(
      eventId,
      "'Auth' section requires either an explicit 'Authorizer' set or a 'DefaultAuthorizer' configured on the HttpApi.",
    )
  }
  const authorizers = apiAuth['Authorizers']
  checkAuthorizer(eventId, { path, method }, wanted, apiAuth)
  const { AuthorizationScopes: scopes } = auth
  if (isGiven(scopes) && !isList(scopes)) {
    throw invalidEvent(
      eventId,
      `Unable to set Authorizer on API method [${method}] for path [${path}] because 'AuthorizationScopes' must be a list of strings.`,
    )
  }
  const name = shownText(wanted)
  if (name === 'NONE' || name === iamAuthorizer) return { [name]: [] }
  const own = mapOf(mapOf(authorizers)[name])['AuthorizationScopes']
  return { [name]: isGiven(scopes) ? scopes : isGiven(own) ? own : [] }
}

function checkAuthorizer(
  eventId: string,
  { path, method }: Route,
  wanted: Json,
  apiAuth: JsonObject,
): void {
  const { Authorizers: written, EnableIamAuthorizer, DefaultAuthorizer: fallback } = apiAuth
  // An API without any settings has no authorizers; one with other settings has something else there.
  const authorizers = written === undefined && !isGiven(apiAuth) ? {} : written
  const signed = wanted === iamAuthorizer && EnableIamAuthorizer === true
  const where = `on API method [${method}] for path [${path}]`
  if (wanted === 'NONE') {
    if (isGiven(fallback)) return
    throw invalidEvent(
      eventId,
      `Unable to set Authorizer ${where} because 'NONE' is only a valid value when a DefaultAuthorizer on the API is specified.`,
    )
  }
  if (signed) return
  const shown = `Unable to set Authorizer [${shownText(wanted)}] ${where}`
  if (typeof wanted !== 'string' || !isObject(authorizers)) {
    throw invalidEvent(
      eventId,
      `${shown}. The method authorizer must be a string with a corresponding dict entry in the api authorizer.`,
    )
  }
  if (!isGiven(authorizers)) {
    throw invalidEvent(eventId, `${shown} because the related API does not define any Authorizers.`)
  }
  if (!isGiven(mapOf(authorizers)[wanted])) {
    throw invalidEvent(eventId, `${shown} because it wasn't defined in the API's Authorizers.`)
  }
}
