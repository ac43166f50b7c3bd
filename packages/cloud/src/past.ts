import { SimulatorError } from '@cloud-orrery/kernel'
import type { Cloud } from './cloud.ts'
import { compareReplay, type Recording, type ReplayEnd, record } from './recording.ts'

/** What is known of how a cloud came to be as it is. */
export interface Past {
  readonly cloud: Cloud
  /** All that entered, as far back as it is kept. */
  recording(): Promise<Recording>
  /** A cloud as this one was, with a past that goes on from there. This one ends. */
  rewind(to: ReplayEnd): Promise<Past>
  /** Where what came after is kept, for people; undefined where it is not. */
  readonly keptAs?: string | undefined
  close(): Promise<void>
}

/** The past that is in memory: the journal of the process. */
export class RememberedPast implements Past {
  readonly cloud: Cloud

  constructor(cloud: Cloud) {
    this.cloud = cloud
  }

  recording(): Promise<Recording> {
    return Promise.resolve(record(this.cloud))
  }

  async rewind(to: ReplayEnd): Promise<Past> {
    checkEnd(this.cloud, to)
    return new RememberedPast(await rewound(this.cloud, record(this.cloud), to))
  }

  close(): Promise<void> {
    this.cloud.close()
    return Promise.resolve()
  }
}

/** A cloud as one was earlier, its clock running as that one's. The later one ends. */
export async function rewound(later: Cloud, recording: Recording, to: ReplayEnd): Promise<Cloud> {
  const { cloud, difference } = await compareReplay(recording, to)
  if (difference !== undefined) {
    cloud.close()
    throw new SimulatorError(
      'ReplayDiffers',
      `The way there is not as it was: ${difference.text}.`,
      'This is a bug of Orrery: please report it with a recording.',
    )
  }
  goOnAs(cloud, later)
  return cloud
}

/** Lets a cloud run as another one did, which ends. */
export function goOnAs(cloud: Cloud, earlier: Cloud): void {
  earlier.close()
  for (const [name, host] of earlier.internet) cloud.internet.set(name, host)
  cloud.kernel.scheduler.bugs.listener = (error) => void cloud.bug(error)
  cloud.kernel.clock.mode = earlier.kernel.clock.mode
  cloud.kernel.scheduler.start()
}

/** Throws `SimulatorError` for an entry or a moment that has not come. */
export function checkEnd(cloud: Cloud, to: ReplayEnd): void {
  const { journal, clock } = cloud.kernel
  if ('sequence' in to && to.sequence > journal.lastSequence) {
    throw new SimulatorError(
      'RewindRange',
      `There is no entry #${to.sequence}: the journal ends with #${journal.lastSequence}.`,
      "See 'orrery journal' for the entries that there are.",
    )
  }
  if ('atMs' in to && to.atMs > clock.dueMs) {
    throw new SimulatorError(
      'RewindRange',
      `${new Date(to.atMs).toISOString()} has not come: the clock stands at ${new Date(clock.dueMs).toISOString()}.`,
      "Use 'orrery clock advance' to go forward.",
    )
  }
}

/** The cloud that a server shows: after a rewind, another one. */
export class Present {
  #past: Past
  #rewinding: Promise<Past> | undefined

  constructor(past: Past) {
    this.#past = past
  }

  get cloud(): Cloud {
    return this.#past.cloud
  }

  recording(): Promise<Recording> {
    return this.#past.recording()
  }

  /** One at a time. What comes in meanwhile is part of what is left behind. */
  async rewind(to: ReplayEnd): Promise<Past> {
    await this.#rewinding
    this.#rewinding = this.#past.rewind(to)
    try {
      this.#past = await this.#rewinding
    } finally {
      this.#rewinding = undefined
    }
    return this.#past
  }

  close(): Promise<void> {
    return this.#past.close()
  }
}
