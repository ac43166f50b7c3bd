import type { JournalEntry } from '@cloud-orrery/kernel'
import type { Cloud } from './cloud.ts'
import { shownEntry } from './shown-entries.ts'

/** Which entries of the journal are asked for; what is absent does not narrow. */
export interface JournalQuery {
  /** Only entries after this number. */
  readonly after?: number
  readonly kind?: string
  /** Only what this service was asked or did: `sqs`. */
  readonly service?: string
  /** Only what failed. */
  readonly errors?: boolean
  /** The newest ones, at most so many. */
  readonly limit?: number
}

/** Entries that are shown where no number is given. */
const limitDefault = 1000

/**
 * Entries of the journal as people may see them. `context` has what led to them and was not asked for
 * itself, so that a tree can be drawn; `open` the numbers of those that are still being worked on.
 */
export function journalView(cloud: Cloud, query: JournalQuery): Record<string, unknown> {
  const { journal } = cloud.kernel
  const { limit = limitDefault } = query
  const matching = journal.entries.filter((entry) => isMeant(entry, query))
  const shown = limit === 0 ? [] : matching.slice(-limit)
  const narrowed = query.service !== undefined || query.errors === true
  const context = narrowed ? ancestorsOf(cloud, shown) : []
  const open = new Set(journal.openEntries.map(({ sequence }) => sequence))
  const openShown = shown.map(({ sequence }) => sequence).filter((number) => open.has(number))
  return {
    sha256: journal.digest(),
    entries: shown.map(plain),
    ...(context.length === 0 ? {} : { context: context.map(plain) }),
    ...(openShown.length === 0 ? {} : { open: openShown }),
  }
}

function plain(entry: JournalEntry): unknown {
  return JSON.parse(shownEntry(entry)) as unknown
}

function isMeant(entry: JournalEntry, { after = 0, kind, service, errors }: JournalQuery): boolean {
  if (entry.sequence <= after) return false
  if (kind !== undefined && entry.kind !== kind) return false
  if (service !== undefined && serviceOf(entry) !== service.toLowerCase()) return false
  return errors !== true || failed(entry)
}

/** `sqs` of the call `sqs.SendMessage` and the task `sqs.sweep`, `s3` of the event `aws.s3 Object Created`. */
function serviceOf({ name }: JournalEntry): string {
  const [first = ''] = name.replace(/^aws\./, '').split(/[. ]/)
  return first.toLowerCase()
}

/** An answer that is an error, a task that failed, a request that was refused unread. */
function failed({ kind, data }: JournalEntry): boolean {
  return data['error'] !== undefined || kind === 'refused'
}

function ancestorsOf(cloud: Cloud, shown: readonly JournalEntry[]): readonly JournalEntry[] {
  const known = new Set(shown.map(({ sequence }) => sequence))
  const found: JournalEntry[] = []
  for (const entry of shown) {
    let { cause } = entry
    while (cause !== undefined && !known.has(cause)) {
      known.add(cause)
      const next = cloud.kernel.journal.entry(cause)
      if (next === undefined) break
      found.push(next)
      cause = next.cause
    }
  }
  return found.sort((a, b) => a.sequence - b.sequence)
}
