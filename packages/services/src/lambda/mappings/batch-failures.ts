import type { Message } from '@cloud-orrery/models/sqs'

/**
 * The messages that a function reports as failed. Source: developer guide, "Implementing partial batch responses":
 * nothing, `null` or an empty list is success; what cannot be read is failure of the whole batch.
 */
export function failedItems(payload: string, batch: readonly Message[]): readonly Message[] {
  let answer: unknown
  try {
    answer = JSON.parse(payload)
  } catch {
    return batch
  }
  if (answer === null || answer === undefined) return []
  if (typeof answer !== 'object' || !('batchItemFailures' in answer)) return []
  const { batchItemFailures: failures } = answer
  if (failures === null) return []
  if (!Array.isArray(failures)) return batch
  const byId = new Map(batch.map((message) => [message.MessageId, message]))
  const failed: Message[] = []
  for (const failure of failures as unknown[]) {
    const id =
      typeof failure === 'object' && failure !== null && 'itemIdentifier' in failure
        ? failure.itemIdentifier
        : undefined
    const message = typeof id === 'string' ? byId.get(id) : undefined
    if (message === undefined) return batch
    failed.push(message)
  }
  return failed
}
