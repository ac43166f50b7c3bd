import type { Integration, IntegrationResponse } from '@cloud-orrery/models/apigateway'
import type { HttpOperationOutput } from '../../http-operation.ts'
import { TemplateError } from '../vtl/ast.ts'
import { selected } from '../vtl/json-path.ts'
import { javaPattern } from '../vtl/patterns.ts'
import { shownText } from '../vtl/values.ts'
import { type ApiCall, headerOf } from './api-call.ts'
import type { BackendAnswer } from './backend-answer.ts'
import { contextVariable } from './context-variables.ts'
import { configurationError } from './gateway-errors.ts'
import { entriesOf } from './integration-request.ts'
import { atPath, isBinary, json, mapped, mediaType } from './mapping.ts'
import { remapped } from './remapped-headers.ts'

/** What a backend answered as callers get it, by the integration response that it selects. Throws GatewayError. */
export function integrationResponse(
  call: ApiCall,
  integration: Integration,
  answer: BackendAnswer,
): HttpOperationOutput {
  if (integration.type === 'HTTP_PROXY') return passedOn(call, answer)
  const chosen = chosenResponse(integration, answer)
  if (chosen === undefined) {
    call.log.push(
      'Execution failed due to configuration error: No match for output mapping and no default output mapping configured.',
    )
    throw configurationError()
  }
  const { type, body } = bodyOf(call, chosen, answer)
  const headers: Record<string, string> = { 'content-type': type }
  for (const [target, source] of Object.entries(chosen.responseParameters ?? {})) {
    const value = responseValue(call, source, answer)
    if (value !== undefined)
      headers[target.replace('method.response.header.', '').toLowerCase()] = value
  }
  const { header, status } = call.overrides.response
  for (const [name, value] of entriesOf(header)) headers[name.toLowerCase()] = value
  const overridden = Number(shownText(status))
  const sent = remapped(headers)
  if (integration.type !== 'MOCK') sent['x-amzn-trace-id'] = call.trace
  return {
    status:
      status !== undefined && Number.isInteger(overridden) ? overridden : Number(chosen.statusCode),
    headers: sent,
    body,
  }
}

function passedOn(call: ApiCall, answer: BackendAnswer): HttpOperationOutput {
  const { 'set-cookie': cookie, ...headers } = answer.headers
  return {
    status: answer.status,
    headers: {
      'content-type': 'application/json',
      ...remapped(headers),
      'x-amzn-trace-id': call.trace,
    },
    ...(answer.cookies === undefined
      ? cookie === undefined
        ? {}
        : { cookies: [cookie] }
      : { cookies: answer.cookies }),
    body: answer.body,
  }
}

/** The first whose pattern takes the whole text; else the one without a pattern. */
function chosenResponse(
  { integrationResponses = {} }: Integration,
  { selection }: BackendAnswer,
): IntegrationResponse | undefined {
  const all = Object.values(integrationResponses)
  const isDefault = ({ selectionPattern = '' }: IntegrationResponse) => selectionPattern === ''
  const matching = all.find(
    (it) => !isDefault(it) && selection !== '' && takes(it.selectionPattern ?? '', selection),
  )
  return matching ?? all.find(isDefault)
}

function takes(pattern: string, text: string): boolean {
  try {
    return javaPattern(`^(?:${pattern})$`, 's', text.length).test(text)
  } catch (error) {
    if (error instanceof TemplateError) return false
    throw error
  }
}

/** Source: developer guide, "Content type conversions in API Gateway", table for responses. */
function bodyOf(
  call: ApiCall,
  { responseTemplates = {}, contentHandling }: IntegrationResponse,
  answer: BackendAnswer,
): { type: string; body: Buffer } {
  const given = answer.headers['content-type']
  const accept = mediaType((headerOf(call.headers, 'accept') ?? '').split(',')[0])
  const names = Object.keys(responseTemplates)
  const name =
    names.find((it) => it === accept) ?? names.find((it) => it === 'application/json') ?? names[0]
  const template = name === undefined ? undefined : responseTemplates[name]
  const types = call.api.binaryMediaTypes
  const isFromBinary = isBinary(types, given)
  const wantsBinary = isBinary(types, accept === '' ? undefined : accept) && types.length > 0
  let { body } = answer
  if (contentHandling === 'CONVERT_TO_TEXT' && (isFromBinary || wantsBinary)) {
    if (isFromBinary) body = Buffer.from(body.toString('base64'))
  } else if (contentHandling === 'CONVERT_TO_BINARY' && !isFromBinary) {
    body = Buffer.from(body.toString(), 'base64')
  } else if (contentHandling === undefined && types.length > 0 && isFromBinary && !wantsBinary) {
    body = Buffer.from(body.toString('base64'))
  } else if (contentHandling === undefined && !isFromBinary && !wantsBinary) {
    body = Buffer.from(body.toString())
  }
  if (template === undefined || name === undefined || template === '') {
    return { type: given ?? 'application/json', body }
  }
  try {
    return { type: name, body: Buffer.from(mapped(call, template, body.toString())) }
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    call.log.push('Execution failed due to configuration error: Unable to transform response')
    throw configurationError()
  }
}

/** Source: developer guide, "Parameter mapping source reference for REST APIs", responses. */
function responseValue(call: ApiCall, source: string, answer: BackendAnswer): string | undefined {
  if (/^'[\s\S]*'$/.test(source)) return source.slice(1, -1)
  const [head = '', , place = '', ...name] = source.split('.')
  if (head === 'stageVariables') return call.variables[source.slice('stageVariables.'.length)]
  if (head === 'context') {
    const value = atPath(contextVariable(call), source.split('.').slice(1))
    return value === undefined ? undefined : shownText(value)
  }
  if (place === 'header' || place === 'multivalueheader') {
    return answer.headers[name.join('.').toLowerCase()]
  }
  if (place !== 'body') return undefined
  const text = answer.body.toString()
  if (name.length === 0) return text
  const value = selected(json(text), `$.${name.join('.')}`)
  return value === undefined ? undefined : shownText(value)
}
