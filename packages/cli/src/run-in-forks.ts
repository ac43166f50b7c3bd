import type { Aws } from '@cloud-orrery/vitest/aws'
import { readPromises } from './read-promises.ts'
import { sideBySide, usualJobs } from './side-by-side.ts'
import type { SystemFolder } from './systems.ts'

/**
 * Sets a system up and shows each promise on a fork; `look` sees every cloud afterwards. What it finds comes in the
 * order of the promises, the deployed cloud's first. Promises that are broken are looked at all the same.
 */
export async function runInForks<T>(
  system: SystemFolder,
  seed: number,
  look: (aws: Aws, isBase: boolean) => T | Promise<T>,
): Promise<T[]> {
  const { createAws } = await import('@cloud-orrery/vitest/aws')
  const base = createAws({ seed })
  const promises = await readPromises(system)
  const given = (await promises[0]?.system.setUp(base)) ?? {}
  const found = [await look(base, true)]
  const shown = promises.filter(({ skipped }) => skipped === undefined)
  const looks = sideBySide(shown, usualJobs(), async (promise) => {
    const aws = base.fork()
    await promise.show({ ...given, aws }).catch(() => undefined) // `orrery run` tells why it broke.
    const seen = await look(aws, false)
    aws.cloud.close()
    return seen
  })
  for await (const seen of looks) found.push(seen)
  base.cloud.close()
  return found
}
