import { orderedKey } from '@cloud-orrery/kernel'
import type { Action } from '@cloud-orrery/models/elbv2'
import type { Context } from '../../context.ts'
import {
  type HttpOperationInput,
  type HttpOperationOutput,
  httpOperation,
} from '../../http-operation.ts'
import { measure } from '../../shared/metrics.ts'
import { fullName } from '../arns.ts'
import { isOn, listenerAttributes } from '../attributes.ts'
import { authenticate, callback } from '../auth/authenticate.ts'
import { meets } from '../conditions.ts'
import { inOrder } from '../rules.ts'
import {
  type BalancerHost,
  balancerHosts,
  balancers,
  type Listener,
  listeners,
  publicKeys,
  type Rule,
} from '../state.ts'
import { forward } from './forward.ts'
import { type Incoming, incoming } from './incoming.ts'
import { noteRequest } from './log-line.ts'
import { errorPage, fixedResponse, redirect, redirectTarget } from './responses.ts'

const keyHost = /^public-keys\.auth\.elb\.([a-z0-9-]+)\.(?:amazonaws\.com|localhost)$/

/** What load balancers answer at their names, and the public keys of those that sign claims. */
export const balancerRequest = httpOperation('elbv2', 'LoadBalancerRequest', {
  authorize: () => ({ none: 'a load balancer answers everyone; its rules say who goes on' }),
  unsigned: true,
  provenance: 'modelled',
  trail: { kind: 'unlogged' },
  scope: (input, ctx) => {
    const place = placeOf(ctx, input.servedName)
    return place === undefined ? {} : { accountId: place.accountId, region: place.region }
  },
  async run(ctx, input) {
    const region = keyHost.exec(input.servedName)?.[1]
    if (region !== undefined) return publicKey(ctx, region, input.path)
    const place = placeOf(ctx, input.servedName)
    const balancer = place === undefined ? undefined : balancers.get(ctx, place.arn)
    if (balancer === undefined || ctx.now() < balancer.activeAtMs) return refusedConnection()
    const listener = listenerOf(ctx, balancer.arn, input)
    if (listener === undefined) return refusedConnection()
    const startMs = ctx.now()
    const request = incoming(ctx, input, balancer, listener)
    if (!('notes' in request)) {
      measureBalancer(ctx, balancer.arn, request.status, false)
      return errorPage(request.status)
    }
    const answer = withListenerHeaders(listener, await answered(ctx, request))
    const isTarget = request.notes.targetStatus !== undefined
    measureBalancer(ctx, balancer.arn, answer.status, isTarget)
    const sent = answer.body instanceof Uint8Array ? answer.body.byteLength : 0
    noteRequest(ctx, request, answer.status, startMs, sent)
    return answer
  },
})

/** Names of doors without a proxy, and those of both address families, stand for the balancer's own. */
function placeOf(ctx: Context, name: string): BalancerHost | undefined {
  const own = name.replace(/^dualstack\./, '').replace(/\.localhost$/, '.amazonaws.com')
  return balancerHosts.get(ctx, own)
}

/** Deviation: where no listener is, AWS refuses the connection; here the answer says so. */
function refusedConnection(): HttpOperationOutput {
  const body = Buffer.from('No listener of the load balancer takes connections here.\n')
  return { status: 502, headers: { 'content-type': 'text/plain' }, body }
}

/**
 * The listener that a request comes to, by its port.
 * Deviation: a door of plain HTTP stands for TLS too. What came through one and is not known to be plain is for the HTTPS
 * listener of its port, and where there is none, for the HTTP listener.
 */
function listenerOf(
  ctx: Context,
  balancerArn: string,
  { headers, servedName }: HttpOperationInput,
): Listener | undefined {
  const all = [...listeners.where(ctx, 'balancer', balancerArn)]
  const named = /:(\d+)$/.exec(headers['host'] ?? '')?.[1]
  // A port after a name of the loopback is the door's.
  const port = servedName.endsWith('.localhost') || named === undefined ? undefined : Number(named)
  const at = (protocol: string, fallback: number) =>
    all.find((it) => it.protocol === protocol && it.port === (port ?? fallback))
  if (ctx.caller.secureTransport === false) return at('HTTP', 80)
  const found = at('HTTPS', 443) ?? at('HTTP', 80)
  return found ?? (servedName.endsWith('.localhost') ? all[0] : undefined)
}

