import type { StackSetOperationPreferences } from '@cloud-orrery/models/cloudformation'
import { validationError } from '../errors.ts'
import type { Preferences } from './state.ts'

/** `OperationPreferences` of a request. Throws ValidationError where they contradict each other. */
export function givenPreferences(
  given: StackSetOperationPreferences | undefined,
  regions: readonly string[],
): Preferences {
  const {
    RegionOrder = [],
    RegionConcurrencyType,
    ConcurrencyMode,
    FailureToleranceCount,
    FailureTolerancePercentage,
    MaxConcurrentCount,
    MaxConcurrentPercentage,
  } = given ?? {}
  onlyOne('FailureTolerance', FailureToleranceCount, FailureTolerancePercentage)
  onlyOne('MaxConcurrent', MaxConcurrentCount, MaxConcurrentPercentage)
  const strange = RegionOrder.filter((region) => !regions.includes(region))
  if (strange.length > 0) {
    throw validationError(`RegionOrder names regions without targets: [${strange.join(', ')}]`)
  }
  return {
    regionOrder: RegionOrder,
    ...(RegionConcurrencyType === undefined
      ? {}
      : { regionConcurrency: RegionConcurrencyType === 'PARALLEL' ? 'PARALLEL' : 'SEQUENTIAL' }),
    ...(FailureToleranceCount === undefined
      ? {}
      : { failureToleranceCount: FailureToleranceCount }),
    ...(FailureTolerancePercentage === undefined
      ? {}
      : { failureTolerancePercentage: FailureTolerancePercentage }),
    ...(MaxConcurrentCount === undefined ? {} : { maxConcurrentCount: MaxConcurrentCount }),
    ...(MaxConcurrentPercentage === undefined
      ? {}
      : { maxConcurrentPercentage: MaxConcurrentPercentage }),
    ...(ConcurrencyMode === undefined
      ? {}
      : {
          concurrencyMode:
            ConcurrencyMode === 'SOFT_FAILURE_TOLERANCE'
              ? 'SOFT_FAILURE_TOLERANCE'
              : 'STRICT_FAILURE_TOLERANCE',
        }),
  }
}

function onlyOne(what: string, count: number | undefined, percentage: number | undefined): void {
  if (count !== undefined && percentage !== undefined) {
    throw validationError(
      `Only one of ${what}Count and ${what}Percentage can be specified, but not both.`,
    )
  }
}

/** Regions in the order asked for; those that the order does not name come last, sorted. */
export function orderedRegions(
  { regionOrder }: Preferences,
  regions: readonly string[],
): readonly string[] {
  const rest = regions.filter((region) => !regionOrder.includes(region)).toSorted()
  return [...new Set([...regionOrder, ...rest])]
}

/** Accounts of a region in which an operation may fail and go on. Percentages are rounded down. */
export function failureTolerance(preferences: Preferences, accounts: number): number {
  const { failureToleranceCount, failureTolerancePercentage } = preferences
  if (failureTolerancePercentage !== undefined) {
    return Math.floor((accounts * failureTolerancePercentage) / 100)
  }
  return failureToleranceCount ?? 0
}

/**
 * Accounts of a region to work on at a time. In the strict mode, the default, so few that failures can not pass
 * the tolerance by more than one. Source: API reference, StackSetOperationPreferences, `ConcurrencyMode`.
 */
export function concurrency(preferences: Preferences, accounts: number, failures: number): number {
  const { maxConcurrentCount, maxConcurrentPercentage, concurrencyMode } = preferences
  const wanted =
    maxConcurrentPercentage === undefined
      ? (maxConcurrentCount ?? 1)
      : Math.max(1, Math.floor((accounts * maxConcurrentPercentage) / 100))
  if (concurrencyMode === 'SOFT_FAILURE_TOLERANCE') return wanted
  return Math.max(1, Math.min(wanted, failureTolerance(preferences, accounts) + 1 - failures))
}

/** As the API shows them. */
export function preferencesView(preferences: Preferences): StackSetOperationPreferences {
  const {
    regionConcurrency,
    regionOrder,
    failureToleranceCount,
    failureTolerancePercentage,
    maxConcurrentCount,
    maxConcurrentPercentage,
    concurrencyMode,
  } = preferences
  return {
    RegionOrder: regionOrder,
    ...(regionConcurrency === undefined ? {} : { RegionConcurrencyType: regionConcurrency }),
    ...(failureToleranceCount === undefined
      ? {}
      : { FailureToleranceCount: failureToleranceCount }),
    ...(failureTolerancePercentage === undefined
      ? {}
      : { FailureTolerancePercentage: failureTolerancePercentage }),
    ...(maxConcurrentCount === undefined ? {} : { MaxConcurrentCount: maxConcurrentCount }),
    ...(maxConcurrentPercentage === undefined
      ? {}
      : { MaxConcurrentPercentage: maxConcurrentPercentage }),
    ...(concurrencyMode === undefined ? {} : { ConcurrencyMode: concurrencyMode }),
  }
}
