import { createHash } from 'node:crypto'
import { canonicalJson, type JournalEntry, SimulatorError } from '@cloud-orrery/kernel'
import { Cloud, type CloudOptions } from './cloud.ts'
import type { RestoredState } from './persistence/cloud-state.ts'
import { type Difference, type EnteredEntry, Replayer } from './replayer.ts'

/** What entered a cloud, from its beginning: all that is needed to have the same run again. */
export interface Recording {
  readonly formatVersion: 1
  /** The cloud's options, its drawn seed and start time filled in. */
  readonly options: CloudOptions
  /** The state before the first entry, where that is not the beginning of the run. */
  readonly beginning?: RestoredState
  /** Entries that came from outside, in order, with what they had when they opened. */
  readonly entered: readonly EnteredEntry[]
  /** One for each of these: of it and all that followed until the next. */
  readonly sums?: readonly string[]
  /** Of the whole journal, entered and followed. Absent where the run's journal was not whole. */
  readonly journalSha256?: string
  /** Of everything that was there at the end. */
  readonly stateSha256?: string
  /** Number of the journal's last entry. */
  readonly lastSequence?: number
  /** Model time at the end, ms since 1970. */
  readonly endedAtMs: number
}

/** Takes what entered so far. Fails when the journal dropped its oldest entries. */
export function record(cloud: Cloud): Recording {
  const { journal, clock } = cloud.kernel
  const { beginning } = cloud
  const base = beginning?.state.journalSequence ?? 0
  const entries = journal.entries.filter(({ sequence }) => sequence > base)
  const [first] = entries
  if (first !== undefined && first.sequence !== base + 1) {
    throw new SimulatorError(
      'JournalDropped',
      `The journal keeps entries from #${first.sequence} on; the beginning is gone.`,
      'Raise journalEntriesMax when you create the cloud, or start the server with --record or --data.',
    )
  }
  // A fork of a cloud in which something was under way has a journal that is older than its own beginning.
  const isOwn = entries.length === journal.entries.length
  return {
    formatVersion: 1,
    options: cloud.originalOptions,
    ...(beginning === undefined ? {} : { beginning }),
    entered: entries.filter((entry) => entry.entered).map(asEntered),
    sums: sumsOf(entries),
    ...(isOwn ? { journalSha256: journal.digest() } : {}),
    stateSha256: stateSha256(cloud),
    lastSequence: journal.lastSequence,
    endedAtMs: clock.nowMs,
  }
}

/** What a replay needs of an entry: what it had when it opened. */
export function asEntered(entry: JournalEntry): EnteredEntry {
  const { sequence, atMs, kind, name, cause, accountId, region } = entry
  const { requestId, door, caller, input } = entry.data
  return {
    sequence,
    atMs,
    kind,
    name,
    cause,
    ...(accountId === undefined ? {} : { accountId }),
    ...(region === undefined ? {} : { region }),
    data: kind === 'call' ? { requestId, door, caller, input } : { ...entry.data },
  }
}

export function stateSha256(cloud: Cloud): string {
  return createHash('sha256').update(canonicalJson(cloud.kernel.export())).digest('hex')
}

/** One sum for each entered entry: 16 hex digits over it and what followed until the next. */
function sumsOf(entries: readonly JournalEntry[]): string[] {
  const sums: string[] = []
  let hash = createHash('sha256')
  let begun = false
  for (const entry of entries) {
    if (entry.entered) {
      if (begun) sums.push(hash.digest('hex').slice(0, 16))
      hash = createHash('sha256')
      begun = true
    }
    if (begun) hash.update(`${canonicalJson(entry)}\n`)
  }
  if (begun) sums.push(hash.digest('hex').slice(0, 16))
  return sums
}

/** How far a replay goes: an entry's number, or a moment of model time. */
export type ReplayEnd = { readonly sequence: number } | { readonly atMs: number }

export interface Replayed {
  readonly cloud: Cloud
  /** Undefined: the journal and the state are the recorded ones. */
  readonly difference: ReplayDifference | undefined
  /** Whether the replay came to the recording's end, where journal and state as a whole are compared. */
  readonly whole: boolean
}

export interface ReplayDifference {
  /** Number of the entry that entered last before the two differ. */
  readonly sequence: number
  readonly text: string
}

/**
 * Has a recorded run again in a fresh cloud with a held clock, which then goes on from there. Outside work is
 * not done again: its recorded results come back at their recorded moments. Calls that waited at the end
 * of the recording wait again.
 */
export async function replay(recording: Recording): Promise<Cloud> {
  const { cloud, replayer } = await runAgain(recording)
  replayer.end()
  return cloud
}

