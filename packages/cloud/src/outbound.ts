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
  try {
    const response = await fetch(request.url, {
      method: request.method,
      headers: request.headers,
      body: request.body,
      redirect: 'manual',
      signal: AbortSignal.timeout(request.timeoutMs),
    })
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: await response.text(),
    }
  } catch (error) {
    // A refused connection and a timeout are answers that the caller has to deal with.
    if (error instanceof TypeError || error instanceof DOMException) return unreachable
    throw error
  }
}

const unreachable: OutboundResponse = { status: 0, headers: {}, body: '' }
