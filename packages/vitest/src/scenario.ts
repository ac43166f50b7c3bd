import type { ExploredChoices } from '@cloud-orrery/kernel'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Aws, createAws } from './aws.ts'
import { matchers } from './matchers.ts'

expect.extend(matchers)

export type { Aws }
export { expect }

/** A system that is set up once, so that each of its promises can be shown on a fork of it. */
export interface SystemDefinition<S extends object> {
  /** The system's folder name: `14-cloudformation-events-workflow`. */
  readonly name: string
  /** Deploys the system into a fresh cloud. What it gives back must hold in forks: plain data, no clients. */
  readonly setUp: (aws: Aws) => Promise<S>
}

/** One line of a system's specification, executable. */
export interface PromiseDefinition {
  /** The number of the line in the specification's "Works when". */
  readonly id: number
  readonly title: string
  /** What was found for this promise in the specification but can't be shown here, and why. */
  readonly skipped?: string
  /** Why it holds only as things usually go: `orrery explore` leaves it out. */
  readonly calm?: string
  readonly system: SystemDefinition<object>
  readonly show: (given: { aws: Aws }) => Promise<void>
}

/** Where `orrery run` collects promises, instead of Vitest running them. */
interface Collector {
  readonly promises: PromiseDefinition[]
}

const collectorKey = Symbol.for('orrery.promises')

/** Makes `system(...)` collect promises from now on: for runners other than Vitest. */
export function collectPromises(): Collector {
  const collector: Collector = { promises: [] }
  Object.assign(globalThis, { [collectorKey]: collector })
  return collector
}

export interface PromiseOptions extends Pick<PromiseDefinition, 'skipped' | 'calm'> {
  /** Choices that `orrery explore` once found it broken with: in Vitest it is shown under each of them too. */
  readonly under?: readonly ExploredChoices[]
}

export interface SystemUnderTest<S extends object> {
  /** Shows one promise on a fork of the deployed system. */
  promise(
    id: number,
    title: string,
    show: (given: S & { aws: Aws }) => Promise<void>,
    options?: PromiseOptions,
  ): void
}

/**
 * A system and its promises. In Vitest each promise is a test; under `orrery run` they are collected and
 * shown one after the other. The system is deployed once a file; each promise gets its own timeline.
 */
export function system<S extends object>(definition: SystemDefinition<S>): SystemUnderTest<S> {
  const collector = (globalThis as { [collectorKey]?: Collector })[collectorKey]
  if (collector !== undefined) {
    return {
      promise(id, title, show, options = {}) {
        collector.promises.push({
          id,
          title,
          system: definition,
          // The runner hands each promise what this very system's `setUp` gave.
          show: show as PromiseDefinition['show'],
          ...(options.skipped !== undefined && { skipped: options.skipped }),
          ...(options.calm !== undefined && { calm: options.calm }),
        })
      },
    }
  }
  let deployed: { aws: Aws; given: S } | undefined
  const setUp = async () => {
    if (deployed === undefined) {
      const aws = createAws()
      deployed = { aws, given: await definition.setUp(aws) }
    }
    return deployed
  }
  return {
    promise(id, title, show, options = {}) {
      describe(definition.name, () => {
        beforeAll(async () => void (await setUp()), 60_000)
        for (const choices of [undefined, ...(options.under ?? [])]) {
          const name = `${id}: ${title}${choices === undefined ? '' : ` (under seed ${choices.seed})`}`
          test.skipIf(options.skipped !== undefined)(name, { timeout: 60_000 }, async () => {
            const { aws, given } = await setUp()
            const fork = aws.fork(choices === undefined ? {} : { choices })
            await show({ ...given, aws: fork })
            fork.cloud.close()
          })
        }
      })
    },
  }
}
