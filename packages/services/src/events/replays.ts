import { orderedKey } from '@cloud-orrery/kernel'
import {
  CancelReplay,
  DescribeReplay,
  ListReplays,
  StartReplay,
  type StartReplayRequest,
} from '@cloud-orrery/models/events'
import type { Context } from '../context.ts'
import { operation, task } from '../define.ts'
import { namedBus, theBus } from './bus-lookup.ts'
import {
  archiveNotFound,
  invalidParameter,
  limitExceeded,
  replayExists,
  replayNotCancellable,
  replayNotFound,
} from './errors.ts'
import { concurrentReplaysMax } from './limits.ts'
import { pageOf } from './pages.ts'
import { routeEvent } from './routing.ts'
import {
  archiveArn,
  archivedEvents,
  archives,
  busArn,
  keyPrefix,
  type Replay,
  replayArn,
  replays,
} from './state.ts'

/** Time until a replay begins to run and until the next minute of its events, in ms. AWS names no figure. */
const stepMs = 1000

/** Events are replayed by the minute of their time. Source: EventBridge User Guide, "Archive and replay". */
const minuteMs = 60_000

export const startReplay = operation(StartReplay, {
  authorize: ({ ReplayName, EventSourceArn, Destination }, ctx) => [
    { resource: replayArn(ctx, ReplayName) },
    { resource: EventSourceArn },
    { resource: Destination.Arn },
  ],
  provenance: 'recorded',
  run(ctx, input) {
    const archive = archiveOf(ctx, input)
    if (input.EventEndTime <= input.EventStartTime) {
      throw invalidParameter('EventEndTime', 'EventStartTime must be before EventEndTime.')
    }
    if (replays.has(ctx, input.ReplayName)) throw replayExists(input.ReplayName)
    if (countOfRunning(ctx) >= concurrentReplaysMax) throw limitExceeded()
    const { Description, Destination } = input
    const replay = replays.put(ctx, {
      name: input.ReplayName,
      archive: archive.name,
      bus: archive.bus,
      ...(Destination.FilterArns === undefined ? {} : { ruleArns: Destination.FilterArns }),
      ...(Description === undefined ? {} : { description: Description }),
      fromMs: input.EventStartTime,
      toMs: input.EventEndTime,
      state: 'STARTING',
      startedAtMs: ctx.now(),
    })
    ctx.after(stepMs, replayNext, { name: replay.name, fromMs: replay.fromMs })
    return {
      ReplayArn: replayArn(ctx, replay.name),
      State: replay.state,
      ReplayStartTime: replay.startedAtMs,
    }
  },
})

/** The archive of a replay, whose own bus must be where the events go back to. */
function archiveOf(ctx: Context, { EventSourceArn, Destination }: StartReplayRequest) {
  const name = EventSourceArn.split('archive/')[1] ?? ''
  const archive = archives.get(ctx, name)
  if (archive === undefined) {
    throw name === ''
      ? invalidParameter('EventSourceArn', 'Must contain an archive ARN.')
      : archiveNotFound(name)
  }
  if (!Destination.Arn.includes(':event-bus/')) {
    throw invalidParameter('Destination.Arn', 'Must contain an event bus ARN.')
  }
  const bus = namedBus(ctx, Destination.Arn)
  theBus(ctx, bus.name)
  if (bus.name !== archive.bus) {
    throw invalidParameter('Destination.Arn', 'Cross event bus replay is not permitted.')
  }
  return archive
}

function countOfRunning(ctx: Context): number {
  let count = 0
  for (const { endedAtMs } of replays.scan(ctx)) if (endedAtMs === undefined) count += 1
  return count
}

