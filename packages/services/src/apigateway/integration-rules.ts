import type { Integration } from '@cloud-orrery/models/apigateway'
import { badRequest } from './errors.ts'
import { integrationTimeoutMsMax, integrationTimeoutMsMin } from './limits.ts'
import type { MethodRecord, ResourceRecord } from './state.ts'

/** What an integration has to be. Recorded: apigateway, `test_put_integration_validation`: the order of checks. */
export function checkIntegration(
  integration: Integration,
  method: MethodRecord,
  resource: ResourceRecord,
): void {
  const { type = '', httpMethod, timeoutInMillis = integrationTimeoutMsMax } = integration
  if (type !== 'MOCK') {
    if (httpMethod === undefined || httpMethod === '') {
      throw badRequest('Enumeration value for HttpMethod must be non-empty')
    }
    checkUri(integration)
  }
  // Regional and private APIs may raise it by a quota, which Orrery does not grant.
  if (timeoutInMillis < integrationTimeoutMsMin || timeoutInMillis > integrationTimeoutMsMax) {
    throw badRequest(
      `Timeout should be between ${integrationTimeoutMsMin} ms and ${integrationTimeoutMsMax} ms`,
    )
  }
  checkMappings(integration, method, resource)
}

function checkUri({ type, uri = '' }: Integration): void {
  if (type === 'HTTP' || type === 'HTTP_PROXY') {
    if (/^https?:\/\/\S+$/.test(uri) || uri.includes('${stageVariables.')) return
    throw badRequest('Invalid HTTP endpoint specified for URI')
  }
  if (!/^arn:[^:]+:[^:]+:[^:]*:.+:.+$/.test(uri)) {
    throw badRequest('Invalid ARN specified in the request')
  }
  if (!/^arn:[^:]+:apigateway:[^:]*:[^:]+:(?:path|action)\/./.test(uri)) {
    throw badRequest('AWS ARN for integration must contain path or action')
  }
  if (type !== 'AWS_PROXY') return
  const isFunction =
    /:lambda:path\/2015-03-31\/functions\/(?:arn:[^:]+:lambda:.+|\$\{stageVariables\..+)\/invocations/.test(
      uri,
    )
  if (!isFunction && !/:firehose:action\//.test(uri)) throw proxyKinds()
}

function proxyKinds() {
  return badRequest(
    "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations.",
  )
}

const sources =
  /^(?:'[\s\S]*'|method\.request\.(?:path|querystring|header|multivaluequerystring|multivalueheader|body)\b.*|context\..+|stageVariables\..+)$/

/** Values of request parameters: a text in quotes, or something of the request, the context or the stage. */
function checkMappings(
  { requestParameters = {} }: Integration,
  method: MethodRecord,
  { path }: ResourceRecord,
): void {
  const errors: string[] = []
  for (const [key, value] of Object.entries(requestParameters)) {
    if (!/^integration\.request\.(?:path|querystring|header)\..+$/.test(key)) {
      errors.push(`Invalid mapping expression specified: ${key}`)
    } else if (!sources.test(value)) {
      errors.push(`Invalid mapping expression specified: ${value}`)
    } else if (!isDeclared(value, method, path)) {
      errors.push(`Invalid mapping expression parameter specified: ${value}`)
    }
  }
  if (errors.length === 0) return
  throw badRequest(
    `Invalid mapping expression specified: Validation Result: warnings : [], errors : [${errors.join(', ')}]`,
  )
}

/** Parameters of the request have to be declared by the method. Source: developer guide, "Map request and response data". */
function isDeclared(
  value: string,
  { requestParameters = {} }: MethodRecord,
  path: string,
): boolean {
  const match =
    /^method\.request\.(path|querystring|header|multivaluequerystring|multivalueheader)\.(.+)$/.exec(
      value,
    )
  if (match === null) return true
  const [, place = '', name = ''] = match
  const declared = `method.request.${place.replace('multivalue', '')}.${name}`
  if (place === 'path' && (path.includes(`{${name}}`) || path.includes(`{${name}+}`))) return true
  return Object.hasOwn(requestParameters, declared)
}
