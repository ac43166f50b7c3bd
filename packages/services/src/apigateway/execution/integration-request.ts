import type { Integration } from '@cloud-orrery/models/apigateway'
import { TemplateError } from '../vtl/ast.ts'
import { isMap, shownText } from '../vtl/values.ts'
import { type ApiCall, headerOf } from './api-call.ts'
import { configurationError, GatewayError } from './gateway-errors.ts'
import { isBinary, mapped, mediaType, sourceValue } from './mapping.ts'

/** What goes to a backend, after mapping. */
export interface IntegrationRequest {
  readonly path: Record<string, string>
  readonly query: Record<string, readonly string[]>
  /** Only what is mapped; proxies add the request's own. */
  readonly headers: Record<string, string>
  readonly body: Buffer
}

/** Headers that an integration may not set: the call fails. Recorded: apigateway, header remapping tests. */
const forbidden: Readonly<Record<string, readonly string[]>> = {
  all: ['content-length', 'transfer-encoding'],
  AWS: ['authorization', 'connection', 'expect', 'proxy-authenticate', 'te'],
}

const multiQuery = 'method.request.multivaluequerystring.'

/** Maps parameters and body to what the integration gets. Throws GatewayError. */
export function integrationRequest(call: ApiCall, integration: Integration): IntegrationRequest {
  const made: IntegrationRequest = { path: {}, query: {}, headers: {}, body: call.body }
  for (const [target, source] of Object.entries(integration.requestParameters ?? {})) {
    const match = /^integration\.request\.(path|querystring|header)\.(.+)$/.exec(target)
    const [, place, name = ''] = match ?? []
    if (place === 'header') checkHeader(integration, name)
    const value = sourceValue(call, source)
    if (value === undefined) continue
    if (place === 'path') made.path[name] = value
    else if (place === 'querystring') {
      const multi = source.startsWith(multiQuery)
      made.query[name] = multi ? (call.query[source.slice(multiQuery.length)] ?? [value]) : [value]
    } else made.headers[name] = value
  }
  if (integration.type === 'HTTP_PROXY' || integration.type === 'AWS_PROXY') return made
  const body = transformedBody(call, integration)
  applyOverrides(call, made)
  return { ...made, body }
}

function checkHeader({ type = '' }: Integration, name: string): void {
  const lower = name.toLowerCase()
  if (forbidden['all']?.includes(lower) || forbidden[type]?.includes(lower)) {
    throw configurationError()
  }
}

/** Source: developer guide, "Integration passthrough behaviors". */
function transformedBody(call: ApiCall, integration: Integration): Buffer {
  const {
    requestTemplates = {},
    passthroughBehavior = 'WHEN_NO_MATCH',
    contentHandling,
  } = integration
  const type = mediaType(headerOf(call.headers, 'content-type')) || 'application/json'
  const template = requestTemplates[type] ?? requestTemplates['$default']
  if (template === undefined) {
    const hasTemplates = Object.keys(requestTemplates).length > 0
    if (
      passthroughBehavior === 'NEVER' ||
      (passthroughBehavior === 'WHEN_NO_TEMPLATES' && hasTemplates)
    ) {
      throw new GatewayError('UNSUPPORTED_MEDIA_TYPE', 'Unsupported Media Type')
    }
    return handledContent(call, contentHandling)
  }
  const binary = isBinary(call.api.binaryMediaTypes, headerOf(call.headers, 'content-type'))
  // A template sees text alone: what is binary has to be made text first.
  if (binary && contentHandling !== 'CONVERT_TO_TEXT' && call.body.byteLength > 0) {
    throw configurationError()
  }
  const text = binary ? call.body.toString('base64') : call.body.toString()
  try {
    return Buffer.from(mapped(call, template, text))
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    call.log.push(`Execution failed due to configuration error: Unable to transform request`)
    throw configurationError()
  }
}

/**
 * Source: developer guide, "Content type conversions in API Gateway", table for requests; recorded: apigateway,
 * `test_apigw_s3_binary_support_request`.
 */
function handledContent(call: ApiCall, contentHandling: string | undefined): Buffer {
  const binary = isBinary(call.api.binaryMediaTypes, headerOf(call.headers, 'content-type'))
  if (contentHandling === 'CONVERT_TO_BINARY' && !binary) {
    return Buffer.from(call.body.toString(), 'base64')
  }
  if (contentHandling === 'CONVERT_TO_TEXT' && binary) {
    return Buffer.from(call.body.toString('base64'))
  }
  // What is no binary type is read as UTF-8, and what is none is lost.
  return binary || contentHandling !== undefined ? call.body : Buffer.from(call.body.toString())
}

/** `$context.requestOverride` of a template. Source: developer guide, "Override your API's request and response parameters". */
function applyOverrides({ overrides }: ApiCall, made: IntegrationRequest): void {
  const { header, path, querystring } = overrides.request
  for (const [name, value] of entriesOf(header)) {
    if (name.toLowerCase() in { host: 1 }) continue
    made.headers[name] = value
  }
  for (const [name, value] of entriesOf(path)) made.path[name] = value
  for (const [name, value] of entriesOf(querystring)) made.query[name] = [value]
}

export function entriesOf(value: unknown): (readonly [string, string])[] {
  return isMap(value)
    ? Object.entries(value).map(([name, member]) => [name, shownText(member)] as const)
    : []
}
