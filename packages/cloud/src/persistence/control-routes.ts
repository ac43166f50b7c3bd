import { SimulatorError } from '@cloud-orrery/kernel'
import type { Cloud } from '../cloud.ts'
import type { Present } from '../past.ts'
import type { Recording, ReplayEnd } from '../recording.ts'
import { captureState, StateReader, stateLines } from './cloud-state.ts'
import { fromText } from './plain-data.ts'
import { recordingBytes } from './recording-file.ts'
import { Stream } from './stream.ts'

/** The whole past, as a recording file. */
export async function recordingOf(present: Present): Promise<Stream> {
  return new Stream(recordingBytes([{ recording: await present.recording() }]))
}

/** The present state, as a recording file in which nothing enters. */
export async function stateOf(present: Present): Promise<Stream> {
  return new Stream(recordingBytes([{ recording: await presentState(present.cloud) }]))
}

/** What `orrery rewind` shows. */
export async function rewind(present: Present, to: unknown): Promise<Record<string, unknown>> {
  const { cloud, keptAs } = await present.rewind(endOf(to))
  return {
    now: new Date(cloud.kernel.clock.nowMs).toISOString(),
    lastSequence: cloud.kernel.journal.lastSequence,
    ...(keptAs === undefined ? {} : { keptAs }),
  }
}

/** A recording that begins and ends now: what a second server begins with. */
async function presentState(cloud: Cloud): Promise<Recording> {
  const state = await cloud.kernel.scheduler.enter(() => captureState(cloud))
  const reader = new StateReader()
  for await (const line of stateLines(state)) {
    reader.take(fromText(line) as Record<string, unknown>) // An object, as all lines.
  }
  return {
    formatVersion: 1,
    options: cloud.originalOptions,
    beginning: reader.restored(),
    entered: [],
    endedAtMs: state.kernel.nowMs,
  }
}

/** `#12` and `12`: an entry. Else a moment. Throws `SimulatorError` for anything else. */
export function endOf(text: unknown): ReplayEnd {
  const [, digits] = /^#?(\d{1,15})$/.exec(String(text)) ?? []
  if (digits !== undefined) return { sequence: Number(digits) }
  const atMs = /^\d{4}-\d\d/.test(String(text)) ? Date.parse(String(text)) : Number.NaN
  if (Number.isFinite(atMs)) return { atMs }
  throw new SimulatorError(
    'RewindRange',
    `'${String(text)}' is neither an entry nor a time.`,
    'Give a number of the journal, such as 120, or a time, such as 2026-01-01T12:00:00Z.',
  )
}
