/** One row of a bench: what was measured, what it came to, what it should. */
export interface Row {
  readonly what: string
  readonly value: string
  readonly target: string
  readonly ok: boolean
}

/** Prints rows as a Markdown table. */
export function printTable(title: string, rows: readonly Row[]): void {
  const lines = [
    `## ${title}`,
    '',
    '| what | measured | target | |',
    '|---|---|---|---|',
    ...rows.map(
      ({ what, value, target, ok }) => `| ${what} | ${value} | ${target} | ${ok ? '✓' : '✗'} |`,
    ),
    '',
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

/** Median of `runs` measurements of `work`, in ms, after one that is thrown away. */
export async function medianMs(runs: number, work: () => unknown): Promise<number> {
  await work()
  const times: number[] = []
  for (let i = 0; i < runs; i += 1) {
    const startedAt = performance.now()
    await work()
    times.push(performance.now() - startedAt)
  }
  return median(times)
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

/** Times of each work, in ms, measured in turns: `rounds` of each. */
export async function inTurns(
  rounds: number,
  works: readonly (() => unknown)[],
): Promise<number[][]> {
  const times: number[][] = works.map(() => [])
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, work] of works.entries()) {
      const startedAt = performance.now()
      await work()
      times[index]?.push(performance.now() - startedAt)
    }
  }
  return times
}
