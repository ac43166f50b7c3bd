import type { Batch, StreamItem } from './state.ts'

/** What a function answered to a batch. */
export type Verdict =
  | { readonly kind: 'done' }
  /** From this record on the batch is to be tried again: by a report, or all of it. */
  | { readonly kind: 'failed'; readonly from: number }

/**
 * Where a report says that a batch failed. Source: developer guide, "Configuring partial batch response with
 * DynamoDB and Lambda": nothing, `null` or an empty list is success; the lowest sequence number counts; an
 * identifier that is empty or not of the batch is a failure of all.
 */
export function reported(payload: string, items: readonly StreamItem[]): Verdict {
  const whole = { kind: 'failed', from: 0 } as const
  let answer: unknown
  try {
    answer = JSON.parse(payload)
  } catch {
    return whole
  }
  if (typeof answer !== 'object' || answer === null) return { kind: 'done' }
  if (!('batchItemFailures' in answer)) return { kind: 'done' }
  const { batchItemFailures: failures } = answer
  if (failures === null) return { kind: 'done' }
  if (!Array.isArray(failures)) return whole
  const places = new Map(items.map(({ sequenceNumber }, i) => [sequenceNumber, i]))
  let from = items.length
  for (const failure of failures as unknown[]) {
    const id =
      typeof failure === 'object' && failure !== null && 'itemIdentifier' in failure
        ? failure.itemIdentifier
        : undefined
    const place = typeof id === 'string' ? places.get(id) : undefined
    if (place === undefined) return whole
    from = Math.min(from, place)
  }
  return from === items.length ? { kind: 'done' } : { kind: 'failed', from }
}

/** Pauses grow from attempt to attempt. Deviation: AWS names no figures; ours fit the one count that is recorded. */
const retryFirstMs = 500
const retryMsMax = 60_000

export function retryDelayMs(attempt: number): number {
  return Math.min(retryFirstMs * 2 ** Math.min(attempt - 1, 20), retryMsMax)
}

/**
 * What is left to do of a batch that failed, in order; an empty list where it is given up. A split counts as no
 * attempt. Source: developer guide, "Retain discarded records for a DynamoDB event source".
 */
export function afterFailure(
  { items, failures, putOff }: Batch,
  from: number,
  options: { readonly bisects: boolean; readonly retryAttemptsMax: number; readonly nowMs: number },
): readonly Batch[] {
  const rest = items.slice(from)
  const { bisects, retryAttemptsMax, nowMs } = options
  const next = (of: readonly StreamItem[]): Batch => ({
    items: of,
    failures,
    putOff: putOff + 1,
    notBeforeMs: nowMs + retryDelayMs(failures + putOff + 1),
  })
  // A report has told where to split.
  if (bisects && from > 0) return [next(rest)]
  if (bisects && rest.length > 1) {
    const middle = Math.ceil(rest.length / 2)
    return [next(rest.slice(0, middle)), { items: rest.slice(middle), failures, putOff: 0 }]
  }
  if (retryAttemptsMax >= 0 && failures + 1 > retryAttemptsMax) return []
  return [{ ...next(rest), failures: failures + 1, putOff }]
}
