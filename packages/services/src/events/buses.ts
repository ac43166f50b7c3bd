import {
  CreateEventBus,
  DeleteEventBus,
  DescribeEventBus,
  ListEventBuses,
  UpdateEventBus,
} from '@cloud-orrery/models/events'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { busAuthorization, changeBus, findBus, namedBus, theBus } from './bus-lookup.ts'
import { busExists, invalid, limitExceeded } from './errors.ts'
import { eventBusesMax } from './limits.ts'
import { pageOf } from './pages.ts'
import { busArn, defaultBus, type EventBus, eventBuses, keyPrefix, rules } from './state.ts'
import { tagContext, tagsOf } from './tags.ts'

export const createEventBus = operation(CreateEventBus, {
  authorize: ({ Name, Tags }, ctx) => ({ resource: busArn(ctx, Name), context: tagContext(Tags) }),
  provenance: 'recorded',
  refuses: ['EventSourceName', 'KmsKeyIdentifier', 'DeadLetterConfig', 'LogConfig'],
  run(ctx, { Name, Description, Tags }) {
    if (Name.includes('/')) {
      throw invalid(`Event bus name must not contain '/' unless it is a partner event bus.`)
    }
    if (findBus(ctx, Name) !== undefined) throw busExists(Name)
    if (eventBuses.count(ctx) - (eventBuses.has(ctx, defaultBus) ? 1 : 0) >= eventBusesMax) {
      throw limitExceeded()
    }
    const atMs = ctx.now()
    eventBuses.put(ctx, {
      name: Name,
      arn: busArn(ctx, Name),
      ...(Description === undefined ? {} : { description: Description }),
      tags: tagsOf(ctx, Tags),
      createdAtMs: atMs,
      modifiedAtMs: atMs,
    })
    return { EventBusArn: busArn(ctx, Name), Description }
  },
})

export const updateEventBus = operation(UpdateEventBus, {
  authorize: ({ Name }, ctx) => busAuthorization(ctx, Name),
  provenance: 'modelled',
  refuses: ['KmsKeyIdentifier', 'DeadLetterConfig', 'LogConfig'],
  run(ctx, { Name = defaultBus, Description }) {
    const bus = theBus(ctx, Name)
    const description = Description ?? bus.description
    changeBus(ctx, bus, {
      ...(description === undefined ? {} : { description }),
      modifiedAtMs: ctx.now(),
    })
    return { Arn: busArn(ctx, Name), Name, Description: description }
  },
})

export const deleteEventBus = operation(DeleteEventBus, {
  authorize: ({ Name }, ctx) => busAuthorization(ctx, Name),
  provenance: 'recorded',
  run(ctx, { Name }) {
    if (Name === defaultBus) throw invalid(`Cannot delete event bus ${Name}.`)
    theBus(ctx, Name)
    for (const _ of rules.scan(ctx, { prefix: keyPrefix(Name) })) {
      throw invalid(`Event bus ${Name} can't be deleted since it has rules.`)
    }
    eventBuses.delete(ctx, Name)
    return {}
  },
})

export const describeEventBus = operation(DescribeEventBus, {
  authorize: ({ Name }, ctx) => busAuthorization(ctx, Name),
  scope: ({ Name }, ctx) => ({ accountId: namedBus(ctx, Name).accountId }),
  provenance: 'recorded',
  run: (ctx, { Name }) => described(theBus(ctx, namedBus(ctx, Name).name)),
})

export const listEventBuses = operation(ListEventBuses, {
  authorize: () => '*',
  provenance: 'recorded',
  run(ctx, { NamePrefix = '', Limit, NextToken }) {
    const all = allBuses(ctx, NamePrefix)
    const { items, nextToken } = pageOf(
      all,
      (bus) => bus.name,
      { NextToken, Limit },
      { NamePrefix },
    )
    return { EventBuses: items.map(described), NextToken: nextToken }
  },
})

/** Buses in the order of their names, the default one among them. */
function* allBuses(ctx: Context, prefix: string): Generator<EventBus, void, undefined> {
  let needsDefault = !eventBuses.has(ctx, defaultBus) && defaultBus.startsWith(prefix)
  for (const bus of eventBuses.scan(ctx, { prefix })) {
    if (needsDefault && bus.name > defaultBus) {
      needsDefault = false
      yield theBus(ctx, defaultBus)
    }
    yield bus
  }
  if (needsDefault) yield theBus(ctx, defaultBus)
}

function described(bus: EventBus) {
  return {
    Name: bus.name,
    Arn: bus.arn,
    Description: bus.description,
    Policy: bus.policy,
    CreationTime: bus.createdAtMs,
    LastModifiedTime: bus.modifiedAtMs,
  }
}
