import type { Context, ServiceEvent } from '../context.ts'
import { task } from '../define.ts'
import { matches } from '../shared/event-pattern/matching.ts'
import { keepInArchives } from './archived-events.ts'
import { patternOf } from './compiled-patterns.ts'
import { deliverTo } from './delivery.ts'
import { type BusEvent, eventValue, serviceEvent } from './envelope.ts'
import { defaultBus, keyPrefix, type Rule, rules } from './state.ts'

/** An event that an AWS service emitted, for the default bus of its account and Region. */
export const receive = task<ServiceEvent>('events.receive', {
  run: (ctx, event) => route(ctx, defaultBus, serviceEvent(ctx, event)),
})

/** An event that PutEvents took in, or that another bus or a replay sent. */
export const routeEvent = task<{ bus: string; event: BusEvent }>('events.route', {
  run: (ctx, { bus, event }) => route(ctx, bus, event),
})

/** Hands an event to the archives of a bus and to the targets of all its rules that match. */
function route(ctx: Context, bus: string, event: BusEvent): void {
  const value = eventValue(event)
  keepInArchives(ctx, bus, event, value)
  for (const rule of rules.scan(ctx, { prefix: keyPrefix(bus) })) {
    if (isMeant(rule, event, value)) deliverTo(ctx, rule, event)
  }
}

function isMeant(rule: Rule, event: BusEvent, value: object): boolean {
  if (rule.state === 'DISABLED') return false
  if (event.replayTo !== undefined && !event.replayTo.includes(rule.arn)) {
    return false
  }
  const pattern = patternOf(rule)
  return pattern !== undefined && matches(pattern, value)
}
