import { orderedKey } from '@cloud-orrery/kernel'
import {
  AbortMultipartUpload,
  type ChecksumType,
  CreateMultipartUpload,
  ListMultipartUploads,
} from '@cloud-orrery/models/s3'
import type { ChecksumAlgorithm } from '@cloud-orrery/protocols'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import {
  bucketArn,
  bucketOf,
  callerAccountId,
  canonicalUserId,
  objectArn,
  scopeOfBucket,
} from './access.ts'
import { checkObjectAcl } from './acl.ts'
import { builtAlgorithm } from './checksums.ts'
import { requestKeys } from './condition-keys.ts'
import { openDataKey } from './encryption/kms-keys.ts'
import {
  encrypt,
  type ObjectEncryption,
  requestedEncryption,
  upon,
  writtenEncryption,
} from './encryption/object-encryption.ts'
import { invalidArgument, invalidRequest, noSuchUpload } from './errors.ts'
import { sortableKey } from './key-order.ts'
import { abortHeaders } from './lifecycle/expiration-header.ts'
import { keyWriter, listPage, pageLimit, rowsFrom } from './listing.ts'
import { lockActions, lockKeys, requestedLock } from './locks/object-locks.ts'
import { checkKey, readMetadata, systemHeaders, unbuiltLocks } from './object-headers.ts'
import { dropUpload, nextSequence, type UploadRecord, uploads } from './state.ts'
import { headerTags } from './tags.ts'
import { currentObject, nowSeconds } from './versions.ts'

/** Letters of upload ids. */
const idAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._'

export const createMultipartUpload = operation(CreateMultipartUpload, {
  authorize: (input, ctx) => {
    const resource = objectArn(ctx, input.Bucket, input.Key)
    const context = requestKeys(input, lockKeys(ctx, input))
    return [
      { action: 's3:PutObject', resource, context },
      ...(input.ACL === undefined ? [] : [{ action: 's3:PutObjectAcl', resource, context }]),
      ...(input.Tagging === undefined
        ? []
        : [{ action: 's3:PutObjectTagging', resource, context }]),
      ...lockActions(input).map((action) => ({ action, resource, context })),
    ]
  },
  provenance: 'recorded',
  scope: scopeOfBucket,
  refuses: [...unbuiltLocks, 'GrantFullControl', 'GrantRead', 'GrantReadACP', 'GrantWriteACP'],
  run(ctx, input) {
    const bucket = bucketOf(ctx, input.Bucket)
    const { Key: key } = input
    checkKey(key)
    checkObjectAcl(bucket, 'CreateMultipartUpload', input)
    const request = requestedEncryption(ctx, 'CreateMultipartUpload', bucket, input)
    const algorithm = builtAlgorithm('CreateMultipartUpload', input.ChecksumAlgorithm)
    const checksumType = typeOf(algorithm, input.ChecksumType)
    const content = {
      ...(algorithm === undefined ? {} : { algorithm }),
      ...(checksumType === undefined ? {} : { checksumType }),
      headers: systemHeaders(input),
      metadata: readMetadata(input.Metadata),
      tags: headerTags(ctx, input.Tagging),
      storageClass: input.StorageClass ?? 'STANDARD',
      ...requestedLock(ctx, bucket, input),
    }
    return upon(encrypt(ctx, request, { bucket: bucket.name, key }), (encryption) =>
      begin(ctx, input, content, encryption),
    )
  },
})

type UploadContent = Pick<
  UploadRecord,
  | 'algorithm'
  | 'checksumType'
  | 'headers'
  | 'metadata'
  | 'tags'
  | 'storageClass'
  | 'retention'
  | 'legalHold'
>

function begin(
  ctx: Context,
  { Bucket, Key }: { readonly Bucket: string; readonly Key: string },
  content: UploadContent,
  encryption: ObjectEncryption | undefined,
) {
  const bucket = bucketOf(ctx, Bucket)
  const upload = uploads.put(ctx, {
    uploadId: ctx.ids.from(idAlphabet, 128),
    bucket: Bucket,
    key: Key,
    sequence: nextSequence(ctx, Bucket),
    initiatedAtMs: nowSeconds(ctx),
    ownerAccountId: callerAccountId(ctx) ?? bucket.accountId,
    ...initiator(ctx, bucket.accountId),
    replaces: currentObject(ctx, Bucket, Key) !== undefined,
    ...content,
    ...(encryption === undefined ? {} : { encryption }),
  })
  return {
    Bucket,
    Key,
    UploadId: upload.uploadId,
    ...writtenEncryption(encryption),
    ...checksumKind(upload),
    ...abortHeaders(bucket, upload),
  }
}

