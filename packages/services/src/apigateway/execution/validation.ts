import { schemaOf } from '../model-schemas.ts'
import { type ApiCall, headerOf } from './api-call.ts'
import { GatewayError } from './gateway-errors.ts'
import { schemaViolations } from './json-schema.ts'
import { json, mediaType } from './mapping.ts'

/** What the method's validator asks of a request: parameters first, then the body. Throws GatewayError. */
export function validateRequest(call: ApiCall): void {
  const { method, api } = call
  const validator = api.validators.find(({ id }) => id === method.requestValidatorId)
  if (validator === undefined) return
  if (validator.validateRequestParameters) checkParameters(call)
  if (validator.validateRequestBody) checkBody(call)
}

/** Recorded: apigateway, `test_api_gateway_request_validator`: headers, path, query string. */
function checkParameters(call: ApiCall): void {
  const missing: Record<string, string[]> = { header: [], path: [], querystring: [] }
  for (const [key, isRequired] of Object.entries(call.method.requestParameters ?? {})) {
    const match = /^method\.request\.(header|path|querystring)\.(.+)$/.exec(key)
    if (!isRequired || match === null) continue
    const [, place = '', name = ''] = match
    if ((parameterValue(call, place, name) ?? '') === '') missing[place]?.push(name)
  }
  const names = Object.values(missing).flat()
  if (names.length === 0) return
  throw new GatewayError(
    'BAD_REQUEST_PARAMETERS',
    `Missing required request parameters: [${names.join(', ')}]`,
  )
}

function parameterValue(call: ApiCall, place: string, name: string): string | undefined {
  if (place === 'header') return headerOf(call.headers, name)
  if (place === 'path') return call.pathParameters[name]
  return call.query[name]?.at(-1)
}

/**
 * The model of the request's content type, else that of JSON; without one nothing is checked. Only JSON is looked at.
 * Source: developer guide, "Set up basic request validation".
 */
function checkBody(call: ApiCall): void {
  const { requestModels = {} } = call.method
  const type = mediaType(headerOf(call.headers, 'content-type')) || 'application/json'
  const model = requestModels[type] ?? requestModels['$default']
  if (model === undefined) return
  const schema = schemaOf(call.api.models.find(({ name }) => name === model)?.schema ?? '')
  if (schema === undefined) return
  const text = call.body.toString()
  const value = text.trim() === '' ? {} : json(text)
  const violations =
    value === undefined ? ['Can not parse JSON'] : schemaViolations(value, schema, call.api.models)
  if (violations.length === 0) return
  throw new GatewayError('BAD_REQUEST_BODY', 'Invalid request body', {
    validationErrors: violations,
  })
}
