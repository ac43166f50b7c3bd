import type { Cloud } from '@cloud-orrery/cloud'

export type FidelityLevel = 'recorded' | 'modelled' | 'simplified'

const rank = { recorded: 3, modelled: 2, simplified: 1, refused: 0 } as const

/** How well the answers that a test met are known. */
export class Fidelity {
  readonly #cloud: Cloud

  constructor(cloud: Cloud) {
    this.#cloud = cloud
  }

  /** Operations that were called, by anyone, each with how well its least known answer is known. */
  ledger(): Record<string, keyof typeof rank> {
    const ledger: Record<string, keyof typeof rank> = {}
    for (const { kind, name, data } of this.#cloud.kernel.journal.entries) {
      // The request path writes one of these words into every call when it is answered.
      const provenance = data['provenance'] as keyof typeof rank | undefined
      if (kind !== 'call' || provenance === undefined) continue
      const before = ledger[name]
      if (before === undefined || rank[provenance] < rank[before]) ledger[name] = provenance
    }
    return ledger
  }

  /**
   * Fails when an answer is known less well: `aws.fidelity.atLeast('modelled')` at the end of a test keeps
   * simplified answers off its path. `only` names services: `['dynamodb']`.
   */
  atLeast(level: FidelityLevel, options: { only?: readonly string[] } = {}): void {
    const below = Object.entries(this.ledger()).filter(
      ([name, provenance]) =>
        rank[provenance] < rank[level] &&
        (options.only === undefined || options.only.includes(name.split('.')[0] ?? '')),
    )
    if (below.length === 0) return
    const lines = below.map(([name, provenance]) => `  ${name}: ${provenance}`)
    throw new Error(`These answers are known less well than '${level}':\n${lines.join('\n')}`)
  }
}