/** Recorded: S3, CreateMultipartUpload with checksum types, February 2026. */
function typeOf(
  algorithm: ChecksumAlgorithm | undefined,
  asked: ChecksumType | undefined,
): ChecksumType | undefined {
  if (algorithm === undefined) {
    if (asked === undefined) return undefined
    throw invalidRequest(
      'The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.',
    )
  }
  const usual = algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE'
  const type = asked ?? usual
  const isHash = algorithm === 'SHA1' || algorithm === 'SHA256'
  const fits = type === 'FULL_OBJECT' ? !isHash : algorithm !== 'CRC64NVME'
  if (fits) return type
  throw invalidRequest(
    `The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
  )
}

/** Users and roles by their ARN, an account's root by its canonical id. */
function initiator({ caller }: Context, ownerAccountId: string) {
  const { principal } = caller
  switch (principal.kind) {
    case 'user':
      return { initiatorId: principal.arn, initiatorName: principal.userName }
    case 'role-session':
      return { initiatorId: principal.arn, initiatorName: principal.sessionName }
    case 'federated-user':
      return { initiatorId: principal.arn, initiatorName: principal.name }
    case 'root':
      return { initiatorId: canonicalUserId(principal.accountId), initiatorName: 'root' }
    default:
      return { initiatorId: canonicalUserId(ownerAccountId), initiatorName: 'anonymous' }
  }
}

export function checksumKind({ algorithm, checksumType }: UploadRecord) {
  return {
    ...(algorithm === undefined ? {} : { ChecksumAlgorithm: algorithm }),
    ...(checksumType === undefined ? {} : { ChecksumType: checksumType }),
  }
}

/** Who began an upload and whose the object will be. */
export function uploadPeople(upload: UploadRecord) {
  return {
    Initiator: { ID: upload.initiatorId, DisplayName: upload.initiatorName },
    Owner: { ID: canonicalUserId(upload.ownerAccountId) },
  }
}

/** Throws NoSuchUpload, also for an upload to another key. */
export function uploadOf(
  ctx: Context,
  input: { readonly Bucket: string; readonly Key: string; readonly UploadId: string },
): UploadRecord {
  const upload = uploads.first(ctx, 'id', input.UploadId)
  if (upload?.bucket !== input.Bucket || upload.key !== input.Key)
    throw noSuchUpload(input.UploadId)
  return upload
}

/** Has KMS decrypt the data key of an upload, where it has one. */
export function openUpload(ctx: Context, { encryption }: UploadRecord): void | Promise<void> {
  if (encryption?.kind === 'kms') return openDataKey(ctx, encryption)
}

export const abortMultipartUpload = operation(AbortMultipartUpload, {
  authorize: (input, ctx) => objectArn(ctx, input.Bucket, input.Key),
  provenance: 'recorded',
  scope: scopeOfBucket,
  refuses: ['IfMatchInitiatedTime'],
  run(ctx, input) {
    dropUpload(ctx, uploadOf(ctx, input))
    return {}
  },
})

export const listMultipartUploads = operation(ListMultipartUploads, {
  authorize: (input, ctx) => ({
    action: 's3:ListBucketMultipartUploads',
    resource: bucketArn(ctx, input.Bucket),
    context: requestKeys(input),
  }),
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, input) {
    const { Bucket, Prefix = '', Delimiter, KeyMarker = '' } = input
    const limit = pageLimit('max-uploads', input.MaxUploads)
    const write = keyWriter(input.EncodingType)
    // An upload id counts only beside a key.
    const UploadIdMarker = KeyMarker === '' ? '' : (input.UploadIdMarker ?? '')
    const marked =
      UploadIdMarker === '' ? undefined : markedUpload(ctx, Bucket, KeyMarker, UploadIdMarker)
    const page = listPage(
      { prefix: Prefix, delimiter: Delimiter, after: KeyMarker, limit },
      (from) => uploads.scan(ctx, { prefix: `${Bucket}\u0000`, from: rowsFrom(Bucket, from) }),
      marked === undefined ? [] : laterUploads(ctx, marked),
    )
    const last = page.last !== undefined && 'entry' in page.last ? page.last.entry : undefined
    return {
      Bucket,
      KeyMarker: write(KeyMarker),
      UploadIdMarker,
      NextKeyMarker: write(last?.key ?? ''),
      NextUploadIdMarker: last?.uploadId ?? '',
      ...(input.Prefix ? { Prefix: write(input.Prefix) } : {}),
      ...(Delimiter ? { Delimiter: write(Delimiter) } : {}),
      ...(input.EncodingType === undefined ? {} : { EncodingType: input.EncodingType }),
      MaxUploads: limit,
      IsTruncated: page.isTruncated,
      ...(page.entries.length === 0
        ? {}
        : {
            Uploads: page.entries.map((upload) => ({
              UploadId: upload.uploadId,
              Key: write(upload.key),
              Initiated: upload.initiatedAtMs,
              StorageClass: upload.storageClass,
              ...uploadPeople(upload),
              ...checksumKind(upload),
            })),
          }),
      ...(page.commonPrefixes.length === 0
        ? {}
        : { CommonPrefixes: page.commonPrefixes.map((prefix) => ({ Prefix: write(prefix) })) }),
    }
  },
})

function markedUpload(ctx: Context, bucket: string, key: string, uploadId: string): UploadRecord {
  const upload = uploads.first(ctx, 'id', uploadId)
  if (upload?.bucket === bucket && upload.key === key) return upload
  throw invalidArgument('Invalid uploadId marker', 'upload-id-marker', uploadId)
}

/** Uploads to the same key that began after one. */
function* laterUploads(ctx: Context, { bucket, key, sequence }: UploadRecord) {
  const prefix = rowsFrom(bucket, orderedKey(sortableKey(key), ''))
  const after = rowsFrom(bucket, orderedKey(sortableKey(key), sequence))
  yield* uploads.scan(ctx, { prefix, after })
}
