import { createHash } from 'node:crypto'
import {
  type BlobSource,
  Blobs,
  Kernel,
  type KernelOptions,
  type KernelState,
  type RunTask,
  SimulatorError,
  type Store,
  type TaskRecord,
} from '@cloud-orrery/kernel'
import type { Cloud } from '../cloud.ts'
import type { Bucket } from '../token-buckets.ts'
import { blobBytesMin } from './blob-files.ts'
import { textOf } from './plain-data.ts'

/** Everything of a cloud that a later process needs, as it was at one moment. */
export interface CapturedState {
  readonly kernel: Omit<KernelState, 'tables'>
  /** A fork: nothing changes it any more. */
  readonly store: Store
  readonly blobs: Blobs
  readonly buckets: readonly [string, Bucket][]
  /** Services that the cloud had met: their first records are there. */
  readonly services: readonly string[]
  /** How many pieces of outside work had begun, over the whole run. */
  readonly outsideNumber: number
}

export function captureState(cloud: Cloud): CapturedState {
  const { kernel } = cloud
  return {
    kernel: kernel.exportWithoutTables(),
    store: kernel.store.fork(),
    blobs: kernel.blobs,
    buckets: cloud.buckets.export(),
    services: [...cloud.services.used].map(({ name }) => name),
    outsideNumber: kernel.scheduler.outsideNumber,
  }
}

/** Records on a line: enough that lines are few, not so many that writing one holds up a call. */
const recordsMax = 200
const tasksMax = 500
const sha256Text = /"([0-9a-f]{64})"/g

/**
 * The state as lines of JSON: the head, pages of tasks and of tables, bodies that records name. `beside` takes large
 * bodies to files; false for one that it does not take, or that is not there.
 */
export async function* stateLines(
  state: CapturedState,
  beside?: (sha256: string, body: Uint8Array | undefined) => Promise<number | undefined>,
): AsyncGenerator<string, void, undefined> {
  const named = new Set<string>()
  const noting = (text: string): string => {
    for (const [, sha256 = ''] of text.matchAll(sha256Text)) named.add(sha256)
    return text
  }
  const { tasks, ...kernel } = state.kernel
  const { buckets, services, outsideNumber } = state
  const head = { ...kernel, taskSequence: tasks.sequence }
  yield textOf({ state: { kernel: head, buckets, services, outsideNumber } })
  for (let i = 0; i < tasks.tasks.length; i += tasksMax) {
    yield noting(textOf({ tasks: tasks.tasks.slice(i, i + tasksMax) }))
  }
  for (const page of state.store.pages(recordsMax)) yield noting(textOf({ page }))
  for (const sha256 of named) {
    const body = state.blobs.inMemory(sha256)
    const isLarge = body === undefined || body.byteLength >= blobBytesMin
    const sizeBytes = isLarge ? await beside?.(sha256, body) : undefined
    if (sizeBytes !== undefined) yield textOf({ beside: { sha256, sizeBytes } })
    else {
      const found = body ?? state.blobs.find(sha256)
      if (found !== undefined) yield textOf({ body: { sha256, bytes: found } })
    }
  }
}

/** The same of a state that was read: bodies that lie beside come along. */
export function* restoredLines(restored: RestoredState): Generator<string, void, undefined> {
  const { state, buckets, services, outsideNumber } = restored
  const { tasks, tables, ...kernel } = state
  const head = { ...kernel, taskSequence: tasks.sequence }
  yield textOf({ state: { kernel: head, buckets, services, outsideNumber } })
  for (let i = 0; i < tasks.tasks.length; i += tasksMax) {
    yield textOf({ tasks: tasks.tasks.slice(i, i + tasksMax) })
  }
  for (const [name, partitions] of Object.entries(tables)) {
    for (const [partition, all] of Object.entries(partitions)) {
      for (let i = 0; i < all.length; i += recordsMax) {
        yield textOf({ page: { name, partition, records: all.slice(i, i + recordsMax) } })
      }
    }
  }
  for (const bytes of restored.bodies) {
    yield textOf({ body: { sha256: createHash('sha256').update(bytes).digest('hex'), bytes } })
  }
}

interface Head {
  readonly kernel: Omit<KernelState, 'tables' | 'tasks'> & { readonly taskSequence: number }
  readonly buckets: readonly [string, Bucket][]
  readonly services: readonly string[]
  readonly outsideNumber: number
}

/** A body that lies beside. */
export interface BesideBody {
  readonly sha256: string
  readonly sizeBytes: number
}

/** Takes the lines of a state, in their order. */
export class StateReader {
  #head: Head | undefined
  readonly #tasks: TaskRecord[] = []
  readonly #tables: Record<string, Record<string, object[]>> = {}
  readonly #bodies: Uint8Array[] = []
  readonly beside: BesideBody[] = []

  /** False for a line that is no part of a state. The lines were written by `stateLines`, and checked by their CRC. */
  take(line: Readonly<Record<string, unknown>>): boolean {
    if ('state' in line) this.#head = line['state'] as Head
    else if ('tasks' in line) this.#tasks.push(...(line['tasks'] as TaskRecord[]))
    else if ('page' in line) {
      const page = line['page'] as { name: string; partition: string; records: object[] }
      const { name, partition, records } = page
      this.#tables[name] ??= {}
      const table = this.#tables[name]
      const earlier = table[partition]
      if (earlier === undefined) table[partition] = records
      else for (const record of records) earlier.push(record)
    } else if ('body' in line) {
      this.#bodies.push((line['body'] as { bytes: Uint8Array }).bytes)
    } else if ('beside' in line) this.beside.push(line['beside'] as BesideBody)
    else return false
    return true
  }

  get complete(): boolean {
    return this.#head !== undefined
  }

  /** What was read; may be asked for again, for another cloud. */
  restored(): RestoredState {
    const head = this.#head
    if (head === undefined) {
      throw new SimulatorError(
        'RecordingDamaged',
        'This holds no state of a cloud.',
        'Take another one.',
      )
    }
    const { taskSequence, ...kernel } = head.kernel
    const state: KernelState = {
      ...kernel,
      tasks: { sequence: taskSequence, tasks: this.#tasks },
      tables: this.#tables,
    }
    const { buckets, services, outsideNumber } = head
    const { beside } = this
    return { state, buckets, services, outsideNumber, bodies: this.#bodies, beside }
  }
}

export interface RestoredState {
  readonly state: KernelState
  readonly buckets: readonly [string, Bucket][]
  readonly services: readonly string[]
  readonly outsideNumber: number
  readonly bodies: readonly Uint8Array[]
  /** Named by the state, and not among `bodies`. */
  readonly beside: readonly BesideBody[]
}

/** A kernel that goes on from a state. `source` finds bodies that lie beside. */
export function restoredKernel(
  { state, bodies }: RestoredState,
  runTask: RunTask,
  options: KernelOptions,
  source?: BlobSource,
): Kernel {
  const blobs = new Blobs(source)
  for (const body of bodies) blobs.put(body)
  return Kernel.import(state, blobs, runTask, options)
}
