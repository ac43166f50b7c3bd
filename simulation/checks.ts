import { type Cloud, compareReplay, type Recording, record } from '@cloud-orrery/cloud'
import { stateText } from './state-text.ts'
import { holds } from './violation.ts'
import type { World } from './world.ts'

/** Each entry of the journal has its number, its moment, and, unless it came from outside, an earlier cause. */
export function checkJournal({ kernel, beginning }: Cloud): void {
  const { journal, clock } = kernel
  const [first] = journal.entries
  const base = beginning?.state.journalSequence ?? 0
  let previous = (first?.sequence ?? 1) - 1
  let atMs = 0
  for (const entry of journal.entries) {
    const what = (): string =>
      `#${entry.sequence} ${entry.kind} ${entry.name}, cause ${entry.cause}`
    holds(entry.sequence === previous + 1, 'journal without gaps', what)
    holds(entry.atMs >= atMs && entry.atMs <= clock.nowMs, 'journal in order of time', what)
    previous = entry.sequence
    atMs = entry.atMs
    const { cause } = entry
    if (cause === undefined) {
      holds(entry.entered || isRoot(entry.name), 'journal: every effect has a cause', what)
      continue
    }
    const known = cause <= base || journal.entry(cause) !== undefined
    holds(cause < entry.sequence && known, 'journal: causes form a tree', what)
  }
  holds(previous === journal.lastSequence || first === undefined, 'journal without gaps', () => '')
}

/** Work that a service does on its own, for nobody. */
function isRoot(name: string): boolean {
  return /sweep/.test(name)
}

/** The recording gives the same state and the same journal again. */
export async function checkReplay(world: World): Promise<void> {
  const recording = await recordingOf(world)
  const { cloud, difference } = await compareReplay(recording)
  const text = stateText(cloud)
  cloud.close()
  holds(difference === undefined, 'replay', () => difference?.text ?? '')
  holds(text === stateText(world.cloud), 'replay', () => 'the state is another')
}

async function recordingOf({ durable, cloud }: World): Promise<Recording> {
  return durable === undefined ? record(cloud) : await durable.recording()
}
