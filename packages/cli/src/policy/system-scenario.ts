import { type Observation, observe, type PolicyTrial, type TrialResult } from '@cloud-orrery/cloud'
import type { Aws } from '@cloud-orrery/vitest/aws'
import type { PromiseDefinition } from '@cloud-orrery/vitest/scenario'
import { readPromises } from '../read-promises.ts'
import type { SystemFolder } from '../systems.ts'
import { failureText, type Scenario, trialResult } from './scenario.ts'

/** Runs a system once: it is set up, and each promise shown on a fork of it. */
export async function systemScenario(
  system: SystemFolder,
  seed: number,
  strict: boolean,
): Promise<Scenario> {
  const judging = { before: [] as Observation[], strict }
  const { createAws, Aws: AwsClass } = await import('@cloud-orrery/vitest/aws')
  const promises = (await readPromises(system)).filter(({ skipped }) => skipped === undefined)
  const setUp = async (aws: Aws) => (await promises[0]?.system.setUp(aws)) ?? {}
  const base = createAws({ seed })
  const given = await setUp(base)
  const deployedAt = base.cloud.kernel.journal.lastSequence
  const observations = judging.before
  observations.push(...observe(base.cloud))
  let failure: string | undefined
  for (const promise of promises) {
    const aws = base.fork()
    failure ??= await broken(promise, aws, given)
    observations.push(...observe(aws.cloud, deployedAt))
    aws.cloud.close()
  }

  const tryOut = async (trial: PolicyTrial, fresh: boolean): Promise<TrialResult> => {
    const tried = fresh ? createAws({ seed, trial }) : new AwsClass(base.cloud.fork({ trial }))
    const clouds = [{ cloud: tried.cloud, afterSequence: fresh ? 0 : deployedAt }]
    try {
      const found = fresh ? await setUp(tried) : given
      for (const promise of promises) {
        const aws = tried.fork()
        const why = await broken(promise, aws, found)
        aws.cloud.close()
        clouds.push({ cloud: aws.cloud, afterSequence: tried.cloud.kernel.journal.lastSequence })
        if (why !== undefined) return trialResult(why, trial, clouds.slice(-1), judging)
      }
      return trialResult(undefined, trial, clouds, judging)
    } catch (error) {
      return trialResult(`set-up: ${failureText(error)}`, trial, clouds, judging)
    } finally {
      tried.cloud.close()
    }
  }
  return {
    cloud: base.cloud,
    stacks: system.stacks,
    deployedAt,
    observations,
    ...(failure === undefined ? {} : { failure }),
    tryOut,
    close: () => base.cloud.close(),
  }
}

/** Shows a promise; what broke it, if anything. */
async function broken(
  promise: PromiseDefinition,
  aws: Aws,
  given: object,
): Promise<string | undefined> {
  try {
    await promise.show({ ...given, aws })
    return undefined
  } catch (error) {
    return `promise ${promise.id}: ${failureText(error)}`
  }
}
