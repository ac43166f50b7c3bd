/** Calls under way at a time: enough for the highest rates, and no flood for the services that are called. */
const atOnceMax = 16

/** Items in parts of `size`, as many as a service takes in one call. */
export function parts<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
}

/** Does `work` for each item, some at a time. Results are in the order of the items; the first error ends it. */
export async function sideBySide<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  const waiting = items.entries()
  const lane = async () => {
    for (const [index, item] of waiting) results[index] = await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(atOnceMax, items.length) }, lane))
  return results
}
