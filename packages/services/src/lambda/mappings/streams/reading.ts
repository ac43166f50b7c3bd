import { AwsError } from '@cloud-orrery/models'
import type { Context } from '../../../context.ts'
import { task } from '../../../define.ts'
import { measure } from '../../../shared/metrics.ts'
import { type StreamNotice, streamNoticeCame } from '../../../shared/stream-watchers.ts'
import { lostAfterMs, servingDeployment } from '../../invoke/environments.ts'
import { type Executed, execute } from '../../invoke/execution.ts'
import { answering } from '../../invoke/target.ts'
import { type Found, qualifierOf } from '../../lookup.ts'
import { readTask } from '../poll-name.ts'
import { functionOf, isPolling } from '../polling.ts'
import { type MappingRecord, mappings, type StreamSettings } from '../state.ts'
import { afterFailure, reported, retryDelayMs, type Verdict } from './batches.ts'
import { tellDestination } from './discarded.ts'
import { discoverShards, wakeReaders } from './discovery.ts'
import { gather, windowOf } from './gathering.ts'
import { callFailed, noteFailure, noteResult } from './outcome.ts'
import { readShardTask } from './reader-tasks.ts'
import { streamSource } from './source.ts'
import {
  type Batch,
  changeReader,
  type ReaderName,
  type ReaderRecord,
  readerKey,
  readers,
  type TumblingWindow,
} from './state.ts'

/** There may be records in a stream: every mapping of it looks. */
export const readStream = task<StreamNotice>(readTask, {
  run(ctx, notice) {
    streamNoticeCame(ctx, notice)
    for (const { uuid } of mappings.where(ctx, 'source', notice.streamArn)) wakeReaders(ctx, uuid)
  },
})

/** One reader: takes batch after batch of its lane of a shard, in order, until there is no more. */
export const readShard = task<ReaderName>(readShardTask.name as 'lambda.read-shard', {
  async run(ctx, name) {
    const reader = readers.get(ctx, readerKey(name))
    const mapping = mappings.get(ctx, name.uuid)
    const found = mapping === undefined ? undefined : functionOf(ctx, mapping)
    if (reader === undefined || reader.ended || found === undefined) return
    if (reader.busyUntilMs !== undefined && reader.busyUntilMs > ctx.now()) {
      if (!reader.again) changeReader(ctx, name, { again: true })
      return
    }
    const busyMs = lostAfterMs(servingDeployment(answering(ctx, found)))
    const isDue = (reader.wakeAtMs ?? Number.POSITIVE_INFINITY) <= ctx.now()
    changeReader(ctx, name, { again: undefined, ...(isDue ? { wakeAtMs: undefined } : {}) })
    let goesOn = true
    while (goesOn) {
      changeReader(ctx, name, { busyUntilMs: ctx.now() + busyMs })
      // In a fork the end of this step never comes: there it is made anew.
      const lostTaskId = ctx.after(busyMs, readShardTask, name)
      try {
        goesOn = await step(ctx, name)
      } finally {
        ctx.cancel(lostTaskId)
        changeReader(ctx, name, { busyUntilMs: undefined })
      }
      if (!goesOn && readers.get(ctx, readerKey(name))?.again) {
        changeReader(ctx, name, { again: undefined })
        goesOn = true
      }
    }
  },
})

/** One batch, or one look at the shard. False when there is nothing to do now. */
async function step(ctx: Context, name: ReaderName): Promise<boolean> {
  const mapping = mappings.get(ctx, name.uuid)
  const reader = readers.get(ctx, readerKey(name))
  const found = mapping === undefined ? undefined : functionOf(ctx, mapping)
  const stream = mapping?.stream
  if (mapping === undefined || stream === undefined || !isPolling(mapping)) return false
  if (reader === undefined || found === undefined) return false
  const [batch] = reader.batches
  if (batch !== undefined) {
    if ((batch.notBeforeMs ?? 0) > ctx.now()) return sleep(ctx, reader, batch.notBeforeMs)
    await attempt(ctx, mapping, stream, found, reader, batch)
    return true
  }
  const gathered = await gather(ctx, mapping, stream, found, reader)
  if (gathered.kind === 'ready') return true
  if (gathered.kind === 'wait') return sleep(ctx, reader, gathered.untilMs)
  changeReader(ctx, name, { ended: true })
  ctx.after(0, discoverShards, { uuid: name.uuid })
  return false
}

/** Has the reader look again at a moment. */
function sleep(ctx: Context, reader: ReaderRecord, untilMs: number | undefined): false {
  if (untilMs === undefined || reader.wakeAtMs === untilMs) return false
  const { uuid, shardId, lane } = reader
  changeReader(ctx, reader, { wakeAtMs: untilMs })
  ctx.after(untilMs - ctx.now(), readShardTask, { uuid, shardId, lane })
  return false
}

async function attempt(
  ctx: Context,
  mapping: MappingRecord,
  stream: StreamSettings,
  found: Found,
  reader: ReaderRecord,
  batch: Batch,
): Promise<void> {
  const others = reader.batches.slice(1)
  const old = tooOld(ctx, mapping, stream, batch)
  if (old > 0) {
    const rest = { ...batch, items: batch.items.slice(old) }
    changeReader(ctx, reader, { batches: rest.items.length === 0 ? others : [rest, ...others] })
    return await tellDestination(ctx, mapping, found, reader, {
      items: batch.items.slice(0, old),
      condition: 'RecordAgeExceeded',
      requestId: ctx.ids.uuid(),
      invokeCount: batch.failures + batch.putOff + 1,
    })
  }
  const requestId = ctx.ids.uuid()
  const window = windowAt(stream, reader, batch)
  const version = answering(ctx, found)
  let executed: Executed
  try {
    executed = await execute(ctx, {
      fn: found.fn,
      version,
      invokedArn: mapping.functionArn,
      requestId,
      payload: payloadOf(mapping, reader, batch, window),
    })
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    // Throttled, or not to be run at all: that is no attempt.
    noteFailure(ctx, mapping.uuid, error)
    const putOff = batch.putOff + 1
    const notBeforeMs = ctx.now() + retryDelayMs(putOff)
    return changeReader(ctx, reader, { batches: [{ ...batch, putOff, notBeforeMs }, ...others] })
  }
  await conclude(ctx, mapping, stream, found, reader, batch, {
    executed,
    window,
    requestId,
    executedVersion: qualifierOf(version.number),
  })
}

