import { RandomStreams } from './random.ts'

/**
 * How the cloud answers where what happens is left open. `calm`: as usual. `legal`: any of what is allowed, alike.
 * An object: mostly as usual, with departures that a seed of their own decides, or that are named one by one.
 */
export type ChoiceMode = 'calm' | 'legal' | ExploredChoices

/** Plain data, so that recordings and tests can name it. */
export interface ExploredChoices {
  /** From which the departures come, apart from all other chance of the cloud. */
  readonly seed: number
  /** Whether calls of the user's code fail or lose their answers too, and code dies. Default: false. */
  readonly faults?: boolean
  /** These departures and no others: by the number of the draw of its name, from 1, as in `sqs.order#3`. */
  readonly only?: Readonly<Record<string, number>>
}

/** What was picked, and which draw it was. */
export interface Pick {
  /** From 0; 0 is the usual one. */
  readonly picked: number
  /** `sqs.order#3`; only in an explored run. */
  readonly draw?: string
}

/** How often a name's draws depart from the usual: some hardly ever, so that rare combinations are not drowned. */
const oddsOfChoices = [0, 0.02, 0.1, 0.5] as const

/** The same for faults, which the SDKs' three attempts must mostly outlive. */
const oddsOfFaults = [0, 0, 0.01, 0.1] as const

export const faultPrefix = 'fault:'

/** The draws of one explored run. */
export class Exploration {
  readonly mode: ExploredChoices
  readonly #streams: RandomStreams
  readonly #counts: Map<string, number>
  readonly #odds = new Map<string, number>()

  constructor(mode: ExploredChoices, from?: Exploration) {
    this.mode = mode
    this.#streams = new RandomStreams(mode.seed, from === undefined ? {} : from.#streams.states)
    this.#counts = new Map(from === undefined ? [] : from.#counts)
  }

  /** A second timeline that goes on from here. */
  fork(): Exploration {
    return new Exploration(this.mode, this)
  }

  /** One of `count` options, of which the first `usual` ones mean the same. */
  pick(name: string, count: number, usual: number): Pick {
    const number = (this.#counts.get(name) ?? 0) + 1
    this.#counts.set(name, number)
    const draw = `${name}#${number}`
    const { only } = this.mode
    if (only === undefined) return { draw, picked: this.#drawn(name, count, usual) }
    const named = Object.hasOwn(only, draw) ? only[draw] : undefined
    return { draw, picked: named !== undefined && named < count ? named : 0 }
  }

  #drawn(name: string, count: number, usual: number): number {
    const stream = this.#streams.stream(name)
    if (stream.float() >= this.#oddsOf(name) || usual >= count) return 0
    return usual + stream.below(count - usual)
  }

  #oddsOf(name: string): number {
    const known = this.#odds.get(name)
    if (known !== undefined) return known
    const odds = name.startsWith(faultPrefix) ? oddsOfFaults : oddsOfChoices
    // The first number of a stream that is used for nothing else: the same whenever it is asked for.
    const stream = new RandomStreams(this.mode.seed).stream(`odds of ${name}`)
    const drawn = odds[stream.below(odds.length)] ?? 0
    this.#odds.set(name, drawn)
    return drawn
  }
}
