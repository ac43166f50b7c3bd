import type { HttpRequest } from '../http.ts'
import { DecodeProblem, type Place } from '../problem.ts'
import { rpcBody } from '../request-body.ts'
import { decodeComponent, decodeText } from '../values.ts'

/** Name and value pairs of a query string or form, in their order, decoded. `+` is a space. */
export type FormPairs = readonly (readonly [name: string, value: string])[]

/** Most parameters that one request can carry. Deviation: AWS limits the size of the request only. */
export const parametersMax = 100_000

/** Throws `DecodeProblem` ('syntax') for malformed percent-encoding. */
export function parseForm(text: string, place: Place): FormPairs {
  const pairs: (readonly [string, string])[] = []
  if (text === '') return pairs
  for (const part of text.split('&')) {
    if (part === '') continue
    if (pairs.length >= parametersMax)
      throw new DecodeProblem('limit', 'Too many parameters', place)
    const equals = part.indexOf('=')
    pairs.push(
      equals < 0
        ? [formText(part, place), '']
        : [formText(part.slice(0, equals), place), formText(part.slice(equals + 1), place)],
    )
  }
  return pairs
}

function formText(text: string, place: Place): string {
  const decoded = decodeComponent(text.includes('+') ? text.replaceAll('+', ' ') : text)
  if (decoded === undefined) {
    throw new DecodeProblem('syntax', 'Malformed percent-encoding', place, text)
  }
  return decoded
}

/** Parsed pairs of the latest request: routing asks for the action, decoding right afterwards for all. */
let latest: { readonly request: HttpRequest; readonly pairs: FormPairs } | undefined

/** Parameters of a query-protocol request: the query string first, then the form body. */
export function requestParameters(request: HttpRequest): FormPairs {
  if (latest?.request === request) return latest.pairs
  const query = parseForm(request.query, 'query')
  const bytes = rpcBody(request)
  const body = bytes.byteLength === 0 ? [] : parseForm(decodeText(bytes), 'body')
  const pairs = query.length === 0 ? body : [...query, ...body]
  latest = { request, pairs }
  return pairs
}

/** The `Action` parameter, or undefined where there is none or the form can't be read. */
export function actionOf(request: HttpRequest): string | undefined {
  return readableParameter(request, 'Action')
}

/** The `Version` parameter, likewise. */
export function versionOf(request: HttpRequest): string | undefined {
  return readableParameter(request, 'Version')
}

function readableParameter(request: HttpRequest, name: string): string | undefined {
  try {
    return parameterOf(request, name)
  } catch (cause) {
    if (cause instanceof DecodeProblem) return undefined
    throw cause
  }
}

export function parameterOf(request: HttpRequest, name: string): string | undefined {
  return requestParameters(request).find(([key]) => key === name)?.[1]
}
