/** A journal entry as the control port shows it. */
export interface JournalLine {
  readonly sequence: number
  readonly atMs: number
  readonly kind: string
  readonly name: string
  readonly cause?: number | null
  readonly data: Readonly<Record<string, unknown>>
}

/** Entries below the entry that caused them, each on a line. */
export function journalTree(entries: readonly JournalLine[]): string {
  const present = new Set(entries.map(({ sequence }) => sequence))
  const children = new Map<number | undefined, JournalLine[]>()
  for (const entry of entries) {
    const parent =
      typeof entry.cause === 'number' && present.has(entry.cause) ? entry.cause : undefined
    children.set(parent, [...(children.get(parent) ?? []), entry])
  }
  const lines: string[] = []
  const pending = (children.get(undefined) ?? []).map((entry) => ({ entry, depth: 0 })).reverse()
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    lines.push(lineOf(next.entry, next.depth))
    for (const entry of (children.get(next.entry.sequence) ?? []).toReversed()) {
      pending.push({ entry, depth: next.depth + 1 })
    }
  }
  return lines.map((line) => `${line}\n`).join('')
}

function lineOf({ sequence, atMs, kind, name, data }: JournalLine, depth: number): string {
  const time = new Date(atMs).toISOString().slice(0, 23).replace('T', ' ')
  return `${time} ${'  '.repeat(depth)}#${sequence} ${kind} ${name}${outcome(data)}`
}

function outcome(data: Readonly<Record<string, unknown>>): string {
  const who = callerOf(data['caller'])
  const by = who === undefined ? '' : ` by ${who}`
  const error = data['error']
  if (typeof error !== 'object' || error === null) return by
  // Errors in the journal have a code and a message.
  const { code, message } = error as { code?: string; message?: string }
  return `${by} ✗ ${code ?? 'error'}: ${message ?? ''}`
}

function callerOf(caller: unknown): string | undefined {
  if (typeof caller !== 'object' || caller === null || !('principal' in caller)) return undefined
  // The request path writes principals of the policy engine's kinds.
  const principal = caller.principal as { kind: string; arn?: string; service?: string }
  return principal.arn ?? principal.service ?? principal.kind
}
