import { Blobs } from './blobs.ts'
import { type ChoiceMode, Exploration } from './choices.ts'
import { Clock, type ClockMode, processWall, type Wall } from './clock.ts'
import { SimulatorError } from './errors.ts'
import { type FaultRule, Faults } from './faults.ts'
import { Journal, type JournalEntry } from './journal.ts'
import { type RandomState, RandomStreams } from './random.ts'
import { Scheduler } from './scheduler.ts'
import { Store } from './tables.ts'
import { TaskQueue, type TaskRecord } from './tasks.ts'
import type { Turn } from './turn.ts'

export interface KernelOptions {
  /** From which all chance comes. Default 1. */
  seed?: number
  clock?: ClockMode
  /** Model time at the start, ms since 1970. Default: 2026-01-01 when held or skipping, else the wall's. */
  startAtMs?: number
  /** What happens where the cloud leaves it open. Default: calm. */
  choices?: ChoiceMode
  /** Freeze records all the way down: for tests of services. */
  deepFreeze?: boolean
  /** Journal entries kept in memory. Default 100,000. */
  journalEntriesMax?: number
  wall?: Wall
}

/** How a kernel runs a task: the cloud finds the service by the task's name. */
export type RunTask = (task: TaskRecord, turn: Turn) => void | Promise<void>

/** All state of a kernel as plain data; bodies are in the blob store. */
export interface KernelState {
  readonly formatVersion: 1
  readonly seed: number
  readonly nowMs: number
  readonly random: Readonly<Record<string, RandomState>>
  readonly tables: Readonly<Record<string, Record<string, object[]>>>
  readonly tasks: { sequence: number; tasks: readonly TaskRecord[] }
  readonly faults: { sequence: number; rules: readonly FaultRule[] }
  /** The number of the last journal entry: causes of pending tasks refer to them. */
  readonly journalSequence: number
}

interface Parts {
  exploration?: Exploration | undefined
  clock: Clock
  store: Store
  tasks: TaskQueue
  random: RandomStreams
  journal: Journal
  faults: Faults
  blobs: Blobs
}

const heldStartMs = Date.UTC(2026, 0, 1)

/** Time, chance, state and record of one cloud. Knows nothing of what the cloud does. */
export class Kernel {
  readonly clock: Clock
  readonly store: Store
  readonly tasks: TaskQueue
  readonly random: RandomStreams
  readonly journal: Journal
  readonly faults: Faults
  readonly blobs: Blobs
  readonly scheduler: Scheduler
  readonly choices: ChoiceMode
  readonly #exploration: Exploration | undefined
  readonly #wall: Wall

