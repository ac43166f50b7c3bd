import type { CloudOptions } from '@cloud-orrery/cloud'
import { RandomStreams } from '@cloud-orrery/kernel'
import { Draw } from './draw.ts'

/** Parts that a seed may leave out; queues, time and people are in every run. */
export const optionalParts = [
  'topics',
  'rules',
  'objects',
  'logs',
  'parameters',
  'keys',
  'stacks',
  'tables',
  'workflows',
  'schedules',
  'mails',
  'secrets',
  'functions',
  'faults',
  'timelines',
  'crashes',
] as const

export type OptionalPart = (typeof optionalParts)[number]

/** How likely a part is in a run: what costs much time is in fewer. */
const likelihood: Readonly<Partial<Record<OptionalPart, number>>> = {
  functions: 0.35,
  stacks: 0.5,
  crashes: 0.4,
}

/** One step: which action, and the seed of the chance within it. Plain data, so that a run can be shortened. */
export interface Step {
  readonly number: number
  readonly chance: number
}

/** All that a seed says of its run. */
export interface Settings {
  readonly seed: number
  readonly cloud: CloudOptions & { readonly choices: 'calm' | 'legal' }
  readonly parts: ReadonlySet<OptionalPart>
  readonly steps: readonly Step[]
  /** Data directory; set where the run has crashes. */
  readonly folder?: string | undefined
  /** Entries after which a data directory has a snapshot. */
  readonly framesMax: number
}

export const stepsDefault = 80

export function settingsOf(seed: number, stepsCount = stepsDefault): Settings {
  const streams = new RandomStreams(seed)
  const draw = new Draw(streams.stream('simulation.settings'))
  const parts = optionalParts.filter((name) => draw.chance(likelihood[name] ?? 0.65))
  const steps = streams.stream('simulation.steps')
  return {
    seed,
    cloud: {
      seed,
      choices: seed % 2 === 0 ? 'legal' : 'calm',
      clock: { kind: 'held' },
      deepFreeze: true,
    },
    parts: new Set(parts),
    steps: Array.from({ length: stepsCount }, (_, index) => ({
      number: index + 1,
      chance: steps.uint32(),
    })),
    framesMax: draw.int(20, 300),
  }
}
