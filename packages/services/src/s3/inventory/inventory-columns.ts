import type { InventoryConfiguration, InventoryOptionalField } from '@cloud-orrery/models/s3'
import { canonicalUserId } from '../access.ts'
import { unquoted } from '../conditions.ts'
import { replicationHeader } from '../replication/replication.ts'
import type { VersionRecord } from '../state.ts'
import { encodeKey } from '../website/routing.ts'

type Column = readonly [name: string, of: (version: VersionRecord) => string]

const iso = (ms: number | undefined) => (ms === undefined ? '' : new Date(ms).toISOString())

function encryptionStatus({ encryption }: VersionRecord): string {
  if (encryption === undefined) return 'SSE-S3'
  return encryption.kind === 'kms' ? 'SSE-KMS' : 'SSE-C'
}

function bucketKeyStatus({ encryption }: VersionRecord): string {
  if (encryption?.kind !== 'kms') return 'DISABLED'
  return encryption.bucketKey ? 'ENABLED' : 'DISABLED'
}

/** What there is of the optional fields; delete markers leave most of them empty. */
const optional: Readonly<Record<string, Column[1]>> = {
  BucketKeyStatus: bucketKeyStatus,
  ChecksumAlgorithm: ({ checksum }) => checksum?.algorithm ?? '',
  EncryptionStatus: encryptionStatus,
  ETag: ({ etag }) => unquoted(etag),
  IsMultipartUploaded: ({ parts }) => String(parts !== undefined),
  LastModifiedDate: ({ lastModifiedMs }) => iso(lastModifiedMs),
  ObjectLockLegalHoldStatus: ({ legalHold }) => legalHold ?? '',
  ObjectLockMode: ({ retention }) => retention?.mode ?? '',
  ObjectLockRetainUntilDate: ({ retention }) => iso(retention?.untilMs),
  ObjectOwner: ({ ownerAccountId }) => canonicalUserId(ownerAccountId),
  ReplicationStatus: (version) => replicationHeader(version).ReplicationStatus ?? '',
  Size: ({ sizeBytes }) => String(sizeBytes),
  StorageClass: ({ storageClass }) => storageClass,
}

/** Fields whose facts are not in the model: their column is empty. Kept by name, so that a schema is as asked for. */
export function columnsOf(configuration: InventoryConfiguration): Column[] {
  const { IncludedObjectVersions, OptionalFields = [] } = configuration
  const ofVersions: Column[] = [
    ['VersionId', ({ versionId }) => (versionId === 'null' ? '' : versionId)],
    ['IsLatest', ({ isLatest }) => String(isLatest)],
    ['IsDeleteMarker', ({ isDeleteMarker }) => String(isDeleteMarker)],
  ]
  return [
    ['Bucket', ({ bucket }) => bucket],
    ['Key', ({ key }) => encodeKey(key)],
    ...(IncludedObjectVersions === 'All' ? ofVersions : []),
    ...OptionalFields.map((field) => optionalColumn(field)),
  ]
}

const always = new Set(['LastModifiedDate', 'ObjectOwner'])

function optionalColumn(field: InventoryOptionalField): Column {
  const of = optional[field] ?? (() => '')
  return [field, (version) => (version.isDeleteMarker && !always.has(field) ? '' : of(version))]
}
