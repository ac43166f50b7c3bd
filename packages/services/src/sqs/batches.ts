import { AwsError } from '@cloud-orrery/models'
import type { BatchResultErrorEntry } from '@cloud-orrery/models/sqs'
import * as errors from './errors.ts'
import { batchEntriesMax } from './limits.ts'

interface Work<E, R> {
  /** Checks of the whole request beyond those that all batches have. */
  readonly before?: () => void
  readonly each: (entry: E) => R
}

const validId = /^[A-Za-z0-9_-]{1,80}$/

/** Does the entries of a batch one by one; those that fail do not stop the others. */
export function eachEntry<E extends { readonly Id: string }, R>(
  entryName: string,
  entries: readonly E[],
  { before, each }: Work<E, R>,
): { Successful: R[]; Failed: BatchResultErrorEntry[] } {
  checkEntries(entryName, entries)
  before?.()
  const Successful: R[] = []
  const Failed: BatchResultErrorEntry[] = []
  for (const entry of entries) {
    try {
      Successful.push(each(entry))
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      Failed.push({
        Id: entry.Id,
        SenderFault: true,
        Code: error.queryCode ?? error.code,
        Message: error.message,
      })
    }
  }
  if (Failed.length > 0) return { Successful, Failed }
  // Recorded: lambda, `test_report_batch_item_failures`: no list where nothing failed. The cast is for the model,
  // which calls the list required.
  return { Successful } as { Successful: R[]; Failed: BatchResultErrorEntry[] }
}

/** What a batch is refused for as a whole, before anything else. */
export function checkEntries(entryName: string, entries: readonly { readonly Id: string }[]): void {
  if (entries.length === 0) throw errors.emptyBatch(entryName)
  if (entries.length > batchEntriesMax) {
    throw errors.tooManyEntries(entries.length, batchEntriesMax)
  }
  const seen = new Set<string>()
  for (const { Id } of entries) {
    if (!validId.test(Id ?? '')) throw errors.invalidBatchEntryId()
    if (seen.has(Id)) throw errors.batchIdsNotDistinct(Id)
    seen.add(Id)
  }
}
