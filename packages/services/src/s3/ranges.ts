import { invalidArgument, s3Error } from './errors.ts'

/** Bytes from `first` to `last`, both inclusive. */
export interface ByteRange {
  readonly first: number
  readonly last: number
}

/**
 * The part of an object that a `Range` header asks for; undefined for headers that S3 ignores: several ranges,
 * other units, what is malformed. Throws InvalidRange. Recorded: S3, GetObject with ranges, February 2026.
 */
export function readRange(header: string | undefined, sizeBytes: number): ByteRange | undefined {
  const match = header === undefined ? null : /^bytes=(\d*)-(\d*)$/.exec(header.trim())
  if (header === undefined || match === null) return undefined
  const [, start = '', end = ''] = match
  if (start === '' && end === '') return undefined
  if (start === '') {
    const count = Math.min(Number(end), sizeBytes)
    if (count === 0) throw unsatisfiable(header, sizeBytes)
    return { first: sizeBytes - count, last: sizeBytes - 1 }
  }
  const first = Number(start)
  if (end !== '' && Number(end) < first) return undefined
  if (first >= sizeBytes) throw unsatisfiable(header, sizeBytes)
  return { first, last: end === '' ? sizeBytes - 1 : Math.min(Number(end), sizeBytes - 1) }
}

function unsatisfiable(header: string, sizeBytes: number) {
  return s3Error('InvalidRange', 'The requested range is not satisfiable', {
    RangeRequested: header,
    ActualObjectSize: String(sizeBytes),
  })
}

const copyRangeName = 'x-amz-copy-source-range'

/** Recorded: S3, UploadPartCopy with ranges: both ends must be there, and inside the source. */
export function readCopyRange(
  header: string | undefined,
  sizeBytes: number,
): ByteRange | undefined {
  if (header === undefined) return undefined
  const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(header) ?? []
  const first = Number(start)
  const last = Number(end)
  if (start === undefined || end === undefined || last < first) {
    throw invalidArgument(
      'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
      copyRangeName,
      header,
    )
  }
  if (first >= sizeBytes) {
    throw s3Error(
      'InvalidRequest',
      'The specified copy range is invalid for the source object size',
    )
  }
  if (last >= sizeBytes) {
    throw invalidArgument(
      `Range specified is not valid for source object of size: ${sizeBytes}`,
      copyRangeName,
      header,
    )
  }
  return { first, last }
}
