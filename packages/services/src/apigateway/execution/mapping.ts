import { selected } from '../vtl/json-path.ts'
import { renderTemplate } from '../vtl/render.ts'
import { shownText } from '../vtl/values.ts'
import { inputVariable, utilVariable } from '../vtl/variables.ts'
import { type ApiCall, headerOf, lastValues } from './api-call.ts'
import { contextVariable } from './context-variables.ts'

/**
 * What a mapping expression of a request stands for: a text in quotes, a parameter, part of the body, the context or a
 * stage variable. Source: developer guide, "Parameter mapping source reference for REST APIs".
 */
export function sourceValue(call: ApiCall, source: string): string | undefined {
  if (/^'[\s\S]*'$/.test(source)) return source.slice(1, -1)
  const [head = '', ...rest] = source.split('.')
  if (head === 'stageVariables') return call.variables[rest.join('.')]
  if (head === 'context') {
    const value = atPath(contextVariable(call), rest)
    return value === undefined ? undefined : shownText(value)
  }
  const [, place = '', ...name] = rest
  return requestValue(call, place, name.join('.'))
}

function requestValue(call: ApiCall, place: string, name: string): string | undefined {
  switch (place) {
    case 'path':
      return call.pathParameters[name]
    case 'querystring':
      return call.query[name]?.at(-1)
    case 'multivaluequerystring':
      return call.query[name]?.join(',')
    case 'header':
    case 'multivalueheader':
      return headerOf(call.headers, name)
    case 'body': {
      const text = call.body.toString()
      if (name === '') return text
      const value = selected(json(text), `$.${name}`)
      return value === undefined ? undefined : shownText(value)
    }
    default:
      return undefined
  }
}

export function atPath(value: unknown, path: readonly string[]): unknown {
  let found = value
  for (const name of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined
    found = (found as Record<string, unknown>)[name]
  }
  return found
}

export function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // Nothing can be selected in what is no JSON.
  }
}

/** Fills a mapping template in with the request's parameters and a body: the request's, or the integration's. */
export function mapped(call: ApiCall, template: string, body: string): string {
  const parameters = {
    path: call.pathParameters,
    querystring: lastValues(call.query),
    header: lastValues(call.headers),
  }
  return renderTemplate(template, {
    input: inputVariable(body, parameters),
    util: utilVariable(),
    context: contextVariable(call),
    stageVariables: { ...call.variables },
  })
}

/** `${stageVariables.name}` in URIs and credentials. */
export function withStageVariables(call: ApiCall, text: string): string {
  return text.replace(
    /\$\{stageVariables\.(\w+)\}/g,
    (_, name: string) => call.variables[name] ?? '',
  )
}

/** A content type without its parameters, in lower case. */
export function mediaType(contentType: string | undefined): string {
  return (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
}

/** Whether a content type is one of an API's binary ones: wildcards hold for all of a type, or for all. */
export function isBinary(
  binaryMediaTypes: readonly string[],
  contentType: string | undefined,
): boolean {
  const type = mediaType(contentType)
  if (type === '') return binaryMediaTypes.includes('*/*')
  return binaryMediaTypes.some((pattern) => {
    const [main, sub] = pattern.toLowerCase().split('/')
    const [ownMain, ownSub] = type.split('/')
    return (main === '*' || main === ownMain) && (sub === '*' || sub === ownSub)
  })
}
