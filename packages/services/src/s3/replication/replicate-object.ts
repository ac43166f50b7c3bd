import { operationDescriptor } from '@cloud-orrery/models'
import { Encrypt } from '@cloud-orrery/models/kms'
import type { StorageClass } from '@cloud-orrery/models/s3'
import { md5Hex } from '@cloud-orrery/protocols'
import type { Context } from '../../context.ts'
import { internalOperation } from '../../define.ts'
import { bucketOf, objectArn } from '../access.ts'
import { readBody } from '../bodies.ts'
import { decrypt, etagOf, type ObjectEncryption } from '../encryption/object-encryption.ts'
import { noSuchVersion } from '../errors.ts'
import { notify } from '../notifications.ts'
import { type VersionRecord, versionById, versions } from '../state.ts'
import { writeVersion } from '../versions.ts'

interface ReplicateObjectInput {
  readonly SourceBucket: string
  readonly Bucket: string
  readonly Key: string
  readonly VersionId: string
  readonly StorageClass: StorageClass | undefined
  readonly ReplicaKmsKeyId: string | undefined
}

/** What S3 does for itself and lets IAM judge by actions of its own: no SDK can call it. */
export const ReplicateObject = operationDescriptor<ReplicateObjectInput, object>(
  's3',
  'ReplicateObject',
)

/** Source: S3 User Guide, "Setting up permissions for live replication". */
export const replicateObject = internalOperation(ReplicateObject, {
  authorize: (input, ctx) => {
    const { SourceBucket, Bucket, Key, VersionId } = input
    const version = versionById(ctx, SourceBucket, Key, VersionId)
    const from = objectArn(ctx, SourceBucket, Key)
    const to = objectArn(ctx, Bucket, Key)
    const hasTags = Object.keys(version?.tags ?? {}).length > 0
    return [
      { action: 's3:GetObjectVersionForReplication', resource: from },
      {
        action: version?.isDeleteMarker ? 's3:ReplicateDelete' : 's3:ReplicateObject',
        resource: to,
      },
      ...(hasTags
        ? [
            { action: 's3:GetObjectVersionTagging', resource: from },
            { action: 's3:ReplicateTags', resource: to },
          ]
        : []),
      ...(version?.retention === undefined
        ? []
        : [{ action: 's3:GetObjectRetention', resource: from }]),
      ...(version?.legalHold === undefined
        ? []
        : [{ action: 's3:GetObjectLegalHold', resource: from }]),
    ]
  },
  provenance: 'modelled',
  trail: { kind: 'unlogged' },
  scope: ({ Bucket }, ctx) => {
    const { accountId, region } = bucketOf(ctx, Bucket)
    return { accountId, region }
  },
  async run(ctx, input) {
    const source = versionById(ctx, input.SourceBucket, input.Key, input.VersionId)
    if (source?.versionId !== input.VersionId) throw noSuchVersion(input.Key, input.VersionId)
    if (source.isDeleteMarker) {
      write(ctx, input, source, undefined)
      return {}
    }
    await decrypt(ctx.at({ region: bucketOf(ctx, source.bucket).region }), kmsOf(source), undefined)
    write(ctx, input, source, await replicaEncryption(ctx, input, source))
    return {}
  },
})

/** A customer's key goes along with its object: S3 does not have it. */
function kmsOf({ encryption }: VersionRecord): ObjectEncryption | undefined {
  return encryption?.kind === 'kms' ? encryption : undefined
}

/** The destination's own keys: the rule's for what KMS encrypts, else the bucket's. */
async function replicaEncryption(
  ctx: Context,
  input: ReplicateObjectInput,
  source: VersionRecord,
): Promise<ObjectEncryption | undefined> {
  if (source.encryption?.kind === 'customer') return source.encryption
  const { encryption: standard, bucketKeyEnabled } = bucketOf(ctx, input.Bucket)
  const keyId = source.encryption === undefined ? standard?.keyId : input.ReplicaKmsKeyId
  if (source.encryption === undefined && standard === undefined) return undefined
  const context = { 'aws:s3:arn': objectArn(ctx, input.Bucket, input.Key) }
  // The role needs kms:Encrypt for the destination's key, and no more.
  const { CiphertextBlob = new Uint8Array(0), KeyId = '' } = await ctx.call(Encrypt, {
    KeyId: keyId ?? 'alias/aws/s3',
    Plaintext: ctx.random.bytes(32),
    EncryptionContext: context,
  })
  return {
    kind: 'kms',
    keyArn: KeyId,
    dataKey: Buffer.from(CiphertextBlob).toString('base64'),
    context,
    bucketKey: bucketKeyEnabled,
  }
}

/** The replica has the id of its source; what is there already takes over what changed beside the content. */
function write(
  ctx: Context,
  { Bucket, Key, StorageClass }: ReplicateObjectInput,
  source: VersionRecord,
  encryption: ObjectEncryption | undefined,
): void {
  const bucket = bucketOf(ctx, Bucket)
  const known = versionById(ctx, Bucket, Key, source.versionId)
  const locks = {
    ...(source.retention === undefined ? {} : { retention: source.retention }),
    ...(source.legalHold === undefined ? {} : { legalHold: source.legalHold }),
  }
  if (known?.versionId === source.versionId) {
    versions.put(ctx, { ...known, tags: source.tags, ...locks })
    return
  }
  const { versionId, lastModifiedMs, headers, metadata, tags, body, sizeBytes } = source
  const content = {
    body,
    sizeBytes,
    etag: sameKind(source.encryption, encryption)
      ? source.etag
      : etagOf(ctx, encryption, () => md5Hex(readBody(ctx.blobs, body))),
    ...(source.checksum === undefined ? {} : { checksum: source.checksum }),
    ...(source.parts === undefined ? {} : { parts: source.parts }),
    headers,
    metadata,
    tags,
    storageClass: StorageClass ?? source.storageClass,
    ...(encryption === undefined ? {} : { encryption }),
    ...locks,
  }
  const version = writeVersion(ctx, bucket, Key, source.isDeleteMarker ? undefined : content, {
    versionId,
    lastModifiedMs,
    ownerAccountId: bucket.accountId,
    isReplica: true,
  })
  notify(
    ctx,
    source.isDeleteMarker ? 'ObjectRemoved:DeleteMarkerCreated' : 'ObjectCreated:Put',
    version,
  )
}

function sameKind(one: ObjectEncryption | undefined, other: ObjectEncryption | undefined): boolean {
  return one?.kind === other?.kind
}
