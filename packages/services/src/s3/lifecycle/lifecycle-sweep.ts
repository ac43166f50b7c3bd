import type { LifecycleRule, StorageClass } from '@cloud-orrery/models/s3'
import type { Context } from '../../context.ts'
import { task } from '../../define.ts'
import { isLocked } from '../locks/object-locks.ts'
import { logAction } from '../logging/log-delivery.ts'
import { loggedTransition } from '../logging/logged-operations.ts'
import { notify } from '../notifications.ts'
import {
  type BucketRecord,
  buckets,
  dropUpload,
  type Lifecycle,
  type UploadRecord,
  uploads,
  type VersionRecord,
  versions,
} from '../state.ts'
import { removeVersion, writeVersion } from '../versions.ts'
import {
  abortOf,
  applies,
  expiryOf,
  isLargeEnough,
  isLower,
  midnightAfter,
  nextMidnight,
} from './lifecycle-rules.ts'

interface Sweep {
  readonly bucket: string
}

/**
 * Applies a bucket's lifecycle rules once a day, at midnight UTC. Source: S3 User Guide, "Managing the lifecycle
 * of objects": rules run daily.
 * Deviation: AWS takes hours to go through a bucket, and acts on what is due some time later; ours acts at once.
 */
export const applyLifecycle = task<Sweep>('s3.applyLifecycle', {
  run(ctx, { bucket: name }) {
    const bucket = buckets.get(ctx, name)
    if (bucket?.lifecycle === undefined) return
    const { lifecycle } = bucket
    buckets.put(ctx, { ...bucket, lifecycle: scheduled(ctx, name, lifecycle) })
    const prefix = `${name}\u0000`
    let older: VersionRecord[] = []
    // All versions of a key follow one another, the newest first.
    for (const version of [...versions.scan(ctx, { prefix })]) {
      if (older.length > 0 && older[0]?.key !== version.key) {
        applyToKey(ctx, bucket, lifecycle, older)
        older = []
      }
      older.push(version)
    }
    if (older.length > 0) applyToKey(ctx, bucket, lifecycle, older)
    for (const upload of [...uploads.scan(ctx, { prefix })]) applyToUpload(ctx, lifecycle, upload)
  },
})

/** The same rules with their next run put on the clock. */
export function scheduled(
  ctx: Context,
  bucket: string,
  { rules, minimumSize }: Omit<Lifecycle, 'taskId'>,
): Lifecycle {
  const delayMs = nextMidnight(ctx.now()) - ctx.now()
  return { rules, minimumSize, taskId: ctx.after(delayMs, applyLifecycle, { bucket }) }
}

function applyToUpload(ctx: Context, { rules }: Lifecycle, upload: UploadRecord): void {
  const due = abortOf(rules, upload)
  if (due !== undefined && due.atMs <= ctx.now()) dropUpload(ctx, upload)
}

/** All versions of one key, the newest first. Deletion comes before a move to another class. */
function applyToKey(
  ctx: Context,
  bucket: BucketRecord,
  lifecycle: Lifecycle,
  all: readonly VersionRecord[],
): void {
  const { rules } = lifecycle
  const kept: VersionRecord[] = []
  for (const [age, version] of all.entries()) {
    const newer = all[age - 1]
    if (newer === undefined) kept.push(version)
    else if (
      !isLocked(ctx, version) &&
      noncurrentExpires(ctx, rules, version, newer.lastModifiedMs, age)
    ) {
      removeForGood(ctx, version)
    } else {
      move(ctx, version, noncurrentClass(ctx, lifecycle, version, newer.lastModifiedMs, age))
      kept.push(version)
    }
  }
  const [current] = kept
  if (current === undefined || !current.isLatest) return
  if (current.isDeleteMarker) {
    if (kept.length === 1 && markerExpires(ctx, rules, current)) removeForGood(ctx, current)
    return
  }
  const due = expiryOf(rules, current)
  if (due === undefined || due.atMs > ctx.now()) {
    move(ctx, current, currentClass(ctx, lifecycle, current))
  } else expire(ctx, bucket, current)
}

