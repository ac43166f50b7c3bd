import { join, relative } from 'node:path'
import { record } from '@cloud-orrery/cloud'
import type { ExploredChoices } from '@cloud-orrery/kernel'
import type { Aws } from '@cloud-orrery/vitest/aws'
import type { Finding, SearchOptions, Trials } from '@cloud-orrery/vitest/explore'
import type { PromiseDefinition } from '@cloud-orrery/vitest/scenario'
import { UsageError } from '../command.ts'
import { readPromises } from '../read-promises.ts'
import { sideBySide } from '../side-by-side.ts'
import type { SystemFolder } from '../systems.ts'

export interface SystemFinding {
  /** Of the promise or the test that was broken. */
  readonly title: string
  readonly finding: Finding
  /** Path of the recording, from the working directory. */
  readonly recording: string
  /** Source of a test that has it again. */
  readonly test: string
}

export interface Explored {
  readonly skipped: readonly string[]
  readonly findings: readonly SystemFinding[]
}

interface SystemSearch {
  readonly system: SystemFolder
  readonly only: number | undefined
  /** Runs that are under way at a time. */
  readonly jobs: number
  readonly search: SearchOptions & { readonly from: number }
  /** Folder for recordings. */
  readonly recordings: string
  readonly tell: (line: string) => void
}

/** Sets a system up as things usually go, and deals the seeds out to its promises, each on a fork of its own. */
export async function exploreSystem(options: SystemSearch): Promise<Explored> {
  const { system, only, jobs, search: wanted, tell } = options
  const { createAws } = await import('@cloud-orrery/vitest/aws')
  const { search, trialOn, WrongByItself } = await import('@cloud-orrery/vitest/explore')
  const all = (await readPromises(system)).filter(({ id }) => only === undefined || id === only)
  if (all.length === 0) throw new UsageError(`There is no promise ${only}.`, "See 'orrery run'.")
  const explored = all.filter(({ skipped, calm }) => skipped === undefined && calm === undefined)
  const skipped = all.flatMap(({ id, skipped: reason, calm }) => {
    const why = reason ?? calm
    return why === undefined ? [] : [`${id}. ${why}`]
  })
  const base = createAws()
  const given = (await all[0]?.system.setUp(base)) ?? {}
  const findings: SystemFinding[] = []
  for (const [index, promise] of explored.entries()) {
    const seeds = shareOf(wanted.seeds, explored.length, index)
    if (seeds === 0) continue
    const show = (aws: Aws) => promise.show({ ...given, aws })
    const startedAt = performance.now()
    try {
      const trials: Trials = (choices) =>
        sideBySide(choices, jobs, (choice) => trialOn(base, show, choice))
      const finding = await search(trials, { ...wanted, seeds })
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
      const outcome = finding === undefined ? 'holds' : `broken with seed ${finding.seed}`
      tell(`  ${promise.id}. ${promise.title}: ${outcome} (${seeds} seeds, ${seconds} s)`)
      if (finding !== undefined) findings.push(await kept(options, base, promise, show, finding))
    } catch (error) {
      if (!(error instanceof WrongByItself)) throw error
      throw new UsageError(
        `Promise ${promise.id} is broken without any search: ${error.message}`,
        `See 'orrery run ${system.name} --only ${promise.id}'.`,
      )
    }
  }
  base.cloud.close()
  return { skipped, findings }
}

/** `total` dealt out to `count`, the first ones getting what does not divide. */
function shareOf(total: number, count: number, index: number): number {
  return Math.floor(total / count) + (index < total % count ? 1 : 0)
}

async function kept(
  { system, recordings }: SystemSearch,
  base: Aws,
  promise: PromiseDefinition,
  show: (aws: Aws) => Promise<void>,
  finding: Finding,
): Promise<SystemFinding> {
  const { writeRecording } = await import('@cloud-orrery/cloud/persistence')
  const aws = base.fork({ choices: finding.choices })
  await show(aws).catch(() => undefined) // That it is broken is what is recorded.
  const path = join(recordings, `${system.name}.${promise.id}.${finding.seed}.orrery`)
  await writeRecording(path, record(aws.cloud), `${promise.id}. ${promise.title}`)
  aws.cloud.close()
  return {
    title: `${promise.id}. ${promise.title}`,
    finding,
    recording: relative(process.cwd(), path),
    test: testSource(system, promise.id, finding.choices),
  }
}

/** The promise itself is the test: it takes the choices under which it is to hold. */
function testSource({ name }: SystemFolder, id: number, choices: ExploredChoices): string {
  return `// In systems/${name}/scenario, as the last argument of promise ${id}:
{ under: [${JSON.stringify(choices)}] }
`
}
