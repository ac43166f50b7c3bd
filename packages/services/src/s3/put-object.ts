import { PutObject, type PutObjectRequest } from '@cloud-orrery/models/s3'
import { md5Hex } from '@cloud-orrery/protocols'
import type { Context } from '../context.ts'
import { type Authorization, operation } from '../define.ts'
import { bucketOf, objectArn, scopeOfBucket } from './access.ts'
import { checkObjectAcl } from './acl.ts'
import { keepBody } from './bodies.ts'
import { checksumMembers, checksumOf, unbuiltChecksums, verifyMd5 } from './checksums.ts'
import { requestKeys, requestTagKeys } from './condition-keys.ts'
import { checkWrite, checkWriteConditions } from './conditions.ts'
import {
  encrypt,
  etagOf,
  requestedEncryption,
  upon,
  writtenEncryption,
} from './encryption/object-encryption.ts'
import { s3Error } from './errors.ts'
import type { EventName } from './event-records.ts'
import { expirationHeader } from './lifecycle/expiration-header.ts'
import { putBytesMax } from './limits.ts'
import {
  lockActions,
  lockKeys,
  lockOf,
  requestedLock,
  requireDigest,
} from './locks/object-locks.ts'
import { notify } from './notifications.ts'
import { checkKey, readMetadata, systemHeaders, unbuiltLocks } from './object-headers.ts'
import { replicate } from './replication/replication.ts'
import type { Checksum } from './state.ts'
import { headerTags } from './tags.ts'
import { currentObject, type NewVersion, shownVersionId, writeVersion } from './versions.ts'

const emptyBody = new Uint8Array(0)

export const putObject = operation(PutObject, {
  authorize: (input, ctx) => putAuthorizations(ctx, input),
  provenance: 'recorded',
  scope: scopeOfBucket,
  refuses: [
    ...unbuiltChecksums,
    ...unbuiltLocks,
    'GrantFullControl',
    'GrantRead',
    'GrantReadACP',
    'GrantWriteACP',
    'WriteOffsetBytes',
  ],
  run: (ctx, input) => writeObject(ctx, input, 'ObjectCreated:Put'),
})

/** What writing an object needs, in whichever form it comes. */
export function putAuthorizations(ctx: Context, input: PutObjectRequest): Authorization[] {
  const resource = objectArn(ctx, input.Bucket, input.Key)
  const more = { ...requestTagKeys(tagsForPolicy(input)), ...lockKeys(ctx, input) }
  const context = requestKeys(input, more)
  // AWS services hand the owner full control with the right to write alone: their documented policies say no more.
  const isService = ctx.caller.principal.kind === 'service'
  const needed = (action: string) => ({ action, resource, context })
  return [
    needed('s3:PutObject'),
    ...(input.ACL === undefined || isService ? [] : [needed('s3:PutObjectAcl')]),
    ...(input.Tagging === undefined ? [] : [needed('s3:PutObjectTagging')]),
    ...lockActions(input).map(needed),
    // A match tells whether the object is there, and what it is.
    ...(input.IfMatch === undefined ? [] : [needed('s3:GetObject')]),
  ]
}

/** Writes an object and tells of it under the name of the event. */
export function writeObject(ctx: Context, input: PutObjectRequest, event: EventName) {
  const { Key, Body = emptyBody } = input
  const bucket = bucketOf(ctx, input.Bucket)
  checkKey(Key)
  if (Body.byteLength > putBytesMax) throw entityTooLarge(Body.byteLength)
  checkObjectAcl(bucket, 'PutObject', input)
  const request = requestedEncryption(ctx, 'PutObject', bucket, input)
  const lock = requestedLock(ctx, bucket, input)
  requireDigest(lock, input)
  const metadata = readMetadata(input.Metadata)
  const tags = headerTags(ctx, input.Tagging)
  checkWriteConditions(input)
  verifyMd5(input.ContentMD5, Body, 'hex')
  const checksum: Checksum = { ...checksumOf(input, Body), type: 'FULL_OBJECT' }
  const place = { bucket: bucket.name, key: Key }
  return upon(encrypt(ctx, request, place), (encryption) => {
    checkWrite(input, currentObject(ctx, bucket.name, Key), Key)
    return store(ctx, input, event, {
      body: keepBody(ctx.blobs, Body),
      sizeBytes: Body.byteLength,
      etag: etagOf(ctx, encryption, () => md5Hex(Body)),
      checksum,
      headers: systemHeaders(input),
      metadata,
      tags,
      storageClass: input.StorageClass ?? 'STANDARD',
      ...(encryption === undefined ? {} : { encryption }),
      ...lockOf(ctx, bucket, lock),
    })
  })
}

function store(
  ctx: Context,
  { Bucket, Key }: PutObjectRequest,
  event: EventName,
  content: NewVersion,
) {
  const bucket = bucketOf(ctx, Bucket)
  const version = replicate(ctx, bucket, writeVersion(ctx, bucket, Key, content))
  notify(ctx, event, version)
  return {
    ETag: version.etag,
    ...writtenEncryption(version.encryption),
    ...checksumMembers(version.checksum),
    ...expirationHeader(bucket, version),
    ...(bucket.versioning === 'Enabled' ? shownVersionId(ctx, version) : {}),
  }
}

/** A malformed header is refused by the call itself; for policies it has no tags. */
function tagsForPolicy({ Tagging }: PutObjectRequest): Readonly<Record<string, string>> {
  return Object.fromEntries(new URLSearchParams(Tagging ?? ''))
}

function entityTooLarge(sizeBytes: number) {
  return s3Error('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', {
    ProposedSize: String(sizeBytes),
    MaxSizeAllowed: String(putBytesMax),
  })
}
