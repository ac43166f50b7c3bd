import type { LifecycleRule, StorageClass } from '@cloud-orrery/models/s3'
import { invalidRequest, malformedXml, s3Error } from '../errors.ts'
import { lifecycleRulesMax, ruleIdCharactersMax } from '../limits.ts'
import { filterOf } from './lifecycle-rules.ts'

/**
 * What S3 refuses in a lifecycle configuration. The words are those that S3 is known for, not recorded.
 * Source: S3 User Guide, "Lifecycle configuration elements", "Transitioning objects using Amazon S3 Lifecycle".
 * Throws MalformedXML, InvalidArgument, InvalidRequest.
 */
export function checkRules(rules: readonly LifecycleRule[]): void {
  if (rules.length === 0 || rules.length > lifecycleRulesMax) throw malformedXml()
  if (new Set(rules.map(({ ID }) => ID)).size < rules.length) {
    throw refusal('Rule ID must be unique. Found same ID for more than one rule')
  }
  for (const rule of rules) {
    if ((rule.ID ?? '').length > ruleIdCharactersMax) {
      throw refusal(`ID length should not exceed allowed limit of ${ruleIdCharactersMax}`)
    }
    checkFilter(rule)
    checkActions(rule)
    checkExpiration(rule)
    checkTransitions(rule)
    checkNoncurrent(rule)
  }
}

function refusal(message: string) {
  return s3Error('InvalidArgument', message)
}

/** A rule has a filter or, as of old, a prefix; a filter has one condition, or several under `And`. */
function checkFilter({ Prefix, Filter }: LifecycleRule): void {
  if ((Prefix === undefined) === (Filter === undefined)) throw malformedXml()
  if (Filter === undefined) return
  if (Object.values(Filter).filter((condition) => condition !== undefined).length > 1) {
    throw malformedXml()
  }
  const { And } = Filter
  if (And === undefined) return
  const { Tags = [], ...others } = And
  const conditions = Tags.length + Object.values(others).filter((one) => one !== undefined).length
  if (conditions < 2) throw malformedXml()
  if (new Set(Tags.map(({ Key }) => Key)).size < Tags.length) {
    throw invalidRequest('Duplicate Tag Keys are not allowed.')
  }
  const { ObjectSizeGreaterThan: larger, ObjectSizeLessThan: smaller } = And
  if (larger !== undefined && smaller !== undefined && larger >= smaller) {
    throw invalidRequest(
      "'ObjectSizeLessThan' has to be a value greater than 'ObjectSizeGreaterThan'.",
    )
  }
}

function checkActions(rule: LifecycleRule): void {
  const { Expiration, AbortIncompleteMultipartUpload: abort } = rule
  const actions = [
    ...(rule.Transitions ?? []),
    ...(rule.NoncurrentVersionTransitions ?? []),
    rule.NoncurrentVersionExpiration,
    Expiration,
    abort,
  ].filter((action) => action !== undefined)
  if (actions.length === 0) {
    throw invalidRequest('At least one action needs to be specified in a rule')
  }
  const { tags, largerThan, smallerThan } = filterOf(rule)
  const bySize = largerThan !== undefined || smallerThan !== undefined
  if (abort !== undefined) {
    if (tags.length > 0) {
      throw invalidRequest('AbortIncompleteMultipartUpload cannot be specified with Tags.')
    }
    if (bySize) {
      throw invalidRequest('AbortIncompleteMultipartUpload cannot be specified with Object Size.')
    }
    positive(abort.DaysAfterInitiation, 'DaysAfterInitiation', 'AbortIncompleteMultipartUpload')
  }
  if (Expiration?.ExpiredObjectDeleteMarker !== undefined && tags.length > 0) {
    throw invalidRequest('ExpiredObjectDeleteMarker cannot be specified with Tags.')
  }
}

function checkExpiration({ Expiration }: LifecycleRule): void {
  if (Expiration === undefined) return
  const { Days, Date: date, ExpiredObjectDeleteMarker } = Expiration
  const given = [Days, date, ExpiredObjectDeleteMarker].filter((one) => one !== undefined)
  if (given.length !== 1) throw malformedXml()
  if (Days !== undefined) positive(Days, 'Days', 'Expiration')
  if (date !== undefined) midnight(date)
}

function positive(days: number | undefined, name: string, action: string): void {
  if (days === undefined) throw malformedXml()
  if (days < 1) throw refusal(`'${name}' for ${action} action must be a positive integer`)
}

