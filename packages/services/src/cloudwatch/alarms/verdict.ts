import type { StateValue } from '../state.ts'

/** One period of an alarm; without value where no data came. */
export interface AlarmPoint {
  readonly atMs: number
  readonly value?: number
  readonly sampleCount?: number
}

/** What of an alarm's configuration decides over its state. */
export interface VerdictRules {
  /** N: periods that count. */
  readonly evaluationPeriods: number
  /** M: of which so many have to breach. */
  readonly datapointsToAlarm: number
  readonly breaches: (point: AlarmPoint) => boolean
  /** `missing` where the alarm says nothing. */
  readonly treatMissingData: string
}

/** A state, and the points that it was decided by, the newest first. `undefined`: the state stays. */
export interface Verdict {
  readonly state: StateValue | undefined
  readonly points: readonly AlarmPoint[]
  /** Missing points that were filled in. */
  readonly filled: number
}

/**
 * Decides the state. `range`: the newest period first, all that are looked at, N and a few more.
 * Source: CloudWatch User Guide, "Configuring how CloudWatch alarms treat missing data": its two tables are
 * the tests of this function.
 */
export function verdictOf(range: readonly AlarmPoint[], rules: VerdictRules): Verdict {
  const { evaluationPeriods, datapointsToAlarm, breaches, treatMissingData } = rules
  const real = range.filter(({ value }) => value !== undefined).slice(0, evaluationPeriods)
  const breaching = real.filter(breaches).length
  const filled = evaluationPeriods - real.length
  const decided = (state: StateValue | undefined) => ({ state, points: real, filled })
  if (breaching >= datapointsToAlarm) return decided('ALARM')
  if (filled === 0) return decided('OK')
  switch (treatMissingData) {
    case 'breaching':
      return decided(breaching + filled >= datapointsToAlarm ? 'ALARM' : 'OK')
    case 'notBreaching':
      return decided('OK')
    case 'ignore':
      return decided(breaching < real.length ? 'OK' : undefined)
    default:
      if (real.length === 0) return decided('INSUFFICIENT_DATA')
      if (breaching < real.length) return decided('OK')
      // The oldest of nothing but breaching points is old enough: what is missing will not help.
      return decided(ageOf(range, real) >= datapointsToAlarm ? 'ALARM' : undefined)
  }
}

/** How many periods ago the oldest of some points lies; the newest period is one period ago. */
function ageOf(range: readonly AlarmPoint[], real: readonly AlarmPoint[]): number {
  const oldest = real.at(-1)
  return oldest === undefined ? 0 : range.indexOf(oldest) + 1
}