  constructor(options: KernelOptions, runTask: RunTask, parts?: Parts) {
    this.#wall = options.wall ?? processWall
    const mode = options.clock ?? { kind: 'held' }
    const still = mode.kind === 'held' || mode.kind === 'skip'
    const nowMs = options.startAtMs ?? (still ? heldStartMs : this.#wall.nowMs())
    this.clock = parts?.clock ?? new Clock({ nowMs, mode, wall: this.#wall })
    const { deepFreeze, journalEntriesMax } = options
    this.store = parts?.store ?? new Store(deepFreeze === undefined ? {} : { deepFreeze })
    this.tasks = parts?.tasks ?? new TaskQueue()
    this.random = parts?.random ?? new RandomStreams(options.seed ?? 1)
    this.journal =
      parts?.journal ??
      new Journal(journalEntriesMax === undefined ? {} : { entriesMax: journalEntriesMax })
    this.faults = parts?.faults ?? new Faults()
    this.blobs = parts?.blobs ?? new Blobs()
    this.choices = options.choices ?? 'calm'
    this.#exploration =
      parts?.exploration ??
      (typeof this.choices === 'object' ? new Exploration(this.choices) : undefined)
    this.scheduler = new Scheduler(this.clock, this.tasks, this.journal, this.#wall, runTask)
  }

  /**
   * A second timeline from here, tasks in flight included. It shares structure with this one and costs
   * no copy of the state. Its clock is held unless told otherwise.
   */
  fork(runTask: RunTask, options: Omit<KernelOptions, 'seed' | 'startAtMs'> = {}): Kernel {
    const wall = options.wall ?? this.#wall
    const mode = options.clock ?? { kind: 'held' }
    const fork = new Kernel({ choices: this.choices, ...options }, runTask, {
      clock: new Clock({ nowMs: this.clock.nowMs, mode, wall }),
      store: this.store.fork(),
      tasks: this.tasks.fork(),
      random: new RandomStreams(this.random.seed, this.random.states),
      journal: this.journal.fork(),
      faults: this.faults.fork(),
      blobs: this.blobs,
      ...((options.choices ?? this.choices) === this.choices && {
        exploration: this.#exploration?.fork(),
      }),
    })
    // Its journal goes on from this one's, and so do the numbers in it.
    fork.scheduler.outsideNumber = this.scheduler.outsideNumber
    return fork
  }

  /** Everything that a later process needs to go on from here, as plain data. */
  export(): KernelState {
    return { ...this.exportWithoutTables(), tables: this.store.export() }
  }

  /** As `export`, for those who take the tables page by page from a fork of the store. */
  exportWithoutTables(): Omit<KernelState, 'tables'> {
    return {
      formatVersion: 1,
      seed: this.random.seed,
      nowMs: this.clock.nowMs,
      random: this.random.states,
      tasks: this.tasks.export(),
      faults: { sequence: this.faults.sequence, rules: this.faults.rules },
      journalSequence: this.journal.lastSequence,
    }
  }

  /** A kernel that goes on where `state` was exported. `blobs` must hold the bodies it names. */
  static import(
    state: KernelState,
    blobs: Blobs,
    runTask: RunTask,
    options: Omit<KernelOptions, 'seed' | 'startAtMs'> = {},
  ): Kernel {
    if (state.formatVersion !== 1) {
      throw new SimulatorError(
        'StateVersion',
        `This state has format ${String(state.formatVersion)}; this version reads format 1.`,
        'Open it with the version of Orrery that wrote it.',
      )
    }
    const { deepFreeze, journalEntriesMax } = options
    const store = new Store(deepFreeze === undefined ? {} : { deepFreeze })
    store.import(state.tables)
    return new Kernel(options, runTask, {
      clock: new Clock({
        nowMs: state.nowMs,
        mode: options.clock ?? { kind: 'held' },
        wall: options.wall ?? processWall,
      }),
      store,
      tasks: TaskQueue.import(state.tasks),
      random: new RandomStreams(state.seed, state.random),
      journal: new Journal({
        sequence: state.journalSequence,
        ...(journalEntriesMax === undefined ? {} : { entriesMax: journalEntriesMax }),
      }),
      faults: new Faults(state.faults.rules, state.faults.sequence),
      blobs,
    })
  }

  /**
   * Picks one of `count` answers that the cloud leaves open, the first `usual` of which are the usual one. Drawn from the
   * choice's own stream, so that a search over seeds explores them; `textOf` tells people what an option means.
   */
  choose(
    name: string,
    count: number,
    cause: JournalEntry | undefined,
    { usual = 1, textOf }: { usual?: number; textOf?: (option: number) => string } = {},
  ): number {
    if (this.choices === 'calm' || count < 2) return 0
    const explored = this.#exploration?.pick(name, count, usual)
    if (explored?.picked === 0) return 0
    const picked = explored?.picked ?? this.random.stream(`choice:${name}`).below(count)
    this.journal.append({
      atMs: this.clock.nowMs,
      kind: 'choice',
      name,
      cause: cause?.sequence,
      entered: false,
      data: {
        picked,
        of: count,
        ...(explored && { draw: explored.draw }),
        ...(explored && textOf && { option: textOf(picked), usual: textOf(0) }),
      },
    })
    return picked
  }

  /** Whether faults strike calls of the user's code by chance. */
  get exploresFaults(): boolean {
    return typeof this.choices === 'object' && this.choices.faults === true
  }

  /** The fault that strikes at a site, if any; noted in the journal. */
  strike(
    site: string,
    facts: Readonly<Record<string, string>>,
    cause: JournalEntry | undefined,
  ): FaultRule | undefined {
    const rule = this.faults.strike(site, facts, () => this.random.stream('faults').float())
    if (rule !== undefined) {
      this.journal.append({
        atMs: this.clock.nowMs,
        kind: 'fault',
        name: site,
        cause: cause?.sequence,
        entered: false,
        data: { rule: rule.id, effect: { ...rule.effect } },
      })
    }
    return rule
  }
}
