import { GetObjectAttributes } from '@cloud-orrery/models/s3'
import { operation } from '../define.ts'
import { scopeOfBucket } from './access.ts'
import { checksumMember, checksumMembers } from './checksums.ts'
import { unquoted } from './conditions.ts'
import { customerKeyOf } from './encryption/customer-keys.ts'
import { checkCustomerKey, decrypt, upon } from './encryption/object-encryption.ts'
import { readAuthorization, readableVersion } from './get-object.ts'
import { pageLimit } from './listing.ts'
import type { Checksum, VersionRecord } from './state.ts'
import { shownVersionId } from './versions.ts'

export const getObjectAttributes = operation(GetObjectAttributes, {
  authorize: (input, ctx) => [
    readAuthorization(ctx, input, 'GetObject'),
    readAuthorization(ctx, input, 'GetObjectAttributes'),
  ],
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, input) {
    const version = readableVersion(ctx, input, 'GET')
    const key = customerKeyOf(ctx, input)
    checkCustomerKey(version.encryption, key)
    const limit = pageLimit('max-parts', input.MaxParts)
    const asked = new Set<string>(input.ObjectAttributes)
    const parts = asked.has('ObjectParts')
      ? partsOf(version, limit, input.PartNumberMarker)
      : undefined
    const answer = {
      LastModified: version.lastModifiedMs,
      ...shownVersionId(ctx, version),
      ...(asked.has('ETag') ? { ETag: unquoted(version.etag) } : {}),
      ...(asked.has('Checksum') && version.checksum !== undefined
        ? { Checksum: checksumMembers(withoutCount(version.checksum)) }
        : {}),
      ...(parts === undefined ? {} : { ObjectParts: parts }),
      ...(asked.has('StorageClass') ? { StorageClass: version.storageClass } : {}),
      ...(asked.has('ObjectSize') ? { ObjectSize: version.sizeBytes } : {}),
    }
    if (!asked.has('Checksum')) return answer
    return upon(decrypt(ctx, version.encryption, key), () => answer)
  },
})

/** Here a composite checksum stands without the number of its parts. */
function withoutCount(checksum: Checksum): Checksum {
  return { ...checksum, value: checksum.value.replace(/-\d+$/, '') }
}

/** Parts are listed where they have checksums of their own; otherwise S3 tells but their number. */
function partsOf({ parts, checksum }: VersionRecord, limit: number, marker = 0) {
  if (parts === undefined) return undefined
  if (checksum?.type !== 'COMPOSITE') return { TotalPartsCount: parts.length }
  const rest = parts.filter(({ partNumber }) => partNumber > marker)
  const page = rest.slice(0, limit)
  return {
    TotalPartsCount: parts.length,
    PartNumberMarker: marker,
    NextPartNumberMarker: page.at(-1)?.partNumber ?? 0,
    MaxParts: limit,
    IsTruncated: rest.length > page.length,
    Parts: page.map(({ partNumber, sizeBytes, checksum: value = '' }) => ({
      PartNumber: partNumber,
      Size: sizeBytes,
      ...checksumMember({ algorithm: checksum.algorithm, value }),
    })),
  }
}
