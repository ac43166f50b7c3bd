import {
  type FaultEffect,
  type FaultOptions,
  invariant,
  type JournalEntry,
  type OutsideResults,
  SimulatorError,
} from '@cloud-orrery/kernel'
import { loadServiceModel } from '@cloud-orrery/models'
import type { Caller } from '@cloud-orrery/services'
import type { Cloud } from './cloud.ts'
import type { Door, Exchange } from './exchange.ts'
import { httpOperationModel } from './http-operations.ts'
import { makeCall } from './request-path.ts'
import { folderOf } from './service-names.ts'

/** What entered: an entry with at least what it had when it opened. */
export type EnteredEntry = Omit<JournalEntry, 'entered'>

/** Where a replay went another way than the run did. */
export interface Difference {
  readonly expected: EnteredEntry
  /** What the replay has under that number; undefined: nothing. */
  readonly found: JournalEntry | undefined
}

/**
 * Lets what entered a run enter a cloud again, at the same moments. The cloud's clock must be held. Outside work is
 * not done again: its recorded results come back at their recorded moments.
 */
export class Replayer {
  readonly #cloud: Cloud
  readonly #results = new RecordedResults()
  /** By number: what was done without a turn, perhaps in the middle of other work. */
  readonly #notes: Map<number, EnteredEntry>

  /** `entered`: all that will enter, where it is known before. */
  constructor(cloud: Cloud, entered: readonly EnteredEntry[] = []) {
    this.#cloud = cloud
    const notes = entered.filter(({ kind }) => kind === 'fault' || kind === 'account')
    this.#notes = new Map(notes.map((entry) => [entry.sequence, entry]))
    if (notes.length > 0) cloud.kernel.journal.beforeEntry = (sequence) => this.#note(sequence)
    cloud.kernel.scheduler.replayed = this.#results
  }

  /** Ends when all that the entry led to at its moment is done, or waits. Tells where it is not the entry that came. */
  async enter(entry: EnteredEntry): Promise<Difference | undefined> {
    const { journal, scheduler } = this.#cloud.kernel
    await scheduler.driftTo(entry.atMs)
    await this.#enterAgain(entry)
    await scheduler.rest()
    const found = journal.entry(entry.sequence)
    return found !== undefined && isSame(entry, found) ? undefined : { expected: entry, found }
  }

  /** Goes on to the moment at which the run ended. Calls that waited then wait again. */
  async driftTo(atMs: number): Promise<void> {
    await this.#cloud.kernel.scheduler.driftTo(atMs)
  }

  /** Goes on, from task to task, until the journal has an entry of this number, at most to a moment. */
  async driftToSequence(sequence: number, limitMs: number): Promise<void> {
    const { journal, scheduler, tasks } = this.#cloud.kernel
    while (journal.lastSequence < sequence) {
      const next = tasks.first()
      if (next === undefined || next.atMs > limitMs) return
      await scheduler.driftTo(next.atMs)
    }
  }

  /** A fault that was armed between two tasks of one moment is armed between them again. */
  #note(sequence: number): void {
    for (let next = sequence; ; next += 1) {
      const entry = this.#notes.get(next)
      if (entry === undefined) return
      this.#notes.delete(next)
      noteAgain(this.#cloud, entry)
    }
  }

  /** Outside work that is not back has no result in the recording: it is done again, or lost. */
  end(): void {
    this.#cloud.kernel.scheduler.replayed = undefined
    this.#cloud.kernel.journal.beforeEntry = undefined
    this.#results.end()
  }

  async #enterAgain(entry: EnteredEntry): Promise<void> {
    const cloud = this.#cloud
    const { scheduler, journal } = cloud.kernel
    switch (entry.kind) {
      case 'call':
        await callAgain(cloud, entry)
        break
      case 'outside':
        if (entry.name !== 'abort') {
          await this.#results.deliver(entry, () => journal.lastSequence >= entry.sequence)
        } else if (entry.cause !== undefined) {
          const { cause } = entry
          await scheduler.enter(() => scheduler.abort(cause))
        }
        break
      case 'refused':
        await scheduler.enter(() => refuseAgain(cloud, entry))
        break
      case 'clock':
        // The moments of all later entries move the clock as the advance did.
        await scheduler.enter(() => void journal.append(copied(entry)))
        break
      case 'account':
      case 'fault':
        if (journal.lastSequence < entry.sequence) {
          this.#notes.delete(entry.sequence)
          noteAgain(cloud, entry)
        }
        break
      default:
        throw new SimulatorError(
          'RecordingEntry',
          `Entry #${entry.sequence} is of an unknown kind, ${entry.kind}.`,
          'Replay it with the version of Orrery that made it.',
        )
    }
  }
}

