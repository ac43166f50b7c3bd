import { inFolder } from './folders.ts'
import { type Outcome, run } from './run.ts'
import type { Settings, Step } from './settings.ts'

/** How long to look for a shorter run, ms of the machine's time. */
const patienceMs = 60_000

/**
 * The shortest run found that still breaks the same rule: steps after the failing one go, then ever smaller pieces of
 * those before it. Steps have their own chance, so what stays does the same as before.
 */
export async function shrink(
  settings: Settings,
  checker: string,
  runOnce: (settings: Settings) => Promise<Outcome> = (given) => run(given),
): Promise<Outcome> {
  const endsAt = performance.now() + patienceMs
  const attempt = async (steps: readonly Step[]): Promise<Outcome | undefined> => {
    const outcome = await inFolder({ ...settings, steps }, runOnce)
    return outcome.violation?.checker === checker ? outcome : undefined
  }
  let steps = settings.steps
  let shortest = await inFolder(settings, runOnce)
  const failedAt = shortest.violation?.step ?? steps.length
  const prefix = steps.filter(({ number }) => number <= failedAt)
  const first = await attempt(prefix)
  if (first !== undefined) [steps, shortest] = [prefix, first]
  for (
    let size = Math.ceil(steps.length / 2);
    size >= 1;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  ) {
    for (let from = 0; from < steps.length && performance.now() < endsAt; ) {
      const fewer = [...steps.slice(0, from), ...steps.slice(from + size)]
      const outcome = await attempt(fewer)
      if (outcome === undefined) from += size
      else [steps, shortest] = [fewer, outcome]
    }
  }
  return shortest
}
