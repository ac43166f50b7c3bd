import type { DefaultRetention } from '@cloud-orrery/models/s3'
import type { RequestContext } from '@cloud-orrery/policy'
import type { Context } from '../../context.ts'
import { objectArn } from '../access.ts'
import { statedOf } from '../checksums.ts'
import { accessDenied, invalidArgument, invalidRequest, s3Error } from '../errors.ts'
import type { BucketRecord, ObjectLock, Retention, VersionRecord } from '../state.ts'

/** Members by which a write locks its object. */
export interface LockInput {
  readonly ObjectLockMode?: Retention['mode'] | undefined
  readonly ObjectLockRetainUntilDate?: number | undefined
  readonly ObjectLockLegalHoldStatus?: ObjectLock['legalHold'] | undefined
}

const dayMs = 86_400_000

/** How a write says that its object is to be locked. Recorded: S3, PutObject with locks, February 2026. */
export function requestedLock(ctx: Context, bucket: BucketRecord, input: LockInput): ObjectLock {
  const { ObjectLockMode: mode, ObjectLockRetainUntilDate: untilMs } = input
  const { ObjectLockLegalHoldStatus: hold } = input
  if (mode === undefined && untilMs === undefined && hold === undefined) return {}
  if (mode !== undefined && untilMs === undefined) throw both('retain-until-date')
  if (mode === undefined && untilMs !== undefined) throw both('mode')
  if (bucket.objectLock === undefined) throw missingConfiguration()
  if (untilMs !== undefined && untilMs <= ctx.now()) {
    throw invalidArgument(
      'The retain until date must be in the future!',
      'x-amz-object-lock-retain-until-date',
      new Date(untilMs).toISOString(),
    )
  }
  return {
    ...(untilMs === undefined || mode === undefined ? {} : { retention: { mode, untilMs } }),
    ...(hold === undefined ? {} : { legalHold: hold }),
  }
}

/** What locks must not be altered on the way. Source: S3 API Reference, PutObject, `x-amz-object-lock-mode`. */
export function requireDigest(
  lock: ObjectLock,
  input: Parameters<typeof statedOf>[0] & { readonly ContentMD5?: string | undefined },
): void {
  if (lock.retention === undefined || input.ContentMD5 !== undefined) return
  if (statedOf(input) !== undefined) return
  throw invalidRequest(
    'Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters',
  )
}

/** The lock of a new version: as asked for, else as its bucket's rule has it. */
export function lockOf(ctx: Context, { objectLock }: BucketRecord, asked: ObjectLock): ObjectLock {
  const rule = objectLock?.rule
  if (asked.retention !== undefined || rule?.Mode === undefined) return asked
  const untilMs = periodEnd(ctx.now(), rule)
  return { ...asked, retention: { mode: rule.Mode, untilMs } }
}

function periodEnd(fromMs: number, { Days, Years }: DefaultRetention): number {
  if (Days !== undefined) return fromMs + Days * dayMs
  const end = new Date(fromMs)
  end.setUTCFullYear(end.getUTCFullYear() + (Years ?? 0))
  return end.getTime()
}

/** Whether a version's retention still runs. */
export function isRetained(ctx: Context, { retention }: ObjectLock): boolean {
  return retention !== undefined && retention.untilMs > ctx.now()
}

/** Whether nothing may take a version away: no rule of a lifecycle either. */
export function isLocked(ctx: Context, version: ObjectLock): boolean {
  return version.legalHold === 'ON' || isRetained(ctx, version)
}

/**
 * Throws AccessDenied for a version that may not be taken away. Governance gives way to those who say that they
 * bypass it, and may. Source: S3 User Guide, "Locking objects with Object Lock", Retention modes.
 */
export function checkRemovable(ctx: Context, version: VersionRecord, bypass = false): void {
  if (version.legalHold === 'ON') throw locked()
  if (isRetained(ctx, version)) checkBypass(ctx, version, bypass)
}

export function checkBypass(ctx: Context, version: VersionRecord, bypass: boolean): void {
  if (version.retention?.mode !== 'GOVERNANCE' || !bypass) throw locked()
  const { bucket, key } = version
  ctx.authorize('s3:BypassGovernanceRetention', objectArn(ctx, bucket, key))
}

/** Recorded: S3, DeleteObject of a locked version, February 2026. */
export function locked() {
  return accessDenied('Access Denied because object protected by object lock.')
}

export function missingConfiguration() {
  return invalidRequest('Bucket is missing Object Lock Configuration')
}

function both(missing: 'mode' | 'retain-until-date') {
  return s3Error(
    'InvalidArgument',
    'x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied',
    { ArgumentName: `x-amz-object-lock-${missing}` },
  )
}

/** What a lock needs besides the right to write. */
export function lockActions({ ObjectLockMode, ObjectLockLegalHoldStatus }: LockInput): string[] {
  return [
    ...(ObjectLockMode === undefined ? [] : ['s3:PutObjectRetention']),
    ...(ObjectLockLegalHoldStatus === undefined ? [] : ['s3:PutObjectLegalHold']),
  ]
}

/** Condition keys of locks. Source: Service Authorization Reference, Amazon S3. */
export function lockKeys(ctx: Context, input: LockInput): RequestContext {
  const { ObjectLockMode: mode, ObjectLockRetainUntilDate: untilMs } = input
  if (
    mode === undefined &&
    untilMs === undefined &&
    input.ObjectLockLegalHoldStatus === undefined
  ) {
    return {}
  }
  return {
    's3:object-lock-mode': mode,
    's3:object-lock-legal-hold': input.ObjectLockLegalHoldStatus,
    ...(untilMs === undefined
      ? {}
      : {
          's3:object-lock-retain-until-date': new Date(untilMs).toISOString(),
          's3:object-lock-remaining-retention-days': Math.ceil((untilMs - ctx.now()) / dayMs),
        }),
  }
}

/** Told to those who may ask for it. Source: S3 API Reference, GetObject, `x-amz-object-lock-mode`. */
export function lockHeaders(ctx: Context, version: VersionRecord) {
  const { retention, legalHold, bucket, key } = version
  if (retention === undefined && legalHold === undefined) return {}
  const arn = objectArn(ctx, bucket, key)
  const showsRetention = retention !== undefined && ctx.isAllowed('s3:GetObjectRetention', arn)
  const showsHold = legalHold !== undefined && ctx.isAllowed('s3:GetObjectLegalHold', arn)
  return {
    ...(showsRetention
      ? { ObjectLockMode: retention.mode, ObjectLockRetainUntilDate: retention.untilMs }
      : {}),
    ...(showsHold ? { ObjectLockLegalHoldStatus: legalHold } : {}),
  }
}
