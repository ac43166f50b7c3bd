import type {
  Change,
  Decision,
  Explanation,
  PolicyExplanation,
  StatementExplanation,
} from './decision.ts'
import { policyTypeName } from './denial-message.ts'
import { conditionText, statementName } from './explanation.ts'
import { nameOf } from './principal.ts'
import type { AuthorizationRequest } from './request.ts'

/**
 * The whole evaluation as lines of text: who asked for what, the condition keys, every policy and
 * statement with why it did or did not apply, the outcome, and what would allow the request.
 */
export function explain(
  request: AuthorizationRequest,
  decision: Pick<Decision, 'allowed' | 'explanation'>,
): string {
  const { explanation } = decision
  const lines = [
    decision.allowed ? 'ALLOWED' : 'DENIED',
    `principal  ${nameOf(request.principal)}`,
    `action     ${request.action}`,
    `resource   ${request.resource}${explanation.crossAccount ? ' (of another account)' : ''}`,
    ...contextLines(explanation),
    '',
    ...(explanation.policies.length === 0 ? ['no policies'] : []),
    ...explanation.policies.flatMap(policyLines),
    '',
    `outcome: ${explanation.outcome}`,
    ...remedyLines(explanation),
  ]
  return lines.join('\n')
}

function contextLines({ contextKeys }: Explanation): readonly string[] {
  return Object.entries(contextKeys).map(([key, value]) => {
    if (value === null) return `context    ${key} is absent`
    const shown = typeof value === 'string' ? `"${value}"` : value.map((v) => `"${v}"`).join(', ')
    return `context    ${key} = ${shown}`
  })
}

function policyLines({ policy, source, statements }: PolicyExplanation): readonly string[] {
  return [`${policyTypeName(policy)}: ${source}`, ...statements.flatMap(statementLines)]
}

function statementLines(statement: StatementExplanation): readonly string[] {
  const mark = statement.matched ? '✓' : '·'
  const verb = statement.matched ? 'applies' : 'does not apply'
  const head = `  ${mark} ${statementName(statement)} (${statement.effect}) ${verb}: ${statement.why}`
  return [
    head,
    ...statement.conditions.map((c) => `      ${c.met ? '✓' : '✗'} ${conditionText(c)}`),
  ]
}

function remedyLines({ remedy, policies }: Explanation): readonly string[] {
  if (remedy === undefined) return []
  return [
    'to allow it:',
    ...remedy.changes.map((change) => `  - ${changeText(change, policies)}`),
    ...(remedy.nearest === undefined ? [] : [`nearest: ${remedy.nearest}`]),
  ]
}

function changeText(change: Change, policies: readonly PolicyExplanation[]): string {
  if (change.kind === 'add-statement') {
    const level = change.level === undefined ? '' : ` at level ${change.level + 1}`
    return `add to ${article(change.policy)} ${policyTypeName(change.policy)}${level}: ${JSON.stringify(change.statement)}`
  }
  const unless = denialConditions(change, policies)
  const named = `${statementName(change)} of ${change.source}`
  return `remove or narrow ${named}${unless === '' ? '' : `, or avoid what it asks for: ${unless}`}`
}

function denialConditions(
  change: Extract<Change, { kind: 'remove-statement' }>,
  policies: readonly PolicyExplanation[],
): string {
  const policy = policies.find((p) => p.policy === change.policy && p.source === change.source)
  const statement = policy?.statements.find((s) => s.statementIndex === change.statementIndex)
  return (statement?.conditions ?? []).map(conditionText).join('; ')
}

function article(type: PolicyExplanation['policy']): string {
  return type === 'identity' ? 'an' : 'a'
}
