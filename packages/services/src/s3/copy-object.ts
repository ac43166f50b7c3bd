import { CopyObject, type CopyObjectRequest } from '@cloud-orrery/models/s3'
import { type ChecksumAlgorithm, checksum, md5Hex } from '@cloud-orrery/protocols'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { bucketOf, objectArn, scopeOfBucket } from './access.ts'
import { checkObjectAcl } from './acl.ts'
import { readBody } from './bodies.ts'
import { builtAlgorithm, checksumMembers } from './checksums.ts'
import { requestKeys } from './condition-keys.ts'
import { checkWrite, checkWriteConditions, unquoted } from './conditions.ts'
import { copiedVersion, readCopySource, sourceAuthorization } from './copy-source.ts'
import { sourceKeyOf } from './encryption/customer-keys.ts'
import {
  checkCustomerKey,
  decrypt,
  encrypt,
  etagOf,
  type ObjectEncryption,
  requestedEncryption,
  upon,
  writtenEncryption,
} from './encryption/object-encryption.ts'
import { archived, invalidRequest } from './errors.ts'
import { expirationHeader } from './lifecycle/expiration-header.ts'
import { lockActions, lockKeys, lockOf, requestedLock } from './locks/object-locks.ts'
import { notify } from './notifications.ts'
import { checkKey, readMetadata, systemHeaders, unbuiltLocks } from './object-headers.ts'
import { replicate } from './replication/replication.ts'
import type { BucketRecord, Checksum, ObjectLock, VersionRecord } from './state.ts'
import { headerTags } from './tags.ts'
import {
  currentObject,
  isArchived,
  type NewVersion,
  nullVersion,
  shownVersionId,
  writeVersion,
} from './versions.ts'

export const copyObject = operation(CopyObject, {
  authorize: (input, ctx) => {
    const resource = objectArn(ctx, input.Bucket, input.Key)
    const context = requestKeys(input, lockKeys(ctx, input))
    return [
      sourceAuthorization(ctx, input.CopySource),
      { action: 's3:PutObject', resource, context },
      ...(input.ACL === undefined ? [] : [{ action: 's3:PutObjectAcl', resource, context }]),
      ...lockActions(input).map((action) => ({ action, resource, context })),
    ]
  },
  provenance: 'recorded',
  scope: scopeOfBucket,
  refuses: [
    ...unbuiltLocks,
    'GrantFullControl',
    'GrantRead',
    'GrantReadACP',
    'GrantWriteACP',
    'AnnotationDirective',
  ],
  run(ctx, input) {
    const bucket = bucketOf(ctx, input.Bucket)
    checkKey(input.Key)
    checkObjectAcl(bucket, 'CopyObject', input)
    const request = requestedEncryption(ctx, 'CopyObject', bucket, input)
    const sourceKey = sourceKeyOf(ctx, input)
    checkWriteConditions(input)
    const lock = requestedLock(ctx, bucket, input)
    const source = copiedVersion(ctx, input)
    checkCustomerKey(source.encryption, sourceKey)
    if (isArchived(source)) throw archived(source)
    checkChange(bucket, source, input)
    const tags = copiedTags(ctx, source, input)
    const place = { bucket: bucket.name, key: input.Key }
    return upon(decrypt(ctx, source.encryption, sourceKey), () =>
      upon(encrypt(ctx, request, place), (encryption) => {
        checkWrite(input, currentObject(ctx, bucket.name, input.Key), input.Key)
        return store(ctx, input, source, { tags, ...encrypted(encryption), ...lock })
      }),
    )
  },
})

