import {
  GetObjectLegalHold,
  GetObjectRetention,
  PutObjectLegalHold,
  PutObjectRetention,
} from '@cloud-orrery/models/s3'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { bucketOf, objectArn, scopeOfBucket } from '../access.ts'
import { invalidArgument, malformedXml, notModelled, s3Error } from '../errors.ts'
import { replicateChange } from '../replication/replication.ts'
import { type Retention, type VersionRecord, versions } from '../state.ts'
import { namedVersion } from '../versions.ts'
import { checkBypass, isRetained, lockKeys, missingConfiguration } from './object-locks.ts'

interface LockedObject {
  readonly Bucket: string
  readonly Key: string
  readonly VersionId?: string | undefined
}

/** A version in a bucket with locks. Throws NoSuchKey, InvalidRequest. */
function lockable(ctx: Context, input: LockedObject, method: string): VersionRecord {
  const bucket = bucketOf(ctx, input.Bucket)
  const version = namedVersion(ctx, input, method, input.Key)
  if (bucket.objectLock === undefined) throw missingConfiguration()
  return version
}

export const putObjectRetention = operation(PutObjectRetention, {
  authorize: (input, ctx) => ({
    resource: objectArn(ctx, input.Bucket, input.Key),
    context: lockKeys(ctx, {
      ObjectLockMode: input.Retention?.Mode,
      ObjectLockRetainUntilDate: input.Retention?.RetainUntilDate,
    }),
  }),
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, input) {
    const version = lockable(ctx, input, 'PUT')
    const {
      Mode: mode,
      RetainUntilDate: untilMs,
      EventHold,
      EventHoldDuration,
    } = input.Retention ?? {}
    if (EventHold !== undefined || EventHoldDuration !== undefined) {
      throw notModelled('PutObjectRetention', 'EventHold')
    }
    if ((mode === undefined) !== (untilMs === undefined)) throw malformedXml()
    if (untilMs !== undefined && untilMs <= ctx.now()) {
      throw invalidArgument(
        'The retain until date must be in the future!',
        'RetainUntilDate',
        new Date(untilMs).toISOString(),
      )
    }
    const asked = mode === undefined || untilMs === undefined ? undefined : { mode, untilMs }
    if (isRetained(ctx, version) && !isLonger(version.retention, asked)) {
      checkBypass(ctx, version, input.BypassGovernanceRetention === true)
    }
    const { retention: _former, ...rest } = version
    const changed = versions.put(ctx, asked === undefined ? rest : { ...rest, retention: asked })
    replicateChange(ctx, changed)
    return {}
  },
})

/** A lock may always be made longer, and stricter. */
function isLonger(former: Retention | undefined, asked: Retention | undefined): boolean {
  if (former === undefined) return true
  if (asked === undefined || asked.untilMs < former.untilMs) return false
  return former.mode === asked.mode || asked.mode === 'COMPLIANCE'
}

export const getObjectRetention = operation(GetObjectRetention, {
  authorize: (input, ctx) => objectArn(ctx, input.Bucket, input.Key),
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, input) {
    const { retention } = lockable(ctx, input, 'GET')
    if (retention === undefined) throw noLock()
    return { Retention: { Mode: retention.mode, RetainUntilDate: retention.untilMs } }
  },
})

export const putObjectLegalHold = operation(PutObjectLegalHold, {
  authorize: (input, ctx) => ({
    resource: objectArn(ctx, input.Bucket, input.Key),
    context: lockKeys(ctx, { ObjectLockLegalHoldStatus: input.LegalHold?.Status }),
  }),
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, input) {
    const version = lockable(ctx, input, 'PUT')
    const status = input.LegalHold?.Status
    if (status === undefined) throw malformedXml()
    replicateChange(ctx, versions.put(ctx, { ...version, legalHold: status }))
    return {}
  },
})

export const getObjectLegalHold = operation(GetObjectLegalHold, {
  authorize: (input, ctx) => objectArn(ctx, input.Bucket, input.Key),
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, input) {
    const { legalHold } = lockable(ctx, input, 'GET')
    if (legalHold === undefined) throw noLock()
    return { LegalHold: { Status: legalHold } }
  },
})

/** Source: S3 API Reference, "Error responses", NoSuchObjectLockConfiguration. */
function noLock() {
  return s3Error(
    'NoSuchObjectLockConfiguration',
    'The specified object does not have a ObjectLock configuration',
  )
}
