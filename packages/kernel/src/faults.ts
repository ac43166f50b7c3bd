import { SimulatorError } from './errors.ts'

/** What happens at a site where a fault strikes. The site's owner gives it its meaning. */
export type FaultEffect =
  | {
      readonly kind: 'error'
      readonly code: string
      readonly message?: string
      readonly status?: number
    }
  | { readonly kind: 'delay'; readonly delayMs: number }
  | { readonly kind: 'drop' }

/** A rule that arms a site. Data, so that it survives snapshots. */
export interface FaultRule {
  readonly id: string
  /** `sns.Publish`, `sns.*` or a site that a service names: `sqs.receive`. */
  readonly site: string
  /** Facts that must be equal for the fault to strike: `{ accountId: '1…', region: 'eu-west-1' }`. */
  readonly match: Readonly<Record<string, string>>
  readonly effect: FaultEffect
  /** From 0 to 1. */
  readonly probability: number
  /** How many times it may still strike; undefined is without end. */
  readonly remaining: number | undefined
}

export type FaultOptions = Partial<Pick<FaultRule, 'match' | 'probability'>> & { times?: number }

export class Faults {
  #rules: FaultRule[]
  #sequence: number

  constructor(rules: readonly FaultRule[] = [], sequence = 0) {
    this.#rules = [...rules]
    this.#sequence = sequence
  }

  fork(): Faults {
    return new Faults(this.#rules, this.#sequence)
  }

  get rules(): readonly FaultRule[] {
    return this.#rules
  }

  get sequence(): number {
    return this.#sequence
  }

  /** Throws `SimulatorError` for a probability outside 0 to 1 and for less than one time. */
  arm(site: string, effect: FaultEffect, options: FaultOptions = {}): FaultRule {
    const { probability = 1, times = 1 } = options
    if (!(probability >= 0 && probability <= 1) || !(Number.isInteger(times) && times >= 1)) {
      throw new SimulatorError(
        'FaultRule',
        `A fault cannot strike ${times} times with a probability of ${probability}.`,
        'Give a probability from 0 to 1, and times as a whole number from 1.',
      )
    }
    this.#sequence += 1
    const rule: FaultRule = {
      id: `fault-${this.#sequence}`,
      site,
      effect,
      match: options.match ?? {},
      probability: options.probability ?? 1,
      remaining: options.times,
    }
    this.#rules = [...this.#rules, rule] // A snapshot holds the list that was.
    return rule
  }

  end(id: string): boolean {
    const before = this.#rules.length
    this.#rules = this.#rules.filter((rule) => rule.id !== id)
    return this.#rules.length < before
  }

  /** The first rule that strikes here, counted down. `draw` gives a number in [0, 1). */
  strike(
    site: string,
    facts: Readonly<Record<string, string>>,
    draw: () => number,
  ): FaultRule | undefined {
    if (this.#rules.length === 0) return undefined
    for (const rule of this.#rules) {
      if (!covers(rule.site, site) || !agrees(rule.match, facts)) continue
      if (rule.probability < 1 && draw() >= rule.probability) continue
      if (rule.remaining !== undefined) {
        const remaining = rule.remaining - 1
        this.#rules =
          remaining === 0
            ? this.#rules.filter(({ id }) => id !== rule.id)
            : this.#rules.map((other) => (other.id === rule.id ? { ...rule, remaining } : other))
      }
      return rule
    }
    return undefined
  }
}

function covers(pattern: string, site: string): boolean {
  return pattern.endsWith('*') ? site.startsWith(pattern.slice(0, -1)) : pattern === site
}

function agrees(
  match: Readonly<Record<string, string>>,
  facts: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(match).every(([name, value]) => facts[name] === value)
}
