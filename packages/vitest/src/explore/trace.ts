import type { TraceEntry, TrialResult } from './trial.ts'

/** Steps that a trace shows; what lies between the first and the last of more is counted. */
const stepsMax = 10

/** Calls of the scenario or the code that are shown before the first departure. */
const callsBefore = 2

/**
 * How a run came to go wrong, told by what it did otherwise than the calm one: what began it, where it departed from the
 * usual, which calls it made more often, and how it ended.
 */
export function traceOf(
  calm: readonly TraceEntry[],
  { entries, error = '' }: TrialResult,
): string[] {
  const bySequence = new Map(entries.map((entry) => [entry.sequence, entry]))
  const isShown = new Set<TraceEntry>()
  const departures = entries.filter(({ kind }) => kind === 'choice')
  const before = entries.filter(
    (entry) => isOutside(entry) && entry.sequence < (departures[0]?.sequence ?? 0),
  )
  for (const entry of before.slice(-callsBefore)) isShown.add(entry)
  for (const departure of departures) {
    for (const cause of causesOf(departure, bySequence)) if (isOutside(cause)) isShown.add(cause)
    isShown.add(departure)
  }
  for (const entry of moreThan(calm, entries)) isShown.add(entry)
  const [ending = ''] = error.split('\n')
  const steps = entries.filter((entry) => isShown.has(entry)).map(stepText)
  return [...shortened(steps, stepsMax - 1), `and it ends: ${ending}`]
}

function* causesOf(
  entry: TraceEntry,
  bySequence: ReadonlyMap<number, TraceEntry>,
): Generator<TraceEntry> {
  let cause = entry.cause === undefined ? undefined : bySequence.get(entry.cause)
  while (cause !== undefined) {
    yield cause
    cause = cause.cause === undefined ? undefined : bySequence.get(cause.cause)
  }
}

/** A call of the scenario or of the user's code: what its author knows. */
function isOutside({ kind, door }: TraceEntry): boolean {
  return kind === 'call' && door !== 'internal'
}

/** Calls from outside and invocations that came more often than in the calm run, the later ones of a name. */
function moreThan(calm: readonly TraceEntry[], entries: readonly TraceEntry[]): TraceEntry[] {
  const left = new Map<string, number>()
  const keyOf = ({ name, error = '' }: TraceEntry): string => `${name} ${error}`
  const counted = (entry: TraceEntry) => isOutside(entry) || entry.name === 'lambda.Invoke'
  for (const entry of calm.filter(counted))
    left.set(keyOf(entry), (left.get(keyOf(entry)) ?? 0) + 1)
  return entries.filter((entry) => {
    if (!counted(entry)) return false
    const more = (left.get(keyOf(entry)) ?? 0) - 1
    left.set(keyOf(entry), more)
    return more < 0
  })
}

function stepText({ atMs, kind, name, door, option, usual, error }: TraceEntry): string {
  const at = new Date(atMs).toISOString().slice(11, 23)
  if (kind === 'choice')
    return `${at}  here it departs from the usual: ${name} is '${option}', not '${usual}'`
  const by =
    door === 'code' ? ' by the code of a function' : door === 'internal' ? ' by a service' : ''
  return `${at}  ${name}${by}${error === undefined ? '' : `, refused: ${error}`}`
}

function shortened(steps: readonly string[], max: number): string[] {
  if (steps.length <= max) return [...steps]
  const kept = max - 1
  const head = Math.ceil(kept / 2)
  const tail = kept - head
  const between = steps.length - kept
  return [...steps.slice(0, head), `… ${between} steps more`, ...steps.slice(steps.length - tail)]
}
