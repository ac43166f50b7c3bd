import type { Scope } from '@cloud-orrery/kernel'
import type { RequestContext } from '@cloud-orrery/policy'
import type { Context } from '../context.ts'
import type { Authorization } from '../define.ts'
import { accounts } from '../shared/identity/accounts.ts'
import { busNotFound } from './errors.ts'
import { busArn, defaultBus, type EventBus, eventBuses, type Tags } from './state.ts'

/** A bus as a caller names it: by name, or by an ARN that may lie in another account. */
export interface NamedBus extends Scope {
  readonly name: string
}

export function namedBus(scope: Scope, nameOrArn = defaultBus): NamedBus {
  const { accountId, region } = scope
  if (!nameOrArn.startsWith('arn:')) return { accountId, region, name: nameOrArn }
  const [, , , arnRegion = region, arnAccount = accountId, resource = ''] = nameOrArn.split(':')
  return { accountId: arnAccount, region: arnRegion, name: resource.replace(/^event-bus\//, '') }
}

/** The scope of an operation on a bus that may be another account's. */
export function scopeOfBus(input: { EventBusName?: string | undefined }, ctx: Context) {
  return { accountId: namedBus(ctx, input.EventBusName).accountId }
}

/** The bus, if it exists: every account has the default one in every Region from its beginning. */
export function findBus(ctx: Context, name: string): EventBus | undefined {
  const bus = eventBuses.get(ctx, name)
  if (bus !== undefined || name !== defaultBus) return bus
  const createdAtMs = accounts.get(ctx, ctx.accountId)?.createdAtMs ?? ctx.now()
  return { name, arn: busArn(ctx, name), tags: {}, createdAtMs, modifiedAtMs: createdAtMs }
}

export function theBus(ctx: Context, name: string): EventBus {
  const bus = findBus(ctx, name)
  if (bus === undefined) throw busNotFound(name)
  return bus
}

/** Writes a bus back, the default one too. */
export function changeBus(ctx: Context, bus: EventBus, fields: Partial<EventBus>): void {
  eventBuses.put(ctx, { ...bus, ...fields })
}

/** Condition keys of a tagged resource. */
export function resourceTagContext(tags: Tags = {}): RequestContext {
  return Object.fromEntries(
    Object.entries(tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value]),
  )
}

/** Who may do something with a bus: its ARN and its tags. */
export function busAuthorization(
  ctx: Context,
  nameOrArn: string | undefined,
  context: RequestContext = {},
): Authorization {
  const named = namedBus(ctx, nameOrArn)
  const bus = eventBuses.get(ctx.at(named), named.name)
  return {
    resource: busArn(named, named.name),
    context: { ...resourceTagContext(bus?.tags), ...context },
  }
}
