import { conditionNotImplemented, noSuchKey, notModified, preconditionFailed } from './errors.ts'

/** What conditions are judged by. */
export interface Representation {
  /** With its quotes. */
  readonly etag: string
  readonly lastModifiedMs: number
}

export interface ReadConditions {
  readonly IfMatch?: string | undefined
  readonly IfNoneMatch?: string | undefined
  readonly IfModifiedSince?: number | undefined
  readonly IfUnmodifiedSince?: number | undefined
}

/**
 * Conditions of a GET or HEAD. If-Match outweighs If-Unmodified-Since, If-None-Match If-Modified-Since; a time
 * in the future is no condition. Throws PreconditionFailed, or 304. Source: S3 API Reference, GetObject,
 * "Request headers"; RFC 7232. Recorded: S3, conditional GET and HEAD, February 2026.
 */
export function checkRead(conditions: ReadConditions, of: Representation, nowMs: number): void {
  const { IfMatch, IfNoneMatch, IfModifiedSince, IfUnmodifiedSince } = conditions
  if (IfMatch !== undefined) {
    if (!matches(IfMatch, of.etag)) throw preconditionFailed('If-Match')
  } else if (IfUnmodifiedSince !== undefined && of.lastModifiedMs > IfUnmodifiedSince) {
    throw preconditionFailed('If-Unmodified-Since')
  }
  const unchanged = {
    etag: of.etag,
    'last-modified': new Date(of.lastModifiedMs).toUTCString(),
  }
  if (IfNoneMatch !== undefined) {
    if (matches(IfNoneMatch, of.etag)) throw notModified(unchanged)
  } else if (
    IfModifiedSince !== undefined &&
    IfModifiedSince <= nowMs &&
    of.lastModifiedMs <= IfModifiedSince
  ) {
    throw notModified(unchanged)
  }
}

/** Conditions on the source of a copy: never a 304. Throws PreconditionFailed. */
export function checkCopySource(
  conditions: ReadConditions,
  of: Representation,
  nowMs: number,
): void {
  const { IfMatch, IfNoneMatch, IfModifiedSince, IfUnmodifiedSince } = conditions
  const failed = (name: string) => preconditionFailed(`x-amz-copy-source-${name}`)
  if (IfMatch !== undefined && !matches(IfMatch, of.etag)) throw failed('If-Match')
  if (
    IfUnmodifiedSince !== undefined &&
    IfMatch === undefined &&
    of.lastModifiedMs > IfUnmodifiedSince
  ) {
    throw failed('If-Unmodified-Since')
  }
  if (IfNoneMatch !== undefined && matches(IfNoneMatch, of.etag)) throw failed('If-None-Match')
  if (
    IfModifiedSince !== undefined &&
    IfNoneMatch === undefined &&
    IfModifiedSince <= nowMs &&
    of.lastModifiedMs <= IfModifiedSince
  ) {
    throw failed('If-Modified-Since')
  }
}

export interface WriteConditions {
  readonly IfMatch?: string | undefined
  readonly IfNoneMatch?: string | undefined
}

/** Recorded: S3, conditional writes, February 2026: what S3 does not take as a condition of a write. */
export function checkWriteConditions({ IfMatch, IfNoneMatch }: WriteConditions): void {
  if (IfMatch !== undefined && IfNoneMatch !== undefined) {
    throw conditionNotImplemented(
      'If-Match,If-None-Match',
      'Multiple conditional request headers present in the request',
    )
  }
  if (IfNoneMatch !== undefined && IfNoneMatch !== '*') throw valueNotAccepted('If-None-Match')
  if (IfMatch === '*') throw valueNotAccepted('If-Match')
}

function valueNotAccepted(header: string) {
  return conditionNotImplemented(
    header,
    `We don't accept the provided value of ${header} header for this API`,
  )
}

/**
 * Judges a write by what a GET of the key would find. Throws PreconditionFailed, or NoSuchKey where a match
 * is asked of nothing.
 */
export function checkWrite(
  { IfMatch, IfNoneMatch }: WriteConditions,
  current: Representation | undefined,
  key: string,
): void {
  if (IfNoneMatch !== undefined && current !== undefined) throw preconditionFailed('If-None-Match')
  if (IfMatch === undefined) return
  if (current === undefined) throw noSuchKey(key)
  if (!matches(IfMatch, current.etag)) throw preconditionFailed('If-Match')
}

/** One of a list of entity tags, with or without quotes; `*` is any. */
export function matches(condition: string, etag: string): boolean {
  return condition.split(',').some((one) => {
    const tag = one.trim().replace(/^W\//, '')
    return tag === '*' || unquoted(tag) === unquoted(etag)
  })
}

export function unquoted(etag: string): string {
  return etag.replace(/^"|"$/g, '')
}