async function answered(ctx: Context, request: Incoming): Promise<HttpOperationOutput> {
  if (request.listener.protocol === 'HTTPS') {
    const returned = await callback(ctx, request)
    if (returned !== undefined) return returned
  }
  for (const rule of inOrder(ctx, request.listener.arn)) {
    if (rule.priority !== undefined && !meets(request, rule.conditions)) continue
    request.notes.rulePriority = String(rule.priority ?? 0)
    return await acted(ctx, rule, request)
  }
  return errorPage(500)
}

/** The actions of a rule in their order. */
async function acted(ctx: Context, rule: Rule, first: Incoming): Promise<HttpOperationOutput> {
  let request = first
  const cookies: string[] = []
  for (const action of rule.actions) {
    if (action.Type.startsWith('authenticate-')) {
      request.notes.actions.push('authenticate')
      const result = await authenticate(ctx, action, rule, request)
      if ('answer' in result) return result.answer
      request = result.request
      cookies.push(...result.cookies)
      continue
    }
    const answer = await ended(ctx, action, request)
    const all = [...(answer.cookies ?? []), ...cookies]
    return all.length === 0 ? answer : { ...answer, cookies: all }
  }
  return errorPage(500)
}

async function ended(
  ctx: Context,
  action: Action,
  request: Incoming,
): Promise<HttpOperationOutput> {
  const { FixedResponseConfig, RedirectConfig } = action
  request.notes.actions.push(action.Type)
  if (FixedResponseConfig !== undefined) return fixedResponse(FixedResponseConfig)
  if (RedirectConfig !== undefined) {
    const location = redirectTarget(request, RedirectConfig)
    request.notes.redirectUrl = location
    return redirect(RedirectConfig.StatusCode === 'HTTP_301' ? 301 : 302, location)
  }
  return await forward(ctx, action, request)
}

/** Headers that a listener adds to answers, or takes from them. Source: ListenerAttribute. */
function withListenerHeaders(listener: Listener, answer: HttpOperationOutput): HttpOperationOutput {
  const headers = { ...answer.headers }
  for (const [key, value] of Object.entries(listener.attributes)) {
    const name = /^routing\.http\.response\.(\w+)\.header_value$/.exec(key)?.[1]
    if (name !== undefined && value !== '') headers[name.replaceAll('_', '-')] = value
  }
  const isShown = isOn(listenerAttributes, listener, 'routing.http.response.server.enabled')
  if (!isShown && headers['server']?.startsWith('awselb/') === true) delete headers['server']
  return { ...answer, headers }
}

function publicKey(ctx: Context, region: string, path: string): HttpOperationOutput {
  const found = publicKeys.get(ctx, orderedKey(region, path.slice(1)))
  const status = found === undefined ? 404 : 200
  const body = Buffer.from(found?.pem ?? 'Not Found')
  return { status, headers: { 'content-type': 'text/plain' }, body }
}

function measureBalancer(ctx: Context, arn: string, status: number, isTarget: boolean): void {
  const dimensions = { LoadBalancer: fullName(arn) }
  const common = { namespace: 'AWS/ApplicationELB', dimensions, value: 1, unit: 'Count' } as const
  measure(ctx, { ...common, name: 'RequestCount' })
  if (isTarget) return
  if (status >= 300 && status < 400) {
    measure(ctx, { ...common, name: 'HTTP_Redirect_Count' })
    measure(ctx, { ...common, name: 'HTTPCode_ELB_3XX_Count' })
  }
  if (status >= 400) {
    measure(ctx, { ...common, name: `HTTPCode_ELB_${Math.floor(status / 100)}XX_Count` })
  }
  if (status >= 500) measure(ctx, { ...common, name: `HTTPCode_ELB_${status}_Count` })
}
