import type { PolicyDocument, Statement } from '../document.ts'
import { conditionFor } from './narrowing-condition.ts'
import type { Need } from './need.ts'
import { oneOrMany, type Packing, type PrincipalKind, packStatements } from './packing.ts'
import { type GeneralisingOptions, type PatternRule, patternsFor } from './resource-pattern.ts'
import { compareTexts, coverGrants, type Grant } from './statement-cover.ts'

export interface LeastPolicyOptions extends GeneralisingOptions {
  /** Add conditions on keys that had one and the same value in every need. Default: only `iam:PassedToService`. */
  readonly narrowing?: boolean
  /** Whose limits count. Default `role`. */
  readonly kind?: PrincipalKind
}

export interface LeastPolicy {
  /** Everything in one document, whatever its length. */
  readonly document: PolicyDocument & { readonly Statement: readonly Statement[] }
  /** What of it is wider than what was asked for, and by which rule. */
  readonly generalised: readonly Generalised[]
  readonly packing: Packing
}

/** A pattern that stands for more than one ARN. */
export interface Generalised {
  readonly pattern: string
  readonly rule: Exclude<PatternRule, 'exact'>
  readonly actions: readonly string[]
  /** What was asked for, at most ten of them. */
  readonly examples: readonly string[]
  readonly distinct: number
}

const examplesMax = 10

/**
 * The least policy for what a run needed: each action by its name, each resource as narrow as the rules of
 * `GeneralisingOptions` allow, in few statements, the same for the same needs.
 */
export function leastPolicy(needs: readonly Need[], options: LeastPolicyOptions = {}): LeastPolicy {
  const grants: Grant[] = []
  const generalised = new Map<
    string,
    { rule: PatternRule; actions: Set<string>; arns: Set<string> }
  >()
  for (const [action, ofAction] of byAction(needs)) {
    for (const { pattern, rule, needs: covered } of patternsFor(ofAction, options)) {
      const condition = conditionFor(covered, options.narrowing ?? false)
      grants.push({ action, pattern, condition })
      if (rule === 'exact' || pattern === '*') continue
      const note = generalised.get(`${rule} ${pattern}`) ?? {
        rule,
        actions: new Set(),
        arns: new Set(),
      }
      generalised.set(`${rule} ${pattern}`, note)
      note.actions.add(action)
      for (const { resource } of covered) note.arns.add(resource)
    }
  }
  const statements = coverGrants(grants).map(
    ({ actions, patterns, condition }): Statement => ({
      Effect: 'Allow',
      Action: oneOrMany(actions),
      Resource: oneOrMany(patterns),
      ...(condition === undefined ? {} : { Condition: condition }),
    }),
  )
  return {
    document: { Version: '2012-10-17', Statement: statements },
    generalised: [...generalised]
      .sort(([a], [b]) => compareTexts(a, b))
      .map(([key, note]) => ({
        pattern: key.slice(key.indexOf(' ') + 1),
        rule: note.rule as Generalised['rule'], // `exact` was left out above.
        actions: [...note.actions].sort(compareTexts),
        examples: [...note.arns].sort(compareTexts).slice(0, examplesMax),
        distinct: note.arns.size,
      })),
    packing: packStatements(statements, options.kind ?? 'role'),
  }
}

/** Letter case has no meaning in actions; each is written as it was first asked for. */
function byAction(needs: readonly Need[]): ReadonlyMap<string, readonly Need[]> {
  const spelling = new Map<string, string>()
  const groups = new Map<string, Need[]>()
  for (const need of needs) {
    const lower = need.action.toLowerCase()
    const action = spelling.get(lower) ?? need.action
    spelling.set(lower, action)
    groups.set(action, [...(groups.get(action) ?? []), need])
  }
  return groups
}