/** As `replay`, and says whether the two runs are the same. `to`: ends earlier, with the last entry until there. */
export async function compareReplay(recording: Recording, to?: ReplayEnd): Promise<Replayed> {
  const { cloud, replayer, differing, count } = await runAgain(recording, to)
  const { nowMs } = cloud.kernel.clock
  const whole = count === recording.entered.length && nowMs === recording.endedAtMs
  const difference =
    differing === undefined
      ? differenceInJournal(cloud, recording, count, whole)
      : differenceOf(differing)
  replayer.end()
  return { cloud, difference, whole }
}

interface Again {
  readonly cloud: Cloud
  readonly replayer: Replayer
  /** The first that was not the same. */
  readonly differing: Difference | undefined
  /** How many of the recording's entries entered. */
  readonly count: number
}

async function runAgain(recording: Recording, to?: ReplayEnd): Promise<Again> {
  if (recording.formatVersion !== 1) {
    throw new SimulatorError(
      'RecordingVersion',
      `This recording has format ${String(recording.formatVersion)}; this version reads format 1.`,
      'Replay it with the version of Orrery that made it.',
    )
  }
  const cloud = await cloudOf(recording)
  const entered = recording.entered.filter((entry) => isUntil(entry, to))
  const replayer = new Replayer(cloud, entered)
  let differing: Difference | undefined
  for (const entry of entered) {
    const difference = await replayer.enter(entry)
    differing ??= difference
  }
  const next = recording.entered[entered.length]
  const limitMs = next?.atMs ?? recording.endedAtMs
  if (to !== undefined && 'sequence' in to) await replayer.driftToSequence(to.sequence, limitMs)
  else await replayer.driftTo(to === undefined ? limitMs : Math.min(to.atMs, limitMs))
  return { cloud, replayer, differing, count: entered.length }
}

async function cloudOf({ options, beginning }: Recording): Promise<Cloud> {
  if (beginning !== undefined) {
    // Loaded when it is needed: nearly all runs begin with nothing.
    const { restoredCloud } = await import('./persistence/restored-cloud.ts')
    return await restoredCloud(beginning, options)
  }
  return new Cloud({ ...options, clock: { kind: 'held' } })
}

function isUntil(entry: EnteredEntry, to: ReplayEnd | undefined): boolean {
  if (to === undefined) return true
  return 'atMs' in to ? entry.atMs <= to.atMs : entry.sequence <= to.sequence
}

function differenceOf({ expected, found }: Difference): ReplayDifference {
  const { sequence, name, atMs, data } = expected
  const told = (entry: EnteredEntry): string =>
    `${entry.kind} ${entry.name} at ${new Date(entry.atMs).toISOString()}`
  const request =
    found?.name === name && found.atMs === atMs ? `, request ${data['requestId']}` : ''
  return {
    sequence,
    text: `entry #${sequence} was ${told(expected)}${request}; the replay has ${found === undefined ? 'none there' : told(found)}${request === '' ? '' : `, request ${found?.data['requestId']}`}`,
  }
}

/** Sums tell what followed an entry; the last one's may still grow where the replay ends before the recording. */
function differenceInJournal(
  cloud: Cloud,
  recording: Recording,
  count: number,
  whole: boolean,
): ReplayDifference | undefined {
  const { journal } = cloud.kernel
  const known = (recording.sums ?? []).slice(0, whole ? count : Math.max(0, count - 1))
  const sums = known.length === 0 ? [] : sumsOf(journal.entries)
  // The replay's journal may have dropped its oldest entries.
  const dropped = count - sums.length
  // What still waits where the replay ends had an answer in the recording: its entry is not complete here.
  const open = whole ? [] : journal.openEntries.map(({ sequence }) => sequence)
  for (const [index, sum] of known.entries()) {
    if (index < dropped || sums[index - dropped] === sum) continue
    const entry = recording.entered[index]
    const next = recording.entered[index + 1]
    const last = next === undefined ? journal.lastSequence : next.sequence - 1
    if (open.some((sequence) => sequence >= (entry?.sequence ?? 0) && sequence <= last)) continue
    return {
      sequence: entry?.sequence ?? 0,
      text: `entry #${entry?.sequence} (${entry?.kind} ${entry?.name}) or what followed it, up to #${last}, is not as recorded`,
    }
  }
  if (!whole) return undefined
  const sequence = recording.entered.at(-1)?.sequence ?? 0
  if (recording.lastSequence !== undefined && journal.lastSequence !== recording.lastSequence) {
    const text = `the journal ends with #${journal.lastSequence}, the recorded one with #${recording.lastSequence}`
    return { sequence, text }
  }
  if (recording.journalSha256 !== undefined && journal.digest() !== recording.journalSha256) {
    return { sequence, text: 'the journal has another hash than the recorded one' }
  }
  if (recording.stateSha256 !== undefined && stateSha256(cloud) !== recording.stateSha256) {
    return { sequence, text: 'the journal is the same, but the state at the end is not' }
  }
  return undefined
}
