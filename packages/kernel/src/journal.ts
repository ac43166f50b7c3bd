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

export type JournalListener = (entry: JournalEntry) => void

/**
 * The ordered record of a run. The newest `entriesMax` stay in memory; older ones are folded into the
 * digest, which always covers the whole run.
 */
export class Journal {
  readonly #entriesMax: number
  #entries: JournalEntry[]
  /** Index in `#entries` of the oldest entry that is kept. */
  #start = 0
  #open = new Set<number>()
  #sequence: number
  #digest: Hash
  /** Sequence of the last entry that the digest covers. */
  #digested: number
  readonly #listeners = new Set<JournalListener>()

  /** `sequence`: the last number given before this journal began, which goes on from there. */
  constructor(options: { entriesMax?: number; sequence?: number } = {}) {
    this.#entriesMax = options.entriesMax ?? 100_000
    this.#entries = []
    this.#sequence = options.sequence ?? 0
    this.#digested = this.#sequence
    this.#digest = createHash('sha256')
  }

  /** An independent copy. Entries that are open here stay as they are now there. */
  fork(): Journal {
    const copy = new Journal({ entriesMax: this.#entriesMax })
    copy.#entries = this.#entries.slice(this.#start)
    const [first] = copy.#entries
    for (const sequence of this.#open) {
      const entry = this.entry(sequence)
      if (entry === undefined || first === undefined) continue
      copy.#entries[sequence - first.sequence] = {
        ...entry,
        data: Object.freeze({ ...entry.data }),
      }
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
    this.#sequence += 1
    const added: JournalEntry = { sequence: this.#sequence, ...entry }
    this.#entries.push(added)
    this.#open.add(added.sequence)
    if (this.#entries.length - this.#start > this.#entriesMax) this.#drop()
    return added
  }

  /** Completes an entry and tells the listeners. */
  close(entry: JournalEntry): void {
    invariant(this.#open.delete(entry.sequence), `journal: entry ${entry.sequence} is not open`)
    Object.freeze(entry.data)
    for (const listener of this.#listeners) listener(entry)
  }

  append(entry: Omit<JournalEntry, 'sequence'>): JournalEntry {
    const added = this.open(entry)
    this.close(added)
    return added
  }

  /** Kept entries, oldest first. */
  get entries(): readonly JournalEntry[] {
    return this.#start === 0 ? this.#entries : this.#entries.slice(this.#start)
  }

  entry(sequence: number): JournalEntry | undefined {
    const first = this.#entries[this.#start]
    if (first === undefined || sequence < first.sequence) return undefined
    return this.#entries[this.#start + sequence - first.sequence]
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
   * keeps itself and all later ones: the digest needs them in order.
   */
  #drop(): void {
    const first = this.#entries[this.#start]
    if (first === undefined) return
    const last = first.sequence + Math.ceil(this.#entriesMax / 10) - 1
    if (this.#digested < last) this.#fold(last)
    this.#start += Math.max(0, Math.min(this.#digested, last) - first.sequence + 1)
    if (this.#start > this.#entriesMax) {
      this.#entries = this.#entries.slice(this.#start)
      this.#start = 0
    }
  }
}
