import type { ExploredChoices, JournalEntry } from '@cloud-orrery/kernel'
import type { CallData } from '@cloud-orrery/services'
import type { Aws } from '../aws.ts'

/** An entry of the journal, in the part that a trace shows. Plain data: tests hand it over as a file. */
export interface TraceEntry {
  readonly sequence: number
  readonly cause: number | undefined
  readonly atMs: number
  readonly kind: 'call' | 'choice' | 'outside' | 'fault'
  /** `sqs.SendMessage`; for choices the draw, `sqs.order#3`. */
  readonly name: string
  /** Of a call: where it came in. */
  readonly door?: string
  /** Of a choice: what happened, and what usually does. */
  readonly option?: string
  readonly usual?: string
  /** Of a call that was refused. */
  readonly error?: string
}

/** How one run of a scenario under some choices ended. */
export interface TrialResult {
  readonly error?: string
  /** The departures from the usual that were drawn: what `ExploredChoices.only` takes. */
  readonly departures: Readonly<Record<string, number>>
  readonly entries: readonly TraceEntry[]
}

/** Runs a scenario once under each of the choices, in their order. */
export type Trials = (
  choices: readonly ExploredChoices[],
) => AsyncIterable<TrialResult> | Iterable<TrialResult>

/** What a run's cloud tells of it. */
export function trialResult(aws: Aws, afterSequence: number, error: unknown): TrialResult {
  const departures: Record<string, number> = {}
  const entries: TraceEntry[] = []
  for (const entry of aws.cloud.kernel.journal.entries) {
    if (entry.sequence <= afterSequence) continue
    const { picked, draw } = entry.data
    if (entry.kind === 'choice' && typeof draw === 'string') departures[draw] = Number(picked)
    const shown = traceEntry(entry)
    if (shown !== undefined) entries.push(shown)
  }
  return { departures, entries, ...(error === undefined ? {} : { error: textOf(error) }) }
}

function traceEntry({
  sequence,
  cause,
  atMs,
  kind,
  name,
  data,
}: JournalEntry): TraceEntry | undefined {
  const common = { sequence, cause, atMs }
  switch (kind) {
    case 'choice':
      return {
        ...common,
        kind,
        name: String(data['draw'] ?? name),
        option: String(data['option'] ?? data['picked']),
        usual: String(data['usual'] ?? 0),
      }
    case 'call': {
      const { error } = data as unknown as CallData // The journal's own form of a call.
      const refused = error === undefined ? {} : { error: error.code }
      return { ...common, kind, name, door: String(data['door']), ...refused }
    }
    case 'outside':
    case 'fault':
      return { ...common, kind, name }
    default:
      return undefined
  }
}

function textOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Vitest colours its differences.
  return text.replaceAll(/\u001b\[[\d;]*m/g, '')
}
