import type { Io } from './command.ts'
import { paint } from './io.ts'

/** A journal entry as the control port shows it. */
export interface JournalLine {
  readonly sequence: number
  readonly atMs: number
  readonly kind: string
  readonly name: string
  readonly cause?: number | null
  readonly data: Readonly<Record<string, unknown>>
}

/** How many levels a line is moved in at most: long chains would leave no room for the text. */
const depthMax = 20

/** Entries below the entry that caused them, each on a line; `context`, which only led to them, faintly. */
export function journalTree(
  entries: readonly JournalLine[],
  context: readonly JournalLine[] = [],
  io?: Io,
): string {
  const all = [...entries, ...context].sort((a, b) => a.sequence - b.sequence)
  const faint = new Set(context)
  const present = new Set(all.map(({ sequence }) => sequence))
  const children = new Map<number | undefined, JournalLine[]>()
  for (const entry of all) {
    const { cause } = entry
    const parent = typeof cause === 'number' && present.has(cause) ? cause : undefined
    const siblings = children.get(parent)
    if (siblings === undefined) children.set(parent, [entry])
    else siblings.push(entry)
  }
  const lines: string[] = []
  const pending = (children.get(undefined) ?? []).map((entry) => ({ entry, depth: 0 })).reverse()
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const line = journalLine(next.entry, next.depth, io)
    lines.push(io !== undefined && faint.has(next.entry) ? paint(io, 'dim', line) : line)
    for (const entry of (children.get(next.entry.sequence) ?? []).toReversed()) {
      pending.push({ entry, depth: next.depth + 1 })
    }
  }
  return lines.map((line) => `${line}\n`).join('')
}

/** `2026-01-01 00:00:00.000   #12 call sqs.SendMessage by ...`, moved in by its depth in the tree. */
export function journalLine(entry: JournalLine, depth: number, io?: Io): string {
  const { sequence, atMs, kind, name, data } = entry
  const time = new Date(atMs).toISOString().slice(0, 23).replace('T', ' ')
  const margin = '  '.repeat(Math.min(depth, depthMax))
  const by = callerOf(data['caller'])
  const error = errorOf(data['error'])
  const failure = error === undefined ? '' : ` ✗ ${error}`
  const shown = io === undefined || failure === '' ? failure : paint(io, 'red', failure)
  return `${time} ${margin}#${sequence} ${kind} ${name}${by === undefined ? '' : ` by ${by}`}${shown}`
}

function errorOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  // Errors in the journal have a code and a message.
  const { code, message } = error as { code?: string; message?: string }
  return `${code ?? 'error'}: ${message ?? ''}`
}

function callerOf(caller: unknown): string | undefined {
  if (typeof caller !== 'object' || caller === null || !('principal' in caller)) return undefined
  // The request path writes principals of the policy engine's kinds.
  const principal = caller.principal as { kind: string; arn?: string; service?: string }
  return principal.arn ?? principal.service ?? principal.kind
}
