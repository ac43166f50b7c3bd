import {
  identityOwner,
  type PrincipalQuestion,
  type PrincipalReport,
  type Proof,
  type ProofRow,
  prove,
  prunedReport,
} from '@cloud-orrery/cloud'
import type { Scenario } from './scenario.ts'

/** A policy that was proved, and what was left out of it on the way. */
export interface Proved {
  readonly proof: Proof
  /** What the proof is about: with `prune`, without what the run does without. */
  readonly report: PrincipalReport
  readonly pruned: readonly string[]
}

/**
 * Proves a principal's least policy by having the scenario again. Where only what happens after the
 * deployment asks for what was taken out, a fork of the deployed cloud is enough.
 */
export async function provePrincipal(
  scenario: Scenario,
  report: PrincipalReport,
  { prune, ...question }: Pick<PrincipalQuestion, 'stacks'> & { readonly prune: boolean },
  onRow: (row: ProofRow, tried: PrincipalReport['document']) => void = () => {},
): Promise<Proved> {
  const { principal, document } = report
  const duringDeployment = deploymentActions(scenario, principal.arn)
  const run = (tried: typeof document) =>
    prove(
      principal.arn,
      tried,
      (trial, variant) => {
        if (variant === undefined) return scenario.tryOut(trial, true)
        const { action, statementIndex } = variant
        const out =
          action === undefined ? listOf(tried.Statement[statementIndex]?.Action) : [action]
        const fresh = out.some((name) => duringDeployment.has(name.toLowerCase()))
        return scenario.tryOut(trial, fresh)
      },
      (row) => onRow(row, tried),
    )
  let proof = await run(document)
  let kept = document
  const pruned: string[] = []
  while (prune && proof.sufficient && !proof.ok) {
    const row = proof.rows.find(({ needed }) => !needed)
    if (row === undefined) break
    pruned.push(rowName(kept, row))
    kept = withoutRow(kept, row)
    proof = await run(kept)
  }
  if (pruned.length === 0) return { proof, report, pruned }
  return { proof, report: prunedReport(scenario.cloud, report, kept, question), pruned }
}

function deploymentActions(scenario: Scenario, owner: string): ReadonlySet<string> {
  return new Set(
    scenario.observations
      .filter(({ firstCall }) => firstCall.sequence <= scenario.deployedAt)
      .filter(({ request: { principal } }) => identityOwner(principal) === owner)
      .map(({ request }) => request.action.toLowerCase()),
  )
}

/** `statement 2 (sqs:SendMessage)`, `sqs:SendMessage of statement 2`. */
export function rowName(document: PrincipalReport['document'], row: ProofRow): string {
  const statement = `statement ${row.statementIndex + 1}`
  if (row.action !== undefined) return `${row.action} of ${statement}`
  return `${statement} (${listOf(document.Statement[row.statementIndex]?.Action).join(', ')})`
}

function withoutRow(
  document: PrincipalReport['document'],
  { statementIndex, action }: ProofRow,
): PrincipalReport['document'] {
  const statements = document.Statement.flatMap((statement, i) => {
    if (i !== statementIndex) return [statement]
    if (action === undefined) return []
    const rest = listOf(statement.Action).filter((other) => other !== action)
    const [only] = rest
    return [{ ...statement, Action: rest.length === 1 && only !== undefined ? only : rest }]
  })
  return { ...document, Statement: statements }
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : value
}
