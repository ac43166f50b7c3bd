import { invariant } from './errors.ts'
import { OrderedMap } from './ordered-map.ts'
import type { Scope } from './tables.ts'

/** Work that is due at a moment of model time: a registered name and JSON, never a closure. */
export interface TaskRecord extends Scope {
  /** Orders tasks by time, then by sequence; also what `cancel` takes. */
  readonly id: string
  readonly name: string
  readonly input: unknown
  readonly atMs: number
  /** The journal entry that asked for it. */
  readonly cause: number | undefined
}

/** Sorts after every digit: moments of code come after the tasks of the same millisecond. */
const momentMark = '~'

/** Pending tasks, the earliest first. */
export class TaskQueue {
  #tasks: OrderedMap<TaskRecord>
  #sequence: number
  #momentSequence = 0

  constructor(tasks = new OrderedMap<TaskRecord>(), sequence = 0) {
    this.#tasks = tasks
    this.#sequence = sequence
  }

  get size(): number {
    return this.#tasks.size
  }

  fork(): TaskQueue {
    return new TaskQueue(this.#tasks.fork(), this.#sequence)
  }

  /** Model time goes by whole milliseconds: a fraction is rounded up, so that nothing comes too early. */
  add(task: Omit<TaskRecord, 'id'>): TaskRecord {
    const atMs = Math.max(0, Math.ceil(task.atMs))
    invariant(Number.isSafeInteger(atMs), `task ${task.name}: ${task.atMs} is no moment of time`)
    this.#sequence += 1
    const id = `${String(atMs).padStart(16, '0')}.${String(this.#sequence).padStart(12, '0')}`
    const record = Object.freeze({ ...task, id, atMs })
    this.#tasks.set(id, record)
    return record
  }

  /**
   * A moment that code outside the model waits for: after all tasks of that moment, with a number of its own, and
   * no part of an export, since a replay does not run the code.
   */
  addMoment(name: string, atMs: number): TaskRecord {
    const due = Math.max(0, Math.ceil(atMs))
    invariant(Number.isSafeInteger(due), `${name}: ${atMs} is no moment of time`)
    this.#momentSequence += 1
    const id = `${String(due).padStart(16, '0')}.${momentMark}${String(this.#momentSequence).padStart(12, '0')}`
    const nowhere = { accountId: '', region: '', cause: undefined }
    const record = Object.freeze({ name, input: null, atMs: due, ...nowhere, id })
    this.#tasks.set(id, record)
    return record
  }

  cancel(id: string): boolean {
    return this.#tasks.delete(id) !== undefined
  }

  /** The earliest task, still in the queue. */
  first(): TaskRecord | undefined {
    const id = this.#tasks.firstKey()
    return id === undefined ? undefined : this.#tasks.get(id)
  }

  /** Takes the earliest task out if it is due at `atMs`. */
  takeDue(atMs: number): TaskRecord | undefined {
    const task = this.first()
    if (task === undefined || task.atMs > atMs) return undefined
    this.#tasks.delete(task.id)
    return task
  }

  *list(): Generator<TaskRecord, void, undefined> {
    for (const [, task] of this.#tasks.scan()) yield task
  }

  export(): { sequence: number; tasks: TaskRecord[] } {
    const tasks = [...this.list()].filter(({ id }) => !id.includes(momentMark))
    return { sequence: this.#sequence, tasks }
  }

  static import(data: { sequence: number; tasks: readonly TaskRecord[] }): TaskQueue {
    const tasks = new OrderedMap<TaskRecord>()
    for (const task of data.tasks) tasks.set(task.id, Object.freeze({ ...task }))
    return new TaskQueue(tasks, data.sequence)
  }
}
