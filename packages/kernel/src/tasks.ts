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

/** Pending tasks, the earliest first. */
export class TaskQueue {
  #tasks: OrderedMap<TaskRecord>
  #sequence: number

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
    return { sequence: this.#sequence, tasks: [...this.list()] }
  }

  static import(data: { sequence: number; tasks: readonly TaskRecord[] }): TaskQueue {
    const tasks = new OrderedMap<TaskRecord>()
    for (const task of data.tasks) tasks.set(task.id, Object.freeze({ ...task }))
    return new TaskQueue(tasks, data.sequence)
  }
}