/** Replays the events of one minute, and goes on to the next minute that has some. */
export const replayNext = task<{ name: string; fromMs: number }>('events.replay', {
  run(ctx, { name, fromMs }) {
    const replay = replays.get(ctx, name)
    if (replay === undefined) return
    if (replay.state === 'CANCELLING' || !archives.has(ctx, replay.archive)) {
      const state = replay.state === 'CANCELLING' ? 'CANCELLED' : 'FAILED'
      replays.put(ctx, { ...replay, state, endedAtMs: ctx.now() })
      return
    }
    let minute: number | undefined
    let lastReplayedMs = replay.lastReplayedMs
    const prefix = keyPrefix(replay.archive)
    for (const { event } of archivedEvents.scan(ctx, {
      prefix,
      after: orderedKey(replay.archive, fromMs),
    })) {
      if (event.timeMs > replay.toMs) break
      minute ??= Math.floor(event.timeMs / minuteMs)
      if (Math.floor(event.timeMs / minuteMs) !== minute) {
        replays.put(ctx, { ...replay, state: 'RUNNING', ...lastReplayed(lastReplayedMs) })
        ctx.after(stepMs, replayNext, { name, fromMs: (minute + 1) * minuteMs })
        return
      }
      lastReplayedMs = event.timeMs
      const copy = { ...event, replayName: name }
      const replayTo = replay.ruleArns
      ctx.after(0, routeEvent, {
        bus: replay.bus,
        event: replayTo === undefined ? copy : { ...copy, replayTo },
      })
    }
    replays.put(ctx, {
      ...replay,
      state: 'COMPLETED',
      endedAtMs: ctx.now(),
      ...lastReplayed(lastReplayedMs),
    })
  },
})

function lastReplayed(ms: number | undefined): { lastReplayedMs?: number } {
  return ms === undefined ? {} : { lastReplayedMs: ms }
}

export const cancelReplay = operation(CancelReplay, {
  authorize: ({ ReplayName }, ctx) => replayArn(ctx, ReplayName),
  provenance: 'recorded',
  run(ctx, { ReplayName }) {
    const replay = theReplay(ctx, ReplayName)
    if (replay.state !== 'STARTING' && replay.state !== 'RUNNING') {
      throw replayNotCancellable(ReplayName)
    }
    replays.put(ctx, { ...replay, state: 'CANCELLING' })
    return { ReplayArn: replayArn(ctx, ReplayName), State: 'CANCELLING' }
  },
})

export const describeReplay = operation(DescribeReplay, {
  authorize: ({ ReplayName }, ctx) => replayArn(ctx, ReplayName),
  provenance: 'recorded',
  run(ctx, { ReplayName }) {
    const replay = theReplay(ctx, ReplayName)
    return {
      ...described(ctx, replay),
      ReplayArn: replayArn(ctx, ReplayName),
      Description: replay.description,
      Destination: { Arn: busArn(ctx, replay.bus), FilterArns: replay.ruleArns },
    }
  },
})

export const listReplays = operation(ListReplays, {
  authorize: () => '*',
  provenance: 'recorded',
  run(ctx, { NamePrefix = '', EventSourceArn, State, Limit, NextToken }) {
    const all = wanted(ctx, NamePrefix, EventSourceArn, State)
    const request = { NamePrefix, EventSourceArn, State }
    const page = pageOf(all, ({ name }) => name, { NextToken, Limit }, request)
    return { Replays: page.items.map((one) => described(ctx, one)), NextToken: page.nextToken }
  },
})

function* wanted(
  ctx: Context,
  prefix: string,
  source: string | undefined,
  state: string | undefined,
): Generator<Replay, void, undefined> {
  for (const replay of replays.scan(ctx, { prefix })) {
    if (source !== undefined && archiveArn(ctx, replay.archive) !== source) continue
    if (state === undefined || replay.state === state) yield replay
  }
}

function theReplay(ctx: Context, name: string): Replay {
  const replay = replays.get(ctx, name)
  if (replay === undefined) throw replayNotFound(name)
  return replay
}

function described(ctx: Context, replay: Replay) {
  return {
    ReplayName: replay.name,
    EventSourceArn: archiveArn(ctx, replay.archive),
    State: replay.state,
    EventStartTime: replay.fromMs,
    EventEndTime: replay.toMs,
    EventLastReplayedTime: replay.lastReplayedMs,
    ReplayStartTime: replay.startedAtMs,
    ReplayEndTime: replay.endedAtMs,
  }
}
