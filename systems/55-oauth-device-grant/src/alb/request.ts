import type { ALBEvent } from './event.ts'

/** A request as the handlers look at it. */
export interface Request {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Of a form that was sent; empty where none was. */
  readonly form: URLSearchParams
}

const formType = /^application\/x-www-form-urlencoded\b/i

/** The balancer hands on parameters as they were in the address: percent-encoded. */
export function requestOf(event: ALBEvent): Request {
  const { httpMethod: method, path, queryStringParameters = {}, headers = {} } = event
  const pairs = Object.entries(queryStringParameters).map(([name, value]) => `${name}=${value}`)
  const isForm = formType.test(headers['content-type'] ?? '')
  const text = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8').toString()
  return {
    method,
    path,
    query: new URLSearchParams(pairs.join('&')),
    headers,
    form: new URLSearchParams(isForm ? text : ''),
  }
}

export function cookieOf({ headers }: Request, name: string): string | undefined {
  for (const pair of (headers['cookie'] ?? '').split(/;\s*/)) {
    const at = pair.indexOf('=')
    if (at !== -1 && pair.slice(0, at) === name) return pair.slice(at + 1)
  }
  return undefined
}
