import type { Aws } from '@cloud-orrery/vitest/aws'
import { readPromises } from './read-promises.ts'
import type { SystemFolder } from './systems.ts'

/**
 * Sets a system up and shows each promise on a fork; `look` sees every cloud afterwards, the deployed one
 * first. Promises that are broken are looked at all the same.
 */
export async function runInForks(
  system: SystemFolder,
  seed: number,
  look: (aws: Aws, isBase: boolean) => void | Promise<void>,
): Promise<void> {
  const { createAws } = await import('@cloud-orrery/vitest/aws')
  const base = createAws({ seed })
  const promises = await readPromises(system)
  const given = (await promises[0]?.system.setUp(base)) ?? {}
  await look(base, true)
  for (const promise of promises) {
    if (promise.skipped !== undefined) continue
    const aws = base.fork()
    await promise.show({ ...given, aws }).catch(() => undefined) // `orrery run` tells why it broke.
    await look(aws, false)
    aws.cloud.close()
  }
  base.cloud.close()
}
