import { STATUS_CODES } from 'node:http'
import type { FixedResponseActionConfig, RedirectActionConfig } from '@cloud-orrery/models/elbv2'
import type { HttpOperationOutput } from '../../http-operation.ts'
import type { Incoming } from './incoming.ts'

/** Of answers that no target gave. */
const server = 'awselb/2.0'

/** The page of an error. Recorded by users: what a browser shows of a load balancer without targets. */
export function errorPage(status: number): HttpOperationOutput {
  const title = `${status} ${titleOf(status)}`
  const html = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`
  return {
    status,
    headers: { server, 'content-type': 'text/html', 'content-length': String(html.length) },
    body: Buffer.from(html),
  }
}

function titleOf(status: number): string {
  if (status === 503) return 'Service Temporarily Unavailable'
  if (status === 504) return 'Gateway Time-out'
  if (status === 401) return 'Authorization Required'
  if (status === 561) return 'Authentication Error'
  return STATUS_CODES[status] ?? 'Bad Request'
}

export function fixedResponse({
  StatusCode,
  ContentType,
  MessageBody = '',
}: FixedResponseActionConfig): HttpOperationOutput {
  const body = Buffer.from(MessageBody)
  const type = ContentType ?? 'text/plain'
  return {
    status: Number(StatusCode),
    headers: {
      server,
      'content-type': MessageBody === '' ? 'text/plain' : `${type}; charset=utf-8`,
      'content-length': String(body.length),
    },
    body,
  }
}

/** What stands for parts of the request in a redirect. Source: RedirectActionConfig. */
export function redirectTarget(request: Incoming, config: RedirectActionConfig): string {
  const { host, path, query, listener } = request
  const values: Readonly<Record<string, string>> = {
    protocol: listener.protocol.toLowerCase(),
    host,
    port: String(listener.port),
    path: path.replace(/^\//, ''),
    query,
  }
  const filled = (text: string) =>
    text.replace(/#\{(protocol|host|port|path|query)\}/g, (_, name: string) => values[name] ?? '')
  const { Protocol = '', Host = '', Port = '', Path = '', Query = '' } = config
  const search = filled(Query)
  const location = `${filled(Protocol).toLowerCase()}://${filled(Host)}:${filled(Port)}${filled(Path)}`
  // What came in must not end the header.
  return (search === '' ? location : `${location}?${search}`).replace(/[\0\r\n]/g, '')
}

export function redirect(
  status: number,
  location: string,
  cookies?: readonly string[],
): HttpOperationOutput {
  return {
    ...errorPage(status),
    headers: { ...errorPage(status).headers, location },
    ...(cookies === undefined || cookies.length === 0 ? {} : { cookies }),
  }
}
