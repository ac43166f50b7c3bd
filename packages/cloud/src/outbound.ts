import type { OutboundRequest, OutboundResponse } from '@cloud-orrery/services'
import type { Cloud } from './cloud.ts'

/** A host of the test's or the user's own making, inside the model. */
export type InternetHost = (
  request: OutboundRequest,
) => OutboundResponse | Promise<OutboundResponse>

const loopbackHost = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/**
 * A request that leaves the cloud. Hosts that were given to the cloud answer in the process; the loopback
 * and hosts allowed by name are really called; all others do not exist.
 */
export async function outboundHttp(
  cloud: Cloud,
  request: OutboundRequest,
): Promise<OutboundResponse> {
  const { hostname } = new URL(request.url)
  const inside = cloud.internet.get(hostname)
  if (inside !== undefined) return await inside(request)
  if (!loopbackHost.test(hostname) && !cloud.egress.includes(hostname)) return unreachable
  return await send(request)
}

/** Largest answer that is read, in bytes: a larger one counts as a connection that failed. */
const answerBytesMax = 134_217_728

/** Over Node's own client, which adds no headers that AWS would not send, as `fetch` does. */
function send(request: OutboundRequest): Promise<OutboundResponse> {
  const isHttps = request.url.startsWith('https:')
  // Imported, `node:http` loads all of `fetch` with it.
  const { request: open } = process.getBuiltinModule(isHttps ? 'node:https' : 'node:http')
  const body = request.bytes ?? Buffer.from(request.body)
  return new Promise((resolve) => {
    const outgoing = open(
      request.url,
      {
        method: request.method,
        headers: { ...request.headers, 'content-length': body.byteLength },
        signal: AbortSignal.timeout(request.timeoutMs),
      },
      (response) => {
        const chunks: Buffer[] = []
        let sizeBytes = 0
        response.on('data', (chunk: Buffer) => {
          sizeBytes += chunk.byteLength
          if (sizeBytes <= answerBytesMax) chunks.push(chunk)
          else response.destroy(new Error('The answer is too large.'))
        })
        response.on('error', () => resolve(unreachable))
        response.on('end', () => {
          const bytes = Buffer.concat(chunks)
          const { 'set-cookie': cookies, ...headers } = response.headersDistinct
          resolve({
            status: response.statusCode ?? 0,
            headers: joined(headers),
            ...(cookies === undefined ? {} : { cookies }),
            body: bytes.toString(),
            bytes,
          })
        })
      },
    )
    // A refused connection and a timeout are answers that the caller has to deal with.
    outgoing.on('error', () => resolve(unreachable))
    outgoing.end(body)
  })
}

function joined(headers: NodeJS.Dict<string[]>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, values = []]) => [name, values.join(', ')]),
  )
}

const unreachable: OutboundResponse = { status: 0, headers: {}, body: '' }
