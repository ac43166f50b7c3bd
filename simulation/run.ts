import { RandomStreams } from '@cloud-orrery/kernel'
import { checkJournal, checkReplay } from './checks.ts'
import { Draw } from './draw.ts'
import type { Action, Part } from './part.ts'
import { clockPart } from './parts/clock.ts'
import { Crashes } from './parts/crashes.ts'
import { endFaults, faultsPart } from './parts/faults.ts'
import { Functions } from './parts/functions.ts'
import { Keys } from './parts/keys.ts'
import { Logs } from './parts/logs.ts'
import { Mails } from './parts/mails.ts'
import { Objects } from './parts/objects.ts'
import { Parameters } from './parts/parameters.ts'
import { People } from './parts/people.ts'
import { Queues } from './parts/queues.ts'
import { Rules } from './parts/rules.ts'
import { Schedules } from './parts/schedules.ts'
import { Secrets } from './parts/secrets.ts'
import { Stacks } from './parts/stacks.ts'
import { Tables } from './parts/tables.ts'
import { Timelines } from './parts/timelines.ts'
import { Topics } from './parts/topics.ts'
import { Workflows } from './parts/workflows.ts'
import type { OptionalPart, Settings } from './settings.ts'
import { Violation } from './violation.ts'
import { World } from './world.ts'

/** What a run came to. */
export interface Outcome {
  readonly violation?: { readonly checker: string; readonly text: string; readonly step: number }
  /** What each step did, in a line. */
  readonly told: readonly string[]
  readonly calls: number
  readonly refusals: number
  readonly denied: number
  readonly received: number
  readonly entries: number
  /** Of the whole journal; equal for equal runs. */
  readonly digest: string
  /** Model time that passed, ms. */
  readonly modelMs: number
}

/**
 * One run by its settings: steps, then rest, then the comparison of everything with what was acknowledged.
 * `beforeRest` does something behind the books' back: a checker must notice.
 */
export async function run(
  settings: Settings,
  beforeRest?: (world: World) => Promise<void>,
): Promise<Outcome> {
  const world = await World.open(settings)
  const startedAtMs = world.nowMs
  const told: string[] = []
  const queues = new Queues(world)
  const people = new People(world, queues)
  const parts = partsOf(world, queues, people)
  let step = 0
  let violation: Outcome['violation']
  try {
    for (const part of parts) await part.prepare?.()
    for (const { number, chance } of settings.steps) {
      step = number
      const draw = new Draw(new RandomStreams(chance).stream('simulation.step'))
      const [name, action] = pickAction(parts, draw)
      told.push(`${number} ${name}:`)
      const line = await action(draw)
      told[told.length - 1] = `${number} ${line}`
      // What a function does while the next step calls is in the order of the machine's time, not the seed's.
      if (settings.parts.has('functions')) await world.cloud.settle()
      reportBugs(world)
    }
    step += 1
    told.push('rest, and compare')
    await beforeRest?.(world)
    await rest(world, parts)
    for (const part of [...parts].reverse()) await part.end?.()
    reportBugs(world)
    checkJournal(world.cloud)
    await checkReplay(world)
  } catch (error) {
    const found = error instanceof Violation ? error : bugOf(error)
    violation = { checker: found.checker, text: found.message, step }
  }
  const { journal } = world.cloud.kernel
  const outcome: Outcome = {
    ...(violation === undefined ? {} : { violation }),
    told,
    calls: world.calls,
    refusals: world.refusals,
    denied: people.denied,
    received: queues.received,
    entries: journal.lastSequence,
    digest: journal.digest(),
    modelMs: world.nowMs - startedAtMs,
  }
  await world.close()
  return outcome
}

function partsOf(world: World, queues: Queues, people: People): readonly Part[] {
  const optional: Readonly<Partial<Record<OptionalPart, () => Part>>> = {
    topics: () => new Topics(world, queues),
    rules: () => new Rules(world, queues),
    objects: () => new Objects(world, queues),
    logs: () => new Logs(world),
    parameters: () => new Parameters(world),
    keys: () => new Keys(world),
    functions: () => new Functions(world, queues),
    stacks: () => new Stacks(world),
    tables: () => new Tables(world),
    schedules: () => new Schedules(world),
    mails: () => new Mails(world),
    secrets: () => new Secrets(world),
    workflows: () => new Workflows(world, queues),
    timelines: () => new Timelines(world),
    crashes: () => new Crashes(world),
    faults: () => faultsPart(world, queues),
  }
  const chosen = Object.entries(optional).filter(([name]) =>
    // The keys are the names of the parts.
    world.settings.parts.has(name as OptionalPart),
  )
  return [queues, people, clockPart(world, queues), ...chosen.map(([, make]) => make())]
}

/** First the part, so that one with many actions does not crowd out the others. */
function pickAction(parts: readonly Part[], draw: Draw): [string, Action] {
  // Queues are what everything else comes to: twice as often.
  const part = draw.pick([...parts, ...parts.slice(0, 1)])
  return draw.pick(Object.entries(part.actions))
}

/** Faults end, and all that is retried, delayed or hidden has its time: EventBridge retries for a day. */
async function rest(world: World, parts: readonly Part[]): Promise<void> {
  await endFaults(world)
  for (const part of parts) await part.quiet?.()
  for (let i = 0; i < 3; i += 1) await world.cloud.advance({ hours: 9 })
  await world.cloud.settle()
}

/** Exceptions of tasks, which nobody waits for. */
function reportBugs(world: World): void {
  try {
    world.cloud.kernel.scheduler.bugs.report()
  } catch (error) {
    throw bugOf(error)
  }
}

function bugOf(error: unknown): Violation {
  return new Violation('bug', error instanceof Error ? (error.stack ?? error.message) : `${error}`)
}
