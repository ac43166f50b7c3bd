import type { HttpRequest, HttpResponse } from '@cloud-orrery/protocols'
import type { OutboundRequest, OutboundResponse } from '@cloud-orrery/services'
import type { Cloud } from './cloud.ts'
import { encode } from './door.ts'
import type { Exchange } from './exchange.ts'
import { makeCall, readRequest } from './request-path.ts'
import { plainHttpHeader } from './steps/authenticate.ts'

/** What a request of a service's becomes that is for a name of the model: one more call, in the same piece of work. */
export async function modelledHttp(
  cloud: Cloud,
  from: Exchange,
  request: OutboundRequest,
): Promise<OutboundResponse> {
  const { host, pathname, search, protocol } = new URL(request.url)
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers)) headers[name.toLowerCase()] = value
  if (protocol === 'http:') headers[plainHttpHeader] = 'true'
  const received: HttpRequest = {
    method: request.method,
    path: pathname,
    query: search.slice(1),
    headers: { ...headers, host },
    body: request.bytes ?? Buffer.from(request.body),
  }
  const exchange: Exchange = {
    door: 'internal',
    requestId: cloud.nextRequestId(),
    received,
    accountId: cloud.defaultAccountId,
    region: cloud.defaultRegion,
    cause: from.entry ?? from.cause,
    decisions: [],
    ...(from.turn === undefined ? {} : { turn: from.turn }),
    ...(from.signal === undefined ? {} : { signal: from.signal }),
  }
  if (await readRequest(cloud, exchange)) await makeCall(cloud, exchange)
  return await outboundResponse(encode(exchange, received))
}

async function outboundResponse(response: HttpResponse): Promise<OutboundResponse> {
  const { status, headers, cookies } = response
  const bytes = await bytesOf(response.body)
  const body = bytes.toString()
  return { status, headers, ...(cookies === undefined ? {} : { cookies }), body, bytes }
}

async function bytesOf(body: HttpResponse['body']): Promise<Buffer> {
  if (body instanceof Uint8Array) return Buffer.from(body)
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks)
}