function store(
  ctx: Context,
  input: CopyObjectRequest,
  source: VersionRecord,
  more: Pick<NewVersion, 'tags' | 'encryption'> & ObjectLock,
) {
  const bucket = bucketOf(ctx, input.Bucket)
  const { tags, encryption, ...lock } = more
  const written = writeVersion(ctx, bucket, input.Key, {
    body: source.body,
    sizeBytes: source.sizeBytes,
    etag: etagOf(ctx, encryption, () => md5Of(ctx, source)),
    checksum: copiedChecksum(ctx, source, builtAlgorithm('CopyObject', input.ChecksumAlgorithm)),
    ...copiedHeaders(source, input),
    tags,
    storageClass: input.StorageClass ?? 'STANDARD',
    ...encrypted(encryption),
    ...lockOf(ctx, bucket, lock),
  })
  const version = replicate(ctx, bucket, written)
  notify(ctx, 'ObjectCreated:Copy', version)
  return {
    CopyObjectResult: {
      ETag: version.etag,
      LastModified: version.lastModifiedMs,
      ...checksumMembers(version.checksum),
    },
    ...writtenEncryption(encryption),
    ...expirationHeader(bucket, version),
    ...(source.versionId === nullVersion ? {} : { CopySourceVersionId: source.versionId }),
    ...shownVersionId(ctx, version),
  }
}

function encrypted(encryption: ObjectEncryption | undefined) {
  return encryption === undefined ? {} : { encryption }
}

/** A copy onto itself must change something. Recorded: S3, CopyObject in place, February 2026. */
function checkChange(bucket: BucketRecord, source: VersionRecord, input: CopyObjectRequest): void {
  const { versionId } = readCopySource(input.CopySource)
  const inPlace =
    source.bucket === input.Bucket &&
    source.key === input.Key &&
    (versionId === undefined || source.isLatest)
  if (!inPlace || input.MetadataDirective === 'REPLACE') return
  const { StorageClass, ServerSideEncryption, WebsiteRedirectLocation } = input
  const encryption = ServerSideEncryption ?? input.SSECustomerAlgorithm ?? source.encryption
  if (StorageClass ?? encryption ?? WebsiteRedirectLocation) return
  if (bucket.encryptionSet === true) return
  throw invalidRequest(
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  )
}

/** Metadata goes along unless it is to be replaced; where a website redirects to never does. */
function copiedHeaders(source: VersionRecord, input: CopyObjectRequest) {
  const { WebsiteRedirectLocation } = input
  if (input.MetadataDirective === 'REPLACE') {
    return { headers: systemHeaders(input), metadata: readMetadata(input.Metadata) }
  }
  const { WebsiteRedirectLocation: _left, ...headers } = source.headers
  return {
    headers: {
      ...headers,
      ...(WebsiteRedirectLocation === undefined ? {} : { WebsiteRedirectLocation }),
    },
    metadata: source.metadata,
  }
}

function copiedTags(ctx: Context, source: VersionRecord, input: CopyObjectRequest) {
  const to = objectArn(ctx, input.Bucket, input.Key)
  if (input.TaggingDirective === 'REPLACE') {
    const tags = headerTags(ctx, input.Tagging)
    if (Object.keys(tags).length > 0) ctx.authorize('s3:PutObjectTagging', to)
    return tags
  }
  if (Object.keys(source.tags).length === 0) return {}
  ctx.authorize('s3:GetObjectTagging', objectArn(ctx, source.bucket, source.key))
  ctx.authorize('s3:PutObjectTagging', to)
  return source.tags
}

/** A copy is one piece, whatever its source was: its tag is the MD5 of the whole. */
function md5Of(ctx: Context, { parts, encryption, etag, body }: VersionRecord): string {
  const isMd5 = parts === undefined && encryption === undefined
  return isMd5 ? unquoted(etag) : md5Hex(readBody(ctx.blobs, body))
}

function copiedChecksum(
  ctx: Context,
  { checksum: own, body }: VersionRecord,
  asked: ChecksumAlgorithm | undefined,
): Checksum {
  const algorithm = asked ?? own?.algorithm ?? 'CRC64NVME'
  if (own?.type === 'FULL_OBJECT' && own.algorithm === algorithm) return own
  const value = checksum(algorithm, readBody(ctx.blobs, body))
  return { algorithm, value, type: 'FULL_OBJECT' }
}