function expire(ctx: Context, bucket: BucketRecord, version: VersionRecord): void {
  if (bucket.versioning === undefined) {
    removeForGood(ctx, version)
    return
  }
  const marker = writeVersion(ctx, bucket, version.key, undefined)
  notify(ctx, 'LifecycleExpiration:DeleteMarkerCreated', marker)
  logAction(ctx, 'S3.CREATE.DELETEMARKER', marker)
}

function removeForGood(ctx: Context, version: VersionRecord): void {
  removeVersion(ctx, version)
  notify(ctx, 'LifecycleExpiration:Delete', version)
  logAction(ctx, 'S3.EXPIRE.OBJECT', version)
}

/**
 * A delete marker under which nothing is left. `Days` of an expiration count for it too.
 * Source: S3 User Guide, "Lifecycle configuration elements", Expiration element.
 */
function markerExpires(
  ctx: Context,
  rules: readonly LifecycleRule[],
  marker: VersionRecord,
): boolean {
  return rules.some((rule) => {
    const { ExpiredObjectDeleteMarker, Days } = rule.Expiration ?? {}
    if (!applies(rule, marker)) return false
    if (ExpiredObjectDeleteMarker === true) return true
    return Days !== undefined && midnightAfter(marker.lastModifiedMs, Days) <= ctx.now()
  })
}

/** `age`: 1 for the newest noncurrent version. */
function noncurrentExpires(
  ctx: Context,
  rules: readonly LifecycleRule[],
  version: VersionRecord,
  sinceMs: number,
  age: number,
): boolean {
  return rules.some((rule) => {
    const { NoncurrentDays, NewerNoncurrentVersions = 0 } = rule.NoncurrentVersionExpiration ?? {}
    if (NoncurrentDays === undefined || !applies(rule, version)) return false
    return age > NewerNoncurrentVersions && midnightAfter(sinceMs, NoncurrentDays) <= ctx.now()
  })
}

function noncurrentClass(
  ctx: Context,
  { rules, minimumSize }: Lifecycle,
  version: VersionRecord,
  sinceMs: number,
  age: number,
): StorageClass {
  let to = version.storageClass
  for (const rule of rules) {
    if (version.isDeleteMarker || !applies(rule, version)) continue
    for (const transition of rule.NoncurrentVersionTransitions ?? []) {
      const { StorageClass, NoncurrentDays = 0, NewerNoncurrentVersions = 0 } = transition
      if (StorageClass === undefined || age <= NewerNoncurrentVersions) continue
      if (midnightAfter(sinceMs, NoncurrentDays) > ctx.now() || !isLower(StorageClass, to)) continue
      if (isLargeEnough(rule, version.sizeBytes, StorageClass, minimumSize)) to = StorageClass
    }
  }
  return to
}

function currentClass(
  ctx: Context,
  { rules, minimumSize }: Lifecycle,
  version: VersionRecord,
): StorageClass {
  let to = version.storageClass
  for (const rule of rules) {
    if (!applies(rule, version)) continue
    for (const { StorageClass, Days = 0, Date: date } of rule.Transitions ?? []) {
      if (StorageClass === undefined || !isLower(StorageClass, to)) continue
      const atMs = date ?? midnightAfter(version.lastModifiedMs, Days)
      if (atMs > ctx.now()) continue
      if (isLargeEnough(rule, version.sizeBytes, StorageClass, minimumSize)) to = StorageClass
    }
  }
  return to
}

function move(ctx: Context, version: VersionRecord, to: StorageClass): void {
  if (to === version.storageClass) return
  const moved = versions.put(ctx, { ...version, storageClass: to })
  notify(ctx, 'LifecycleTransition', moved)
  logAction(ctx, loggedTransition(to), moved)
}
