import type { HttpOperationInput, HttpOperationOutput } from '../../http-operation.ts'
import { bad } from '../errors.ts'
import type { IntegrationRecord } from '../state.ts'
import { type ApiCall, queryParameters } from './api-call.ts'
import { contextValue } from './context-values.ts'

type Mapping = Readonly<Record<string, string>>

/** Headers that no mapping may touch. Source: developer guide, "Transform API requests and responses", "Reserved headers". */
const reserved =
  /^(?:access-control-.*|apigw-.*|authorization|connection|content-encoding|content-length|content-location|forwarded|keep-alive|origin|proxy-authenticate|proxy-authorization|te|trailers?|transfer-encoding|upgrade|via|x-amz-.*|x-amzn-.*|x-forwarded-(?:for|host|proto))$/i

const requestKey = /^(append|overwrite|remove):(?:(header|querystring)\.([^\s:]+)|(path))$/
const responseKey = /^(append|overwrite|remove):(?:(header)\.([^\s:]+)|(statuscode))$/

/** Refuses what is no mapping of a request. Parameters of a service integration have names of their own. */
export function checkRequestMapping(mapping: Mapping = {}, subtype: string | undefined): void {
  if (subtype !== undefined) return
  for (const key of Object.keys(mapping)) {
    const found = requestKey.exec(key)
    if (found === null) throw invalidKey(key)
    if (found[4] !== undefined && found[1] !== 'overwrite') throw invalidKey(key)
    if (found[2] === 'header') checkHeader(found[3] ?? '')
  }
}

export function checkResponseMapping(
  mappings: Readonly<Record<string, Mapping>> | undefined = {},
): void {
  for (const [status, mapping] of Object.entries(mappings)) {
    if (!/^[2-5]\d\d$/.test(status))
      throw bad(`Invalid status code ${status} for a response mapping`)
    for (const key of Object.keys(mapping)) {
      const found = responseKey.exec(key)
      if (found === null) throw invalidKey(key)
      if (found[4] !== undefined && found[1] !== 'overwrite') throw invalidKey(key)
      if (found[2] === 'header') checkHeader(found[3] ?? '')
    }
  }
}

function checkHeader(name: string): void {
  if (reserved.test(name)) throw bad(`Operations on header ${name} are restricted`)
}

function invalidKey(key: string): Error {
  return bad(
    `Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression parameter specified: ${key}]`,
  )
}

/** The request as the integration gets it, and the path that replaces the one of its address. */
export function mappedRequest(
  call: ApiCall,
  { RequestParameters }: IntegrationRecord,
): { readonly request: HttpOperationInput; readonly path?: string } {
  const { request } = call
  const entries = Object.entries(RequestParameters ?? {})
  if (entries.length === 0) return { request }
  const headers = { ...request.headers }
  const query = new URLSearchParams(request.query)
  let path: string | undefined
  for (const [key, expression] of entries) {
    const [, operation = '', place = 'path', name = ''] = requestKey.exec(key) ?? []
    const value = operation === 'remove' ? '' : expressionValue(call, expression)
    if (place === 'header') changeHeader(headers, operation, name.toLowerCase(), value)
    else if (place === 'path') path = value
    else if (operation === 'append') query.append(name, value)
    else if (operation === 'overwrite') query.set(name, value)
    else query.delete(name)
  }
  const changed = { ...request, headers, query: query.toString() }
  return path === undefined ? { request: changed } : { request: changed, path }
}

function changeHeader(
  headers: Record<string, string>,
  operation: string,
  name: string,
  value: string,
): void {
  if (operation === 'remove') delete headers[name]
  else if (operation === 'append' && headers[name] !== undefined) headers[name] += `,${value}`
  else headers[name] = value
}

/** The answer as the client gets it. */
export function mappedAnswer(
  call: ApiCall,
  { ResponseParameters }: IntegrationRecord,
  answer: HttpOperationOutput,
): HttpOperationOutput {
  const mapping = ResponseParameters?.[String(answer.status)]
  if (mapping === undefined) return answer
  const headers = { ...answer.headers }
  let { status } = answer
  for (const [key, expression] of Object.entries(mapping)) {
    const [, operation = '', place, name = ''] = responseKey.exec(key) ?? []
    const value = operation === 'remove' ? '' : expressionValue(call, expression, answer)
    if (place === 'header') changeHeader(headers, operation, name.toLowerCase(), value)
    else if (/^[2-5]\d\d$/.test(value)) status = Number(value)
  }
  return { ...answer, headers, status }
}

/** What an expression comes to: `$request.header.x`, `text ${context.requestId}`, `text`. */
export function expressionValue(
  call: ApiCall,
  expression: string,
  answer?: HttpOperationOutput,
): string {
  if (expression.startsWith('$') && !expression.startsWith('${')) {
    return variable(call, expression.slice(1), answer) ?? ''
  }
  return expression.replace(
    /\$\{([^}]+)\}/g,
    (_, name: string) => variable(call, name, answer) ?? '',
  )
}

/** A variable by its whole name; undefined where it has no value. */
export function variable(
  call: ApiCall,
  name: string,
  answer?: HttpOperationOutput,
): string | undefined {
  const [source, ...rest] = name.split('.')
  const key = rest.join('.')
  switch (source) {
    case 'request':
      return requestValue(call, key)
    case 'response':
      return answer === undefined ? undefined : responseValue(answer, key)
    case 'context': {
      const value = contextValue(call, key)
      return value === undefined ? undefined : String(value)
    }
    case 'stageVariables':
      return call.stage.StageVariables?.[key]
    default:
      return undefined
  }
}

function requestValue(call: ApiCall, key: string): string | undefined {
  const { request, path, matched } = call
  const [place, ...rest] = key.split('.')
  const name = rest.join('.')
  switch (place) {
    case 'header':
      return request.headers[name.toLowerCase()]
    case 'querystring':
      return queryParameters(request.query)[name]?.join(',')
    case 'path':
      return name === '' ? path : matched?.pathParameters[name]
    case 'body':
      return name === '' ? textOf(request.body) : bodyValue(textOf(request.body), name)
    case 'method':
      return request.method
    default:
      return undefined
  }
}

function responseValue({ headers, body }: HttpOperationOutput, key: string): string | undefined {
  const [place, ...rest] = key.split('.')
  const name = rest.join('.')
  if (place === 'header') return headers[name.toLowerCase()]
  if (place !== 'body' || !(body instanceof Uint8Array)) return undefined
  return name === '' ? textOf(body) : bodyValue(textOf(body), name)
}

function textOf(body: Uint8Array): string {
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8')
}

/** `a.b[0].c` in a body of JSON. Deep scans and filters are none of AWS's either. */
function bodyValue(text: string, path: string): string | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined // A body of another kind has no such part.
  }
  for (const step of path.match(/[^.[\]]+/g) ?? []) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Record<string, unknown>)[step] // It has it.
  }
  if (value === undefined) return undefined
  return typeof value === 'string' ? value : JSON.stringify(value)
}
