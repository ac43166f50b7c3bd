import type { LifecycleRule, StorageClass, Tag } from '@cloud-orrery/models/s3'
import type { Tags } from '../state.ts'

/** Which objects a rule is for: all that it says must hold. */
export interface RuleFilter {
  readonly prefix: string
  readonly tags: readonly Tag[]
  /** Bytes; larger than, not as large as. */
  readonly largerThan: number | undefined
  readonly smallerThan: number | undefined
}

/** What rules are applied to. */
export interface Filtered {
  readonly key: string
  readonly tags: Tags
  readonly sizeBytes: number
}

const dayMs = 86_400_000

/** Smallest object that moves to another class unless a filter says otherwise, in bytes: 128 KB. */
const transitionBytesMin = 128 * 1024

export function filterOf({ Prefix, Filter }: LifecycleRule): RuleFilter {
  const { And } = Filter ?? {}
  return {
    prefix: Prefix ?? Filter?.Prefix ?? And?.Prefix ?? '',
    tags: And?.Tags ?? (Filter?.Tag === undefined ? [] : [Filter.Tag]),
    largerThan: Filter?.ObjectSizeGreaterThan ?? And?.ObjectSizeGreaterThan,
    smallerThan: Filter?.ObjectSizeLessThan ?? And?.ObjectSizeLessThan,
  }
}

export function applies(rule: LifecycleRule, { key, tags, sizeBytes }: Filtered): boolean {
  if (rule.Status !== 'Enabled') return false
  const filter = filterOf(rule)
  return (
    key.startsWith(filter.prefix) &&
    filter.tags.every(({ Key, Value }) => tags[Key] === Value) &&
    (filter.largerThan === undefined || sizeBytes > filter.largerThan) &&
    (filter.smallerThan === undefined || sizeBytes < filter.smallerThan)
  )
}

/**
 * The midnight at which so many days are over: they are counted from the moment, and rounded up to the next
 * midnight UTC. Source: S3 User Guide, "Lifecycle configuration elements", "How Amazon S3 calculates how long an
 * object has been noncurrent".
 */
export function midnightAfter(sinceMs: number, days: number): number {
  return Math.ceil((sinceMs + days * dayMs) / dayMs) * dayMs
}

/** The next midnight UTC after a moment. */
export function nextMidnight(nowMs: number): number {
  return (Math.floor(nowMs / dayMs) + 1) * dayMs
}

export interface Due {
  readonly atMs: number
  readonly rule: LifecycleRule
}

/** When a current version expires, by whichever rule comes first. */
export function expiryOf(
  rules: readonly LifecycleRule[],
  version: Filtered & { readonly lastModifiedMs: number },
): Due | undefined {
  let first: Due | undefined
  for (const rule of rules) {
    const { Days, Date: date } = rule.Expiration ?? {}
    if ((Days === undefined && date === undefined) || !applies(rule, version)) continue
    const atMs = date ?? midnightAfter(version.lastModifiedMs, Days ?? 0)
    if (first === undefined || atMs < first.atMs) first = { atMs, rule }
  }
  return first
}

/** When an upload that nobody completes is given up. Tags and sizes it has none. */
export function abortOf(
  rules: readonly LifecycleRule[],
  upload: { readonly key: string; readonly initiatedAtMs: number },
): Due | undefined {
  let first: Due | undefined
  for (const rule of rules) {
    const days = rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation
    if (days === undefined || rule.Status !== 'Enabled') continue
    if (!upload.key.startsWith(filterOf(rule).prefix)) continue
    const atMs = midnightAfter(upload.initiatedAtMs, days)
    if (first === undefined || atMs < first.atMs) first = { atMs, rule }
  }
  return first
}

/** Classes from the dearest to store to the cheapest: objects only ever move down. */
const waterfall: readonly StorageClass[] = [
  'STANDARD',
  'STANDARD_IA',
  'INTELLIGENT_TIERING',
  'ONEZONE_IA',
  'GLACIER_IR',
  'GLACIER',
  'DEEP_ARCHIVE',
]

export function isLower(to: StorageClass, from: StorageClass): boolean {
  return waterfall.indexOf(to) > waterfall.indexOf(from)
}

/**
 * Whether an object is large enough to move: 128 KB, or as a filter says. Source: S3 User Guide,
 * "Transitioning objects using Amazon S3 Lifecycle", "Constraints and considerations for transitions".
 */
export function isLargeEnough(
  rule: LifecycleRule,
  sizeBytes: number,
  to: StorageClass,
  minimumSize: string,
): boolean {
  const { largerThan, smallerThan } = filterOf(rule)
  if (largerThan !== undefined || smallerThan !== undefined) return true
  const isArchive = to === 'GLACIER' || to === 'DEEP_ARCHIVE'
  if (minimumSize === 'varies_by_storage_class' && isArchive) return true
  return sizeBytes >= transitionBytesMin
}
