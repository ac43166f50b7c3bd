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
import { Cloud, type CloudOptions } from './cloud.ts'
import type { Door, Exchange } from './exchange.ts'
import { httpOperationModel } from './http-operations.ts'
import { makeCall } from './request-path.ts'
import { folderOf } from './service-names.ts'

/** What entered a cloud, from its beginning: all that is needed to have the same run again. */
export interface Recording {
  readonly formatVersion: 1
  /** The cloud's options, its drawn seed and start time filled in. */
  readonly options: CloudOptions
  /** Entries that came from outside, in order. */
  readonly entered: readonly JournalEntry[]
  /** Of the whole journal, entered and followed. */
  readonly journalSha256: string
  /** Model time at the end, ms since 1970. */
  readonly endedAtMs: number
}

/** Takes what entered so far. Fails when the journal dropped its oldest entries. */
export function record(cloud: Cloud): Recording {
  const { entries } = cloud.kernel.journal
  const [first] = entries
  if (first !== undefined && first.sequence !== 1) {
    throw new SimulatorError(
      'JournalDropped',
      `The journal keeps entries from #${first.sequence} on; the beginning is gone.`,
      'Raise journalEntriesMax when you create the cloud.',
    )
  }
  return {
    formatVersion: 1,
    options: cloud.originalOptions,
    entered: entries.filter((entry) => entry.entered),
    journalSha256: cloud.kernel.journal.digest(),
    endedAtMs: cloud.kernel.clock.nowMs,
  }
}

/**
 * Has a recorded run again in a fresh cloud with a held clock, which then goes on from there. Outside work is
 * not done again: its recorded results come back at their recorded moments. Calls that waited at the end
 * of the recording wait again.
 */
export async function replay(recording: Recording): Promise<Cloud> {
  if (recording.formatVersion !== 1) {
    throw new SimulatorError(
      'RecordingVersion',
      `This recording has format ${String(recording.formatVersion)}; this version reads format 1.`,
      'Replay it with the version of Orrery that made it.',
    )
  }
  const cloud = new Cloud({ ...recording.options, clock: { kind: 'held' } })
  const { scheduler } = cloud.kernel
  const results = new RecordedResults()
  scheduler.replayed = results
  for (const entry of recording.entered) {
    await scheduler.driftTo(entry.atMs)
    await enterAgain(cloud, entry, results)
    await scheduler.rest()
  }
  await scheduler.driftTo(recording.endedAtMs)
  results.end()
  scheduler.replayed = undefined
  return cloud
}

async function enterAgain(
  cloud: Cloud,
  entry: JournalEntry,
  results: RecordedResults,
): Promise<void> {
  const { scheduler } = cloud.kernel
  switch (entry.kind) {
    case 'call':
      await callAgain(cloud, entry)
      break
    case 'outside':
      if (entry.name !== 'abort') await results.deliver(entry)
      else if (entry.cause !== undefined) {
        const { cause } = entry
        await scheduler.enter(() => scheduler.abort(cause))
      }
      break
    case 'refused':
      await scheduler.enter(() => refuseAgain(cloud, entry))
      break
    case 'clock':
      // The moments of all later entries move the clock as the advance did.
      await scheduler.enter(() => void cloud.kernel.journal.append(withoutSequence(entry)))
      break
    case 'account':
      cloud.openAccount(String(entry.data['accountId']))
      break
    case 'fault':
      faultAgain(cloud, entry)
      break
    default:
      throw new SimulatorError(
        'RecordingEntry',
        `Entry #${entry.sequence} is of an unknown kind, ${entry.kind}.`,
        'Replay it with the version of Orrery that made it.',
      )
  }
}

/** A request that was refused unread may still have been the first that its service saw. */
async function refuseAgain(cloud: Cloud, entry: JournalEntry): Promise<void> {
  const [service = ''] = entry.name.split('.')
  cloud.nextRequestId()
  if (folderOf(service) !== undefined) await cloud.services.load(service)
  cloud.kernel.journal.append(withoutSequence(entry))
}

/** Comes back when the call has ended, or left to wait. */
async function callAgain(cloud: Cloud, entry: JournalEntry): Promise<void> {
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
    const isHttp = cloud.services.handler(service, operation)?.isHttp === true
    const operationModel = isHttp
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

function faultAgain(cloud: Cloud, entry: JournalEntry): void {
  const { id, site, effect, options } = entry.data
  if (entry.name === 'end') cloud.endFault(String(id))
  else cloud.armFault(String(site), effect as FaultEffect, options as FaultOptions) // Made by `armFault`.
}

/** Hands each piece of outside work its recorded result when the replay reaches it. */
class RecordedResults implements OutsideResults {
  readonly #pending = new Map<number, PromiseWithResolvers<{ result: unknown } | undefined>>()
  #ended = false

  get(number: number): Promise<{ readonly result: unknown } | undefined> {
    return this.#ended ? Promise.resolve(undefined) : this.#resultOf(number).promise
  }

  async deliver({ data }: JournalEntry): Promise<void> {
    this.#resultOf(Number(data['number'])).resolve({ result: data['result'] })
    // The work takes its turn after this, before the next entry comes.
    await new Promise((resolve) => setImmediate(resolve))
  }

  /** What is still out has no result in the recording. */
  end(): void {
    this.#ended = true
    for (const { resolve } of this.#pending.values()) resolve(undefined)
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

function withoutSequence({ sequence: _, ...entry }: JournalEntry): Omit<JournalEntry, 'sequence'> {
  return entry
}
