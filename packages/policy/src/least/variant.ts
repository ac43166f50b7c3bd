import type { PolicyDocument, Statement } from '../document.ts'
import { toList } from '../statement.ts'
import { oneOrMany } from './packing.ts'

/** A policy with one thing taken out: what a proof that nothing is superfluous tries one by one. */
export interface Variant {
  /** Counted from 0 in the whole policy. */
  readonly statementIndex: number
  /** Absent: the whole statement is out. */
  readonly action?: string
  readonly document: PolicyDocument
}

/** The policy without each statement and, where a statement has several actions, without each of those. */
export function variantsOf(document: PolicyDocument): readonly Variant[] {
  const statements = toList(document.Statement)
  return statements.flatMap((statement, statementIndex): Variant[] => {
    const others = statements.filter((_, i) => i !== statementIndex)
    const whole: Variant = { statementIndex, document: { ...document, Statement: others } }
    const actions = toList(statement.Action)
    if (actions.length < 2) return [whole]
    return [
      whole,
      ...actions.map((action): Variant => {
        const rest = actions.filter((other) => other !== action)
        const narrower: Statement = { ...statement, Action: oneOrMany(rest) }
        const changed = statements.map((other, i) => (i === statementIndex ? narrower : other))
        return { statementIndex, action, document: { ...document, Statement: changed } }
      }),
    ]
  })
}
