import { invariant, type RandomStream } from '@cloud-orrery/kernel'

/** Chance for one step, from a stream of its own: leaving another step out does not shift it. */
export class Draw {
  readonly #stream: RandomStream

  constructor(stream: RandomStream) {
    this.#stream = stream
  }

  /** From `least` to `most`, both among them. */
  int(least: number, most: number): number {
    return least + this.#stream.below(most - least + 1)
  }

  chance(probability: number): boolean {
    return this.#stream.float() < probability
  }

  pick<T>(all: readonly T[]): T {
    const picked = this.maybe(all)
    invariant(picked !== undefined, 'nothing to pick from')
    return picked
  }

  /** As `pick`; undefined where there is nothing. */
  maybe<T>(all: readonly T[]): T | undefined {
    return all[this.#stream.below(all.length)]
  }
}
