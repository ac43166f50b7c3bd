import { holds } from '../violation.ts'
import type { World } from '../world.ts'
import type { Held, QueueBook } from './queue-book.ts'

/** What holds for a message that is received. */
export function checkReceived({ nowMs, isCalm }: World, book: QueueBook, held: Held): void {
  const { id, token, state, notBeforeMs, hiddenUntilMs } = held
  const what = `${book.name}: ${token} (${id})`
  holds(state !== 'gone', 'received after deletion', () => what)
  holds(nowMs >= notBeforeMs, 'received before its delay', () => what)
  // A standard queue may hand a message over twice: then it is still visible.
  if (!isCalm && !book.isFifo) return
  holds(nowMs >= hiddenUntilMs, 'received while hidden', () => what)
}

/** A group of a FIFO queue comes in order from its oldest, and not at all while a message of it is in flight. */
export function checkGroups(book: QueueBook, taken: readonly Held[], nowMs: number): void {
  for (const [group, tokens] of book.groups) {
    const came = taken.map(({ token }) => token ?? '').filter((token) => tokens.includes(token))
    if (came.length === 0) continue
    const first = tokens.slice(0, came.length)
    holds(
      String(came) === String(first),
      'order of a group',
      () => `${book.name}, ${group}: ${came} came, the oldest are ${first}`,
    )
    for (const held of book.held.values()) {
      const { token, hiddenUntilMs } = held
      if (token === undefined || !tokens.includes(token) || taken.includes(held)) continue
      holds(
        hiddenUntilMs <= nowMs,
        'order of a group',
        () => `${book.name}, ${group}: ${came} came while ${token} is in flight`,
      )
    }
  }
}
