import type { BucketRecord, UploadRecord, VersionRecord } from '../state.ts'
import { abortOf, expiryOf } from './lifecycle-rules.ts'

/** `x-amz-expiration`: when a rule takes the object away, and which. Its id is percent-encoded. */
export function expirationHeader(
  { lifecycle }: BucketRecord,
  version: VersionRecord,
): { Expiration?: string } {
  if (lifecycle === undefined || !version.isLatest || version.isDeleteMarker) return {}
  const due = expiryOf(lifecycle.rules, version)
  if (due === undefined) return {}
  const date = new Date(due.atMs).toUTCString()
  return {
    Expiration: `expiry-date="${date}", rule-id="${encodeURIComponent(due.rule.ID ?? '')}"`,
  }
}

/** `x-amz-abort-date` and `x-amz-abort-rule-id` of an upload. */
export function abortHeaders({ lifecycle }: BucketRecord, upload: UploadRecord) {
  const due = lifecycle === undefined ? undefined : abortOf(lifecycle.rules, upload)
  return due === undefined ? {} : { AbortDate: due.atMs, AbortRuleId: due.rule.ID ?? '' }
}
