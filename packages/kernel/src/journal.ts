import { createHash, type Hash } from 'node:crypto'
import { canonicalJson } from './canonical-json.ts'
import { invariant } from './errors.ts'
import type { Scope } from './tables.ts'

/**
 * One thing that entered the cloud or happened in it. `entered` marks what came from outside:
 * replaying those entries over the last snapshot gives all the others.
 */
export interface JournalEntry extends Partial<Scope> {
  readonly sequence: number
  readonly atMs: number
  /** What sort of thing: `call`, `task`, `event`, `mail`, `clock`, `fault`, `choice`, `outside`. */
  readonly kind: string
  /** Which one: `sqs.SendMessage`, the task's name, the detail type. */
  readonly name: string
  /** The entry that led to this one. */
  readonly cause: number | undefined
  readonly entered: boolean
  /** Plain data. A call's grows until it ends; after `close` it stays as it is. */
  readonly data: Record<string, unknown>
}

/** An entry with room for what goes with it and is no part of the record. */
class Entry implements JournalEntry {
  readonly sequence: number
  readonly atMs: number
  readonly kind: string
  readonly name: string
  readonly cause: number | undefined
  readonly entered: boolean
  readonly data: Record<string, unknown>
  declare readonly accountId?: string
  declare readonly region?: string
  #attached: unknown

  constructor(sequence: number, entry: Omit<JournalEntry, 'sequence'>) {
    this.sequence = sequence
    this.atMs = entry.atMs
    this.kind = entry.kind
    this.name = entry.name
    this.cause = entry.cause
    this.entered = entry.entered
    this.data = entry.data
    if (entry.accountId !== undefined) this.accountId = entry.accountId
    if (entry.region !== undefined) this.region = entry.region
  }

  static attach(entry: JournalEntry, value: unknown): void {
    if (#attached in entry) entry.#attached = value
  }

  static attached(entry: JournalEntry): unknown {
    return #attached in entry ? entry.#attached : undefined
  }
}

/**
 * Keeps something with an entry, for as long as the entry is kept: no digest and no export has it. (A weak map of
 * a hundred thousand entries would burden every garbage collection.)
 */
export function attach(entry: JournalEntry, value: unknown): void {
  Entry.attach(entry, value)
}

/** What was attached last. */
export function attached(entry: JournalEntry): unknown {
  return Entry.attached(entry)
}

export type JournalListener = (entry: JournalEntry) => void

/** What entries may hold together, in bytes: large bodies would else fill the memory long before `entriesMax`. */
const bytesMaxDefault = 256 * 1024 ** 2

/**
 * The ordered record of a run. The newest `entriesMax` stay in memory, fewer where they are large; older ones
 * are folded into the digest, which always covers the whole run.
 */
export class Journal {
  readonly #entriesMax: number
  readonly #bytesMax: number
  #entries: JournalEntry[]
  /** About what the closed entries hold. */
  #bytes = 0
  #open = new Set<number>()
  #sequence: number
  #digest: Hash
  /** Sequence of the last entry that the digest covers. */
  #digested: number
  readonly #listeners = new Set<JournalListener>()
  /**
   * Is told of each entry that comes from outside, when it opens: what it has then is all that a replay needs.
   * A fork does not inherit it.
   */
  onEntered: JournalListener | undefined
  /** Is told which number is given next, and may add the entry with that number itself: a replay does. */
  beforeEntry: ((sequence: number) => void) | undefined

  /** `sequence`: the last number given before this journal began, which goes on from there. */
  constructor(options: { entriesMax?: number; bytesMax?: number; sequence?: number } = {}) {
    this.#entriesMax = options.entriesMax ?? 100_000
    this.#bytesMax = options.bytesMax ?? bytesMaxDefault
    this.#entries = []
    this.#sequence = options.sequence ?? 0
    this.#digested = this.#sequence
    this.#digest = createHash('sha256')
  }

