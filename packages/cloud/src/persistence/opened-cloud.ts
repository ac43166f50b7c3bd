import { SimulatorError } from '@cloud-orrery/kernel'
import { Cloud, type CloudOptions } from '../cloud.ts'
import { Replayer } from '../replayer.ts'
import { version } from '../version.ts'
import type { RestoredState } from './cloud-state.ts'
import type { DataDirectory, Log, Moment } from './data-directory.ts'
import { restoredCloud } from './restored-cloud.ts'

/** A cloud as its directory has it, before it goes on. */
export interface Opened {
  readonly cloud: Cloud
  readonly replayer: Replayer
  readonly remarks: readonly string[]
  readonly replayed: { readonly entries: number; readonly tookMs: number }
  /** The last log; undefined where there is none. */
  readonly log: Log | undefined
  readonly base: number
  readonly moment: Moment | undefined
}

/** The newest snapshot, and what entered after it again. */
export async function readDirectory(
  directory: DataDirectory,
  given: CloudOptions,
): Promise<Opened> {
  const { state, remarks } = await directory.newestSnapshot()
  const base = state?.state.journalSequence ?? 0
  const logs = await directory.logsAfter(base)
  const cloud = await cloudOf(directory, given, state)
  const startedAtMs = performance.now()
  const replayer = new Replayer(cloud)
  const { journal } = cloud.kernel
  let entries = 0
  let moment: Moment | undefined
  for (const log of logs) {
    if (journal.lastSequence !== log.base) throw differs(log, `#${log.base}`, journal.lastSequence)
    for (const item of log.items) {
      if (item.kind === 'moment') {
        moment = item.moment
        await replayer.driftTo(moment.modelMs)
        continue
      }
      const difference = await replayer.enter(item.entry)
      if (difference !== undefined) {
        const { sequence, kind, name } = item.entry
        throw differs(log, `#${sequence} (${kind} ${name})`, journal.lastSequence)
      }
      entries += 1
    }
  }
  const log = logs.at(-1)
  if (log?.torn !== undefined) remarks.push(log.torn)
  const tookMs = performance.now() - startedAtMs
  const replayed = { entries, tookMs }
  return { cloud, replayer, remarks, replayed, log, base, moment }
}

async function cloudOf(
  directory: DataDirectory,
  given: CloudOptions,
  state: RestoredState | undefined,
): Promise<Cloud> {
  const { deepFreeze, journalEntriesMax, egress } = given
  const options: CloudOptions = {
    ...directory.format.options,
    clock: { kind: 'held' },
    ...(deepFreeze === undefined ? {} : { deepFreeze }),
    ...(journalEntriesMax === undefined ? {} : { journalEntriesMax }),
    ...(egress === undefined ? {} : { egress }),
  }
  if (state === undefined) return new Cloud(options)
  return await restoredCloud(state, options, (sha256) => directory.blobs.find(sha256))
}

function differs(log: Log, expected: string, lastSequence: number): SimulatorError {
  const by = log.version === version ? '' : ` It was written by Orrery ${log.version}.`
  return new SimulatorError(
    'DataDiffers',
    `Replaying ${log.path} did not come to what it says at ${expected}: the journal is at #${lastSequence}.${by}`,
    log.version === version
      ? 'This is a bug of Orrery: please report it with the data directory.'
      : `Open it once with Orrery ${log.version} and stop that server: its state is then in a snapshot.`,
  )
}
