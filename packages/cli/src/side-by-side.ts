import { availableParallelism } from 'node:os'

/** More at a time would only wait for the one thread that answers them all. */
const jobsMax = 4

/** How many clouds are best worked on at a time on this machine. */
export function usualJobs(): number {
  return Math.min(jobsMax, availableParallelism())
}

/**
 * Works on items, at most `jobs` of them at a time, begun in their order; the results come in that order too. Where
 * one fails, those that are under way end before its error is thrown, and no other is begun.
 */
export async function* sideBySide<T, R>(
  items: readonly T[],
  jobs: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const results: (PromiseWithResolvers<R> | undefined)[] = items.map(() => Promise.withResolvers())
  let next = 0
  let isOver = false
  const worker = async () => {
    while (!isOver) {
      const at = next
      const item = items[at]
      const result = results[at]
      if (at >= items.length || result === undefined) return
      next += 1
      try {
        result.resolve(await work(item as T)) // There is an item at every number below the length.
      } catch (error) {
        isOver = true
        // Thrown when it is its turn; until then it is not an error that nobody hears.
        result.promise.catch(() => undefined)
        result.reject(error)
      }
    }
  }
  const workers = Array.from({ length: Math.min(jobs, items.length) }, worker)
  try {
    for (let at = 0; at < results.length; at += 1) {
      const value = await results[at]?.promise
      // What was handed over is the caller's to keep: there may be thousands.
      results[at] = undefined
      yield value as R // There is a result at every number below the length, and nobody else takes it away.
    }
  } finally {
    isOver = true
    await Promise.all(workers)
  }
}