function isSame(entry: EnteredEntry, found: JournalEntry): boolean {
  return (
    found.entered &&
    found.kind === entry.kind &&
    found.name === entry.name &&
    found.atMs === entry.atMs &&
    found.data['requestId'] === entry.data['requestId']
  )
}

/** A request that was refused unread may still have been the first that its service saw. */
async function refuseAgain(cloud: Cloud, entry: EnteredEntry): Promise<void> {
  const [service = ''] = entry.name.split('.')
  const requestId = cloud.nextRequestId()
  if (folderOf(service) !== undefined) await cloud.services.load(service)
  const { data, ...rest } = copied(entry)
  cloud.kernel.journal.append({ ...rest, data: { ...data, requestId } })
}

/** Comes back when the call has ended, or left to wait. */
async function callAgain(cloud: Cloud, entry: EnteredEntry): Promise<void> {
  const [service = '', operation = ''] = entry.name.split('.')
  const { promise: left, resolve } = Promise.withResolvers<void>()
  const done = cloud.kernel.scheduler.enter(async (turn) => {
    const { caller, input } = entry.data
    const exchange: Exchange = {
      door: entry.data['door'] as Door, // Written by the request path itself.
      requestId: cloud.nextRequestId(),
      service: await cloud.services.load(service),
      model: loadServiceModel(service),
      caller: caller as Caller, // Written by the request path itself.
      input,
      accountId: entry.accountId ?? cloud.defaultAccountId,
      region: entry.region ?? cloud.defaultRegion,
      cause: entry.cause === undefined ? undefined : cloud.kernel.journal.entry(entry.cause),
      decisions: [],
      turn,
    }
    const { isHttp, isInternal } = cloud.services.handler(service, operation) ?? {}
    const operationModel =
      isHttp === true || isInternal === true
        ? httpOperationModel(operation)
        : exchange.model?.operations[operation]
    invariant(operationModel !== undefined, `${service} has no ${operation}`)
    exchange.operationModel = operationModel
    const handler = cloud.services.handler(service, operation)
    if (handler !== undefined) exchange.handler = handler
    await makeCall(cloud, exchange)
  }, resolve)
  await Promise.race([done, left])
}

function noteAgain(cloud: Cloud, entry: EnteredEntry): void {
  const { accountId, id, site, effect, options } = entry.data
  if (entry.kind === 'account') cloud.openAccount(String(accountId))
  else if (entry.name === 'end') cloud.endFault(String(id))
  else cloud.armFault(String(site), effect as FaultEffect, options as FaultOptions) // Made by `armFault`.
}

/** Turns of the event loop that a recorded result's work may take to come to its turn: it waits for nothing else. */
const turnsMax = 1_000

/** Hands each piece of outside work its recorded result when the replay reaches it. */
class RecordedResults implements OutsideResults {
  readonly #pending = new Map<number, PromiseWithResolvers<{ result: unknown } | undefined>>()
  #ended = false

  get(number: number): Promise<{ readonly result: unknown } | undefined> {
    return this.#ended ? Promise.resolve(undefined) : this.#resultOf(number).promise
  }

  /** The work takes its turn before the next entry comes: `taken` then holds. */
  async deliver({ data }: EnteredEntry, taken: () => boolean): Promise<void> {
    const number = Number(data['number'])
    this.#resultOf(number).resolve({ result: data['result'] })
    for (let turn = 0; turn < turnsMax && !taken(); turn += 1) {
      await new Promise((resolve) => setImmediate(resolve))
    }
    this.#pending.delete(number)
  }

  /** What is still out has no result in the recording. */
  end(): void {
    this.#ended = true
    for (const { resolve } of this.#pending.values()) resolve(undefined)
    this.#pending.clear()
  }

  #resultOf(number: number): PromiseWithResolvers<{ result: unknown } | undefined> {
    let result = this.#pending.get(number)
    if (result === undefined) {
      result = Promise.withResolvers()
      this.#pending.set(number, result)
    }
    return result
  }
}

function copied({ sequence: _, ...entry }: EnteredEntry): Omit<JournalEntry, 'sequence'> {
  return { ...entry, entered: true }
}
