import { SimulatorError } from '@cloud-orrery/kernel'
import type { Io } from './command.ts'
import type { ControlClient } from './control-client.ts'
import { type JournalLine, journalLine } from './journal-tree.ts'

/** How often a followed journal is read, in ms of real time. */
const pollMs = 250

/** Entries that one reading brings at most. */
const readMax = '1000'

/** The journal as the control port answers it. */
export interface JournalAnswer {
  readonly sha256: string
  readonly entries: readonly JournalLine[]
  readonly context?: readonly JournalLine[]
  /** Numbers of entries that are still being worked on. */
  readonly open?: readonly number[]
}

/**
 * Writes entries as they are completed, each moved in below what caused it, until the server ends. Those
 * that take long, as a call that waits, come when they are done.
 */
export async function followJournal(
  client: ControlClient,
  query: Readonly<Record<string, string | undefined>>,
  io: Io,
  json: boolean,
): Promise<void> {
  const depths = new Map<number, number>()
  const written = new Set<number>()
  let after = Number(query['after'] ?? 0)
  for (;;) {
    const answer = await read(client, { ...query, after: String(after), limit: readMax })
    if (answer === undefined) return
    const open = new Set(answer.open)
    for (const entry of [...answer.entries, ...(answer.context ?? [])].sort(bySequence)) {
      const depth = depthOf(entry, depths)
      depths.set(entry.sequence, depth)
      const isMeant = answer.entries.includes(entry)
      if (open.has(entry.sequence) || written.has(entry.sequence) || !isMeant) continue
      written.add(entry.sequence)
      io.out(json ? `${JSON.stringify(entry)}\n` : `${journalLine(entry, depth, io)}\n`)
    }
    const last = answer.entries.at(-1)?.sequence ?? after
    // What is open is read again, with all that came after it.
    after = Math.min(last, ...[...open].map((sequence) => sequence - 1))
    for (const sequence of written) if (sequence <= after) written.delete(sequence)
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
}

async function read(
  client: ControlClient,
  query: Readonly<Record<string, string | undefined>>,
): Promise<JournalAnswer | undefined> {
  try {
    return (await client.get('journal', query)) as JournalAnswer // The control answer of this path.
  } catch (error) {
    // The server was ended: there is nothing more to follow.
    if (error instanceof SimulatorError && error.code === 'NotRunning') return undefined
    throw error
  }
}

function depthOf({ cause }: JournalLine, depths: ReadonlyMap<number, number>): number {
  const parent = typeof cause === 'number' ? depths.get(cause) : undefined
  return parent === undefined ? 0 : parent + 1
}

function bySequence(a: JournalLine, b: JournalLine): number {
  return a.sequence - b.sequence
}