/** What comes of a batch after the function has run. */
async function conclude(
  ctx: Context,
  mapping: MappingRecord,
  stream: StreamSettings,
  found: Found,
  reader: ReaderRecord,
  batch: Batch,
  run: {
    readonly executed: Executed
    readonly window: TumblingWindow | undefined
    readonly requestId: string
    readonly executedVersion: string
  },
): Promise<void> {
  const { window, requestId, executedVersion } = run
  const { failed, payload } = run.executed.answer
  const others = reader.batches.slice(1)
  measureAge(ctx, found, batch)
  const verdict: Verdict = failed
    ? { kind: 'failed', from: 0 }
    : mapping.reportsItemFailures
      ? reported(payload, batch.items)
      : { kind: 'done' }
  if (verdict.kind === 'done') {
    noteResult(ctx, mapping.uuid, 'OK')
    return changeReader(ctx, reader, {
      batches: others,
      window: window === undefined || batch.closes ? undefined : kept(window, payload),
    })
  }
  noteResult(ctx, mapping.uuid, callFailed)
  const { bisects, retryAttemptsMax } = stream
  const options = { bisects, retryAttemptsMax, nowMs: ctx.now() }
  const rest = afterFailure(batch, verdict.from, options)
  const isOver = rest.length === 0
  changeReader(ctx, reader, {
    batches: [...rest, ...others],
    ...(isOver && batch.closes ? { window: undefined } : {}),
  })
  if (!isOver) return
  await tellDestination(ctx, mapping, found, reader, {
    items: batch.items.slice(verdict.from),
    condition: 'RetryAttemptsExhausted',
    requestId,
    invokeCount: batch.failures + 1,
    response: { executedVersion, functionError: failed ? 'Unhandled' : null },
  })
}

/** Source: developer guide, "Types of metrics": how old the last record of a batch is. */
function measureAge(ctx: Context, { fn }: Found, { items }: Batch): void {
  const last = items.at(-1)
  if (last === undefined) return
  measure(ctx, {
    namespace: 'AWS/Lambda',
    name: 'IteratorAge',
    dimensions: { FunctionName: fn.name },
    value: ctx.now() - last.atMs,
    unit: 'Milliseconds',
  })
}

/** How many records of a batch are older than the mapping, or the stream itself, has them. */
function tooOld(
  ctx: Context,
  { sourceArn }: MappingRecord,
  { recordAgeSecondsMax }: StreamSettings,
  { items }: Batch,
): number {
  const retentionMs = streamSource(sourceArn)?.retentionMs ?? Number.POSITIVE_INFINITY
  const ageMsMax =
    recordAgeSecondsMax < 0 ? retentionMs : Math.min(recordAgeSecondsMax * 1000, retentionMs)
  // Moments of records may be told in whole seconds.
  const fresh = items.findIndex(({ atMs }) => atMs + ageMsMax + 999 >= ctx.now())
  return fresh === -1 ? items.length : fresh
}

function windowAt(
  { tumblingSeconds }: StreamSettings,
  { window }: ReaderRecord,
  { items }: Batch,
): TumblingWindow | undefined {
  const [first] = items
  if (first === undefined || tumblingSeconds === 0) return window
  const { startMs, endMs } = windowOf(first.atMs, tumblingSeconds)
  return window?.startMs === startMs ? window : { startMs, endMs, state: '{}' }
}

/** Source: developer guide, "Tumbling windows". */
function payloadOf(
  { sourceArn }: MappingRecord,
  { shardId }: ReaderRecord,
  { items, closes }: Batch,
  window: TumblingWindow | undefined,
): string {
  const Records = items.map(({ event }) => event)
  if (window === undefined) return JSON.stringify({ Records })
  const momentOf = (ms: number) => new Date(ms).toISOString().replace(/\.\d+/, '')
  return JSON.stringify({
    Records,
    shardId,
    eventSourceARN: sourceArn,
    window: { start: momentOf(window.startMs), end: momentOf(window.endMs) },
    state: JSON.parse(window.state) as unknown,
    isFinalInvokeForWindow: closes === true,
    isWindowTerminatedEarly: closes === true && window.terminatedEarly === true,
  })
}

/** Largest state of a window, in bytes. Source: developer guide, "Tumbling windows". */
const stateBytesMax = 1024 * 1024

/** The window with the state that the function gave back; one that is too large ends its window at once. */
function kept(window: TumblingWindow, payload: string): TumblingWindow {
  const state = stateOf(payload)
  if (Buffer.byteLength(state) <= stateBytesMax) return { ...window, state }
  return { ...window, endMs: window.startMs, terminatedEarly: true }
}

function stateOf(payload: string): string {
  try {
    const answer: unknown = JSON.parse(payload)
    if (typeof answer === 'object' && answer !== null && 'state' in answer) {
      return JSON.stringify(answer.state ?? {})
    }
  } catch {
    return '{}' // A custom runtime may answer with anything.
  }
  return '{}'
}
