import { type PolicyDocument, parsePolicy } from '@cloud-orrery/policy'
import type { Context } from '../context.ts'
import type { ResourceAccess } from '../define.ts'
import { defaultBus, type EventBus, eventBuses } from './state.ts'

/** Parsed policies by the bus's frozen record. */
const parsed = new WeakMap<EventBus, PolicyDocument>()

/** Owner of a bus or rule, and the policy of the bus, which speaks for its rules too. */
export function resourceAccess(ctx: Context, arn: string): ResourceAccess | undefined {
  const [, , service, region = '', accountId = '', resource = ''] = arn.split(':')
  if (service !== 'events') return undefined
  const [kind, ...path] = resource.split('/')
  if (kind !== 'event-bus' && kind !== 'rule') return { accountId }
  const name =
    kind === 'event-bus' ? path.join('/') : path.length > 1 ? (path[0] ?? '') : defaultBus
  const bus = eventBuses.get({ store: ctx.store, accountId, region }, name)
  if (bus?.policy === undefined) return { accountId }
  let policy = parsed.get(bus)
  if (policy === undefined) {
    policy = parsePolicy(bus.policy, 'resource')
    parsed.set(bus, policy)
  }
  return { accountId, policy }
}
