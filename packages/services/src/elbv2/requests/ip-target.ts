import type { Context } from '../../context.ts'
import type { HttpOperationOutput } from '../../http-operation.ts'
import { attribute, balancerAttributes } from '../attributes.ts'
import { hostText } from '../health.ts'
import type { Target, TargetGroup } from '../state.ts'
import type { Incoming } from './incoming.ts'
import { errorPage } from './responses.ts'

/** Answers of a target that mean only its connection. */
const hopHeaders = new Set(['connection', 'keep-alive', 'transfer-encoding', 'trailer', 'upgrade'])

/** Sends a request on to an address. */
export async function askAddress(
  ctx: Context,
  group: TargetGroup,
  target: Target,
  request: Incoming,
): Promise<HttpOperationOutput> {
  const { path, query, notes, balancer } = request
  const scheme = (group.protocol ?? 'HTTP').toLowerCase()
  const url = `${scheme}://${hostText(target.id)}:${target.port}${path}${query === '' ? '' : `?${query}`}`
  const seconds = attribute(balancerAttributes, balancer, 'idle_timeout.timeout_seconds')
  const answer = await ctx.http({
    method: request.method,
    url,
    headers: request.headers,
    body: Buffer.from(request.body).toString(),
    bytes: request.body,
    timeoutMs: Number(seconds) * 1000,
  })
  if (answer.status === 0) {
    notes.error = 'TargetConnectionError'
    return errorPage(502)
  }
  notes.targetStatus = answer.status
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(answer.headers)) {
    const lower = name.toLowerCase()
    if (!hopHeaders.has(lower) && lower !== 'set-cookie') headers[lower] = value
  }
  const single = Object.entries(answer.headers).find(
    ([name]) => name.toLowerCase() === 'set-cookie',
  )
  const cookies = answer.cookies ?? (single === undefined ? [] : [single[1]])
  return {
    status: answer.status,
    headers,
    ...(cookies.length === 0 ? {} : { cookies }),
    body: answer.bytes ?? Buffer.from(answer.body),
  }
}
