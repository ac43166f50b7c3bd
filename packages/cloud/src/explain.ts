import { type JournalEntry, SimulatorError } from '@cloud-orrery/kernel'
import { explain } from '@cloud-orrery/policy'
import type { NotedDecision } from './authorization.ts'
import type { Cloud } from './cloud.ts'
import { judgementsOf } from './judgements.ts'

/** Entries below one that are told when it was not judged itself. */
const descendantsMax = 5

/** Causes that are named above an explanation, the nearest first. */
const causesMax = 8

/**
 * The whole evaluation behind a call, as text. Without an id: the last call that was denied, whoever made
 * it. A task, an event or a call that was not judged itself is told by the calls that it led to.
 */
export function explainEntry(cloud: Cloud, id?: string): { sequence: number; text: string } {
  const entry = id === undefined ? lastDenied(cloud) : find(cloud, id)
  if (entry === undefined) {
    throw id === undefined
      ? new SimulatorError(
          'NothingDenied',
          'No call was denied yet.',
          'Name a call by its request id.',
        )
      : new SimulatorError('UnknownCall', `No call ${id} in the journal.`, 'See `orrery journal`.')
  }
  const own = partsOf(entry)
  const parts = own.length > 0 ? own : below(cloud, entry)
  const text = [titleOf(entry), ...parts, ...causesOf(cloud, entry)].join('\n\n')
  return { sequence: entry.sequence, text }
}

function titleOf({ sequence, name, atMs }: JournalEntry): string {
  return `#${sequence} ${name} at ${new Date(atMs).toISOString()}`
}

/** Every permission that was judged for one entry. */
function partsOf(entry: JournalEntry): string[] {
  const judgements = judgementsOf(entry)
  if (judgements.length === 0) return notedParts(entry)
  return judgements.map(({ request, decision }) => explain(request, decision))
}

/** What an earlier process judged: the record keeps the outcome, not the policies that it came from. */
function notedParts({ data }: JournalEntry): string[] {
  const decisions = (data['decisions'] ?? []) as readonly NotedDecision[] // As the request path writes them.
  return decisions.map(({ action, resource, allowed, reason, decidedBy }) => {
    const by =
      decidedBy === undefined
        ? ''
        : `\ndecided by statement ${decidedBy.statementIndex + 1} of ${decidedBy.source}`
    const head = `${allowed ? 'ALLOWED' : 'DENIED'}\naction     ${action}\nresource   ${resource}`
    return `${head}\noutcome: ${reason}${by}\nThe policies were judged before the server was started anew.`
  })
}

/** The nearest judged entries that this one led to: the denied ones if there are any. */
function below(cloud: Cloud, entry: JournalEntry): string[] {
  const judged: JournalEntry[] = []
  const family = new Set([entry.sequence])
  for (const next of cloud.kernel.journal.entries) {
    if (next.cause === undefined || !family.has(next.cause)) continue
    if (partsOf(next).length > 0) judged.push(next)
    else family.add(next.sequence)
  }
  const denied = judged.filter(isDenied)
  const told = denied.length > 0 ? denied : judged
  if (told.length === 0) {
    return [
      `No permission was judged for this ${entry.kind}: it was refused before, or needs none.`,
    ]
  }
  const rest = told.length - descendantsMax
  return [
    'It was not judged itself; these calls, to which it led, were:',
    ...told.slice(0, descendantsMax).flatMap((next) => [titleOf(next), ...partsOf(next)]),
    ...(rest > 0 ? [`and ${rest} more`] : []),
  ]
}

/** How it came about: a service's call under the task, the event and the call that led to it. */
function causesOf(cloud: Cloud, entry: JournalEntry): string[] {
  const lines: string[] = []
  for (let cause = entry.cause; cause !== undefined && lines.length < causesMax; ) {
    const next = cloud.kernel.journal.entry(cause)
    if (next === undefined) break
    lines.push(`  #${next.sequence} ${next.kind} ${next.name}`)
    cause = next.cause
  }
  return lines.length === 0 ? [] : [`led to by\n${lines.join('\n')}`]
}

function lastDenied(cloud: Cloud): JournalEntry | undefined {
  return cloud.kernel.journal.entries.findLast(isDenied)
}

function isDenied(entry: JournalEntry): boolean {
  const judgements = judgementsOf(entry)
  if (judgements.length > 0) return judgements.some(({ decision }) => !decision.allowed)
  const noted = (entry.data['decisions'] ?? []) as readonly NotedDecision[] // As above.
  return noted.some(({ allowed }) => !allowed)
}

function find(cloud: Cloud, id: string): JournalEntry | undefined {
  return cloud.kernel.journal.entries.findLast(
    (entry) => String(entry.sequence) === id.replace(/^#/, '') || entry.data['requestId'] === id,
  )
}