function midnight(atMs: number): void {
  if (atMs % 86_400_000 !== 0) throw refusal("'Date' must be at midnight GMT")
}

/** Fewest days in STANDARD before objects may move to a class of infrequent access. */
const infrequentDaysMin = 30

function checkTransitions(rule: LifecycleRule): void {
  const { Transitions = [], Expiration } = rule
  checkDistinct(
    Transitions.map(({ StorageClass }) => StorageClass),
    'Transition',
    rule,
  )
  for (const { Days, Date: date, StorageClass } of Transitions) {
    if (StorageClass === undefined || (Days === undefined) === (date === undefined)) {
      throw malformedXml()
    }
    if (date !== undefined) midnight(date)
    if (Days !== undefined) checkDays(Days, 'Days', 'Transition', StorageClass)
    const mixed =
      (Days !== undefined && Expiration?.Date !== undefined) ||
      (date !== undefined && Expiration?.Days !== undefined)
    if (mixed) {
      throw invalidRequest(
        `Found mixed 'Date' and 'Days' based Expiration and Transition actions in lifecycle rule for ${place(rule)}`,
      )
    }
    const late =
      (Days !== undefined && Expiration?.Days !== undefined && Expiration.Days <= Days) ||
      (date !== undefined && Expiration?.Date !== undefined && Expiration.Date <= date)
    if (late) {
      const unit = Days === undefined ? 'Date' : 'Days'
      throw refusal(
        `'${unit}' in the Expiration action for ${place(rule)} must be greater than '${unit}' in the Transition action`,
      )
    }
  }
}

function checkNoncurrent(rule: LifecycleRule): void {
  const { NoncurrentVersionTransitions = [], NoncurrentVersionExpiration: expiration } = rule
  checkDistinct(
    NoncurrentVersionTransitions.map(({ StorageClass }) => StorageClass),
    'NoncurrentVersionTransition',
    rule,
  )
  if (expiration !== undefined) {
    positive(expiration.NoncurrentDays, 'NoncurrentDays', 'NoncurrentVersionExpiration')
    newer(expiration.NewerNoncurrentVersions)
  }
  for (const transition of NoncurrentVersionTransitions) {
    const { NoncurrentDays: days, StorageClass, NewerNoncurrentVersions } = transition
    if (StorageClass === undefined || days === undefined) throw malformedXml()
    checkDays(days, 'NoncurrentDays', 'NoncurrentVersionTransition', StorageClass)
    newer(NewerNoncurrentVersions)
    if (expiration?.NoncurrentDays !== undefined && expiration.NoncurrentDays <= days) {
      throw refusal(
        `'NoncurrentDays' in the NoncurrentVersionExpiration action for ${place(rule)} must be greater than 'NoncurrentDays' in the NoncurrentVersionTransition action`,
      )
    }
  }
}

function newer(count: number | undefined): void {
  if (count === undefined || (count >= 1 && count <= 100)) return
  throw refusal("'NewerNoncurrentVersions' must be between 1 and 100")
}

function checkDays(days: number, name: string, action: string, to: StorageClass): void {
  if (days < 0) throw refusal(`'${name}' in ${action} action must be nonnegative`)
  const isInfrequent = to === 'STANDARD_IA' || to === 'ONEZONE_IA'
  if (!isInfrequent || days >= infrequentDaysMin) return
  throw refusal(
    `'${name}' in ${action} action must be greater than or equal to ${infrequentDaysMin} for storageClass '${to}'`,
  )
}

function checkDistinct(
  classes: readonly (string | undefined)[],
  action: string,
  rule: LifecycleRule,
): void {
  if (new Set(classes).size === classes.length) return
  throw invalidRequest(
    `'StorageClass' must be different for '${action}' actions in same 'Rule' with ${place(rule)}`,
  )
}

/** How S3 names a rule where it complains of one: by its prefix or by its filter. */
function place(rule: LifecycleRule): string {
  if (rule.Filter === undefined) return `prefix '${rule.Prefix ?? ''}'`
  const { prefix, tags } = filterOf(rule)
  const conditions = [
    ...(prefix === '' && tags.length > 0 ? [] : [`prefix=${prefix}`]),
    ...tags.map(({ Key, Value }) => `tag: key=${Key}, value=${Value}`),
  ]
  return `filter '(${conditions.join(' and ')})'`
}
