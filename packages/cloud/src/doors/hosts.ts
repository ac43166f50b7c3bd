import { isIP } from 'node:net'
import type { HttpRequest, HttpResponse } from '@cloud-orrery/protocols'
import type { OutboundResponse } from '@cloud-orrery/services'
import type { Cloud } from '../cloud.ts'
import { hostOf } from '../http-operations.ts'
import { isModelled } from '../modelled-names.ts'
import type { InternetHost } from '../outbound.ts'

/** Who answers to a host at the doors. `real`: nobody of the model, but the user allowed it by name. */
export type Reach = 'modelled' | 'given' | 'real'

/** Undefined for a host that is neither in the model nor allowed. `host` comes without port, in lower case. */
export function reachOf(cloud: Cloud, host: string): Reach | undefined {
  if (cloud.internet.has(host)) return 'given'
  if (isModelled(cloud, host)) return 'modelled'
  return cloud.egress.includes(host) ? 'real' : undefined
}

/** What a client is told that asks for a host outside the model. */
export function outsideText(host: string): string {
  return `${host} is not in the model. To let requests really go there, start with --egress ${host}\n`
}

/**
 * Names that lead to this machine, or into a network that somebody set up for it: the loopback's, those without a dot
 * (a container's neighbour), the one of Docker's host. No page of the internet can be served from them.
 */
export function isLocal(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '')
  if (isIP(bare) !== 0 || !host.includes('.')) return true
  return host.endsWith('.localhost') || host === 'host.docker.internal'
}

/**
 * What the port answers before the request path looks. A host that was given to the cloud answers itself; a name that is
 * neither local nor the model's is refused: a page whose name was bound to the loopback could else call everything
 * with the keys that everyone knows. Undefined: the request path answers.
 */
export async function answerByHost(
  cloud: Cloud,
  request: HttpRequest,
  allowed: readonly string[],
): Promise<HttpResponse | undefined> {
  const host = hostOf(request.headers)
  if (isLocal(host) || allowed.includes(host)) return undefined
  const given = answerOfGiven(cloud, request)
  if (given !== undefined) return await given
  if (isModelled(cloud, host)) return undefined
  const text = cloud.egress.includes(host)
    ? `${host} is really called only through the proxy, by https.\n`
    : `The port is not known as ${host}. If it should be, start with --allow-host ${host}; for a name of the internet: --egress ${host}\n`
  return { status: 403, headers: { 'content-type': 'text/plain' }, body: Buffer.from(text) }
}

/** What a host says that was given to the cloud; undefined: none of that name was. */
export function answerOfGiven(
  cloud: Cloud,
  request: HttpRequest,
): Promise<HttpResponse> | undefined {
  const host = hostOf(request.headers)
  const given = cloud.internet.get(host)
  return given === undefined ? undefined : askHost(given, host, request).then(responseOf)
}

/** Real time that a host of the user's own making may take. */
const hostTimeoutMs = 60_000

async function askHost(
  host: InternetHost,
  name: string,
  { method, path, query, headers, body }: HttpRequest,
): Promise<OutboundResponse> {
  const url = `https://${name}${path}${query === '' ? '' : `?${query}`}`
  const text = Buffer.from(body).toString()
  return await host({ method, url, headers, body: text, bytes: body, timeoutMs: hostTimeoutMs })
}

function responseOf({ status, headers, cookies, body, bytes }: OutboundResponse): HttpResponse {
  // 0 says that no answer comes, which here is a gateway's to say.
  return {
    status: status === 0 ? 502 : status,
    headers: { ...headers },
    ...(cookies === undefined ? {} : { cookies }),
    body: bytes ?? Buffer.from(body),
  }
}