  /** An independent copy. Entries that are open here stay as they are now there. */
  fork(): Journal {
    const copy = new Journal({ entriesMax: this.#entriesMax, bytesMax: this.#bytesMax })
    copy.#entries = this.#entries.slice()
    copy.#bytes = this.#bytes
    const [first] = copy.#entries
    for (const sequence of this.#open) {
      const entry = this.entry(sequence)
      if (entry === undefined || first === undefined) continue
      const data = Object.freeze({ ...entry.data })
      copy.#entries[sequence - first.sequence] = new Entry(sequence, { ...entry, data })
      copy.#bytes += heldBytes(entry.data)
    }
    copy.#sequence = this.#sequence
    copy.#digested = this.#digested
    copy.#digest = this.#digest.copy()
    return copy
  }

  get lastSequence(): number {
    return this.#sequence
  }

  /** Adds an entry and leaves it open: its data may be completed until `close`. */
  open(entry: Omit<JournalEntry, 'sequence'>): JournalEntry {
    this.beforeEntry?.(this.#sequence + 1)
    this.#sequence += 1
    const added = new Entry(this.#sequence, entry)
    this.#entries.push(added)
    this.#open.add(added.sequence)
    if (this.#entries.length > this.#entriesMax) this.#drop()
    if (entry.entered) this.onEntered?.(added)
    return added
  }

  /** Completes an entry and tells the listeners. */
  close(entry: JournalEntry): void {
    invariant(this.#open.delete(entry.sequence), `journal: entry ${entry.sequence} is not open`)
    Object.freeze(entry.data)
    this.#bytes += heldBytes(entry.data)
    while (this.#bytes > this.#bytesMax && this.#entries.length > 1) if (!this.#drop()) break
    for (const listener of this.#listeners) listener(entry)
  }

  append(entry: Omit<JournalEntry, 'sequence'>): JournalEntry {
    const added = this.open(entry)
    this.close(added)
    return added
  }

  /** How many entries are not closed: calls and tasks that are under way. */
  get openCount(): number {
    return this.#open.size
  }

  isOpen(sequence: number): boolean {
    return this.#open.has(sequence)
  }

  /** Kept entries, oldest first. */
  get entries(): readonly JournalEntry[] {
    return this.#entries
  }

  entry(sequence: number): JournalEntry | undefined {
    const [first] = this.#entries
    if (first === undefined || sequence < first.sequence) return undefined
    return this.#entries[sequence - first.sequence]
  }

  /** Entries that may still be completed: calls and tasks that are being worked on, or wait. */
  get openEntries(): readonly JournalEntry[] {
    return [...this.#open].flatMap((sequence) => this.entry(sequence) ?? [])
  }

  /** Entries that name this one as their cause. */
  children(sequence: number): JournalEntry[] {
    return this.entries.filter((entry) => entry.cause === sequence)
  }

  subscribe(listener: JournalListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** SHA-256, as hex, of every entry's canonical JSON, one a line; up to the oldest that is still open. */
  digest(): string {
    this.#fold(this.#sequence)
    return this.#digest.copy().digest('hex')
  }

  #fold(upTo: number): void {
    for (let sequence = this.#digested + 1; sequence <= upTo; sequence += 1) {
      const entry = this.entry(sequence)
      if (entry === undefined || this.#open.has(sequence)) return
      this.#digest.update(`${canonicalJson(entry)}\n`)
      this.#digested = sequence
    }
  }

  /**
   * Drops a tenth at a time, so that the cost of each entry stays constant. An entry that is still open
   * keeps itself and all later ones: the digest needs them in order. False when nothing could go.
   */
  #drop(): boolean {
    const [first] = this.#entries
    if (first === undefined) return false
    const tenth = Math.max(1, Math.ceil(Math.min(this.#entries.length, this.#entriesMax) / 10))
    const last = first.sequence + tenth - 1
    if (this.#digested < last) this.#fold(last)
    const count = Math.max(0, Math.min(this.#digested, last) - first.sequence + 1)
    // While a long call is open this is asked for with every entry, of which there may be many.
    if (count === 0) return false
    for (const { data } of this.#entries.slice(0, count)) this.#bytes -= heldBytes(data)
    this.#entries = this.#entries.slice(count)
    return true
  }
}

/** What each change of a record is taken to hold: its texts came in with the input, and are counted there. */
const changeBytes = 512

/** About what an entry's data holds, in bytes. */
function heldBytes(data: Readonly<Record<string, unknown>>): number {
  let bytes = 16
  for (const name in data) {
    const member = data[name]
    bytes +=
      name === 'changes' && Array.isArray(member) ? member.length * changeBytes : bytesOf(member)
  }
  return bytes
}

/** About what plain data holds, in bytes: texts and bytes by their length, everything else the same. */
function bytesOf(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 8
  if (ArrayBuffer.isView(value)) return value.byteLength
  let bytes = 16
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i += 1) bytes += bytesOf(value[i])
    return bytes
  }
  // `for in` is four times as fast here as a list of the values; plain data inherits nothing.
  const record = value as Record<string, unknown>
  for (const name in record) bytes += bytesOf(record[name])
  return bytes
}
