import { type PolicyDocument, type Variant, variantsOf } from '@cloud-orrery/policy'
import type { PolicyTrial } from './trial.ts'

/** What a run under a trial came to. */
export interface TrialResult {
  readonly passed: boolean
  /** What failed, one line; for a run that passed, what it did not notice. */
  readonly why?: string
}

/** One thing taken out of the policy. */
export interface ProofRow {
  /** Counted from 0. */
  readonly statementIndex: number
  /** Absent: the whole statement was out. */
  readonly action?: string
  /** The run failed without it. */
  readonly needed: boolean
  readonly why: string
}

export interface Proof {
  /** The run passes with this policy in place of the present ones. */
  readonly sufficient: boolean
  readonly why?: string
  /** Empty where the policy does not even suffice. */
  readonly rows: readonly ProofRow[]
  readonly ok: boolean
}

/** Has the run again under a trial; `variant` says what was taken out of the policy, if anything. */
export type TryOut = (trial: PolicyTrial, variant?: Variant) => Promise<TrialResult>

/**
 * Proves a policy both ways: the run passes under it, and fails without any one statement, and without
 * any one action of a statement.
 */
export async function prove(
  owner: string,
  document: PolicyDocument,
  tryOut: TryOut,
  onRow: (row: ProofRow) => void = () => {},
): Promise<Proof> {
  const whole = await tryOut(trialOf(owner, document))
  if (!whole.passed) {
    return { sufficient: false, why: whole.why ?? 'the run failed', rows: [], ok: false }
  }
  const rows: ProofRow[] = []
  for (const variant of variantsOf(document)) {
    const { statementIndex, action } = variant
    const { passed, why } = await tryOut(trialOf(owner, variant.document), variant)
    const row: ProofRow = {
      statementIndex,
      ...(action === undefined ? {} : { action }),
      needed: !passed,
      why: why ?? (passed ? 'the run passes without it' : 'the run failed'),
    }
    rows.push(row)
    onRow(row)
  }
  const { why } = whole
  return {
    sufficient: true,
    ...(why === undefined ? {} : { why }),
    rows,
    ok: rows.every(({ needed }) => needed),
  }
}

function trialOf(owner: string, document: PolicyDocument): PolicyTrial {
  return { owner, policies: [{ source: 'the policy that is tried out', document }] }
}
