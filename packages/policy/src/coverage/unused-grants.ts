import type { ElementCoverage } from './element-coverage.ts'
import type { StatementCoverage } from './statement-coverage.ts'

/** Something that a policy gives and a run did without. */
export interface UnusedGrant {
  readonly policy: StatementCoverage['policy']
  readonly owner: string
  readonly source: string
  readonly statementIndex: number
  readonly sid?: string
  /** The whole statement, or the entry of it. */
  readonly element: 'Statement' | 'Action' | 'Resource' | 'Principal'
  readonly written?: string
  /** Present where it was used, but less would have done. */
  readonly narrower?: readonly string[]
}

/** What SNS gives a topic without a policy of its own: nobody wrote it. Source: SNS developer guide, "Default policy". */
const ownersStatement = '__default_statement_ID'

/** What the allows of these policies give beyond what was used; denies grant nothing. */
export function unusedGrants(coverage: readonly StatementCoverage[]): readonly UnusedGrant[] {
  return coverage
    .filter(({ effect, policy, sid }) => {
      return effect === 'Allow' && policy !== 'boundary' && sid !== ownersStatement
    })
    .flatMap((statement): UnusedGrant[] => {
      const { policy, owner, source, statementIndex, sid, state } = statement
      const where = {
        policy,
        owner,
        source,
        statementIndex,
        ...(sid === undefined ? {} : { sid }),
      }
      if (state === 'unused') return [{ ...where, element: 'Statement' }]
      if (state === 'used') return []
      const entries = (element: UnusedGrant['element'], list: readonly ElementCoverage[]) =>
        list
          .filter((entry) => entry.state !== 'used')
          .map(({ written, narrower }): UnusedGrant => {
            return { ...where, element, written, ...(narrower === undefined ? {} : { narrower }) }
          })
      const found = [
        ...entries('Action', statement.actions),
        ...entries('Resource', statement.resources),
        ...entries('Principal', statement.principals),
      ]
      if (found.length > 0) return found
      // Nothing listed is superfluous, and still less would do: NotAction, or PassRole to any service.
      const narrower = (statement.narrower ?? []).map((less) => JSON.stringify(less))
      return [{ ...where, element: 'Statement', narrower }]
    })
}

/** `role/worker, inline policy "x" of role worker, statement 2: Action sqs:* (sqs:SendMessage would do)` */
export function unusedGrantText(grant: UnusedGrant): string {
  const { owner, source, statementIndex, sid, element, written, narrower } = grant
  const name = sid === undefined || sid === '' ? '' : ` "${sid}"`
  const what = element === 'Statement' ? 'the whole statement' : `${element} ${written}`
  const verdict =
    narrower === undefined ? 'never used' : `wider than needed: ${narrower.join(', ')} would do`
  const of = source.includes(' of ') ? source : `${source} of ${owner}`
  return `${of}, statement ${statementIndex + 1}${name}: ${what} ${verdict}`
}
