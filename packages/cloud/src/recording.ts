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
import type { Exchange } from './exchange.ts'
import { makeCall } from './request-path.ts'

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
 * Has a recorded run again in a fresh cloud with a held clock. Outside work is not done again: its
 * recorded results come back at their recorded moments.
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
  const waiting: Promise<void>[] = []
  const results = outsideResults()
  scheduler.replayed = results
  for (const entry of recording.entered) {
    await scheduler.driftTo(entry.atMs)
    if (entry.kind === 'outside') await results.deliver(entry)
    else waiting.push((await enterAgain(cloud, entry)).done)
  }
  await scheduler.driftTo(recording.endedAtMs)
  cloud.close()
  await Promise.all(waiting)
  return cloud
}

/** Starts one entry and gives back its end: a long poll ends only when later entries came. */
async function enterAgain(cloud: Cloud, entry: JournalEntry): Promise<{ done: Promise<void> }> {
  switch (entry.kind) {
    case 'call':
      return await callAgain(cloud, entry)
    case 'refused':
      cloud.nextRequestId()
      cloud.kernel.journal.append(withoutSequence(entry))
      break
    case 'clock':
      await cloud.advance(Number(entry.data['byMs']))
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
  return { done: Promise.resolve() }
}

/** Comes back when the call has ended, or left to wait. */
async function callAgain(cloud: Cloud, entry: JournalEntry): Promise<{ done: Promise<void> }> {
  const [service = '', operation = ''] = entry.name.split('.')
  const { promise: left, resolve } = Promise.withResolvers<void>()
  const done = cloud.kernel.scheduler.enter(async (turn) => {
    const { caller, input } = entry.data
    const exchange: Exchange = {
      door: entry.data['door'] === 'port' ? 'port' : 'in-process',
      requestId: cloud.nextRequestId(),
      service: await cloud.services.load(service),
      model: loadServiceModel(service),
      caller: caller as Caller, // Written by the request path itself.
      input,
      accountId: entry.accountId ?? cloud.defaultAccountId,
      region: entry.region ?? cloud.defaultRegion,
      cause: undefined,
      decisions: [],
      turn: {
        mayWait: turn.mayWait,
        leave() {
          turn.leave()
          resolve()
        },
      },
    }
    const operationModel = exchange.model?.operations[operation]
    invariant(operationModel !== undefined, `${service} has no ${operation}`)
    exchange.operationModel = operationModel
    const handler = cloud.services.handler(service, operation)
    if (handler !== undefined) exchange.handler = handler
    await makeCall(cloud, exchange)
  })
  await Promise.race([done, left])
  return { done }
}

function faultAgain(cloud: Cloud, entry: JournalEntry): void {
  const { id, site, effect, options } = entry.data
  if (entry.name === 'end') cloud.endFault(String(id))
  else cloud.armFault(String(site), effect as FaultEffect, options as FaultOptions) // Made by `armFault`.
}

interface Results extends OutsideResults {
  deliver(entry: JournalEntry): Promise<void>
}

/** Hands each piece of outside work its recorded result when the replay reaches it. */
function outsideResults(): Results {
  const pending = new Map<number, PromiseWithResolvers<unknown>>()
  const resultOf = (number: number): PromiseWithResolvers<unknown> => {
    let result = pending.get(number)
    if (result === undefined) {
      result = Promise.withResolvers<unknown>()
      pending.set(number, result)
    }
    return result
  }
  return {
    get: (number) => resultOf(number).promise,
    async deliver(entry) {
      resultOf(Number(entry.data['number'])).resolve(entry.data['result'])
      // The work's own continuation enters and is done before the next entry comes.
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
}

function withoutSequence({ sequence: _, ...entry }: JournalEntry): Omit<JournalEntry, 'sequence'> {
  return entry
}
