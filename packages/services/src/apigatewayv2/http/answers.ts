import type { HttpOperationOutput } from '../../http-operation.ts'

/** An answer of API Gateway's own: `{"message":"Not Found"}`. */
export function message(
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): HttpOperationOutput {
  const body = Buffer.from(JSON.stringify({ message: text }))
  return {
    status,
    headers: { 'content-type': 'application/json', 'content-length': `${body.length}`, ...headers },
    body,
  }
}

export const notFound = () => message(404, 'Not Found')
export const forbidden = () => message(403, 'Forbidden')
export const unauthorized = (headers?: Readonly<Record<string, string>>) =>
  message(401, 'Unauthorized', headers)
export const internalError = () => message(500, 'Internal Server Error')
export const unavailable = () => message(503, 'Service Unavailable')
export const tooMany = () => message(429, 'Too Many Requests')
export const tooLarge = () => message(413, 'Request Entity Too Large')
export const headersTooLarge = () => message(431, 'Request Header Fields Too Large')
