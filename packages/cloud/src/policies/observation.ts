import type { JournalEntry } from '@cloud-orrery/kernel'
import {
  type AskedRequest,
  type PolicySet,
  type Principal,
  principalContext,
} from '@cloud-orrery/policy'
import type { NotedDecision } from '../authorization.ts'
import type { Cloud } from '../cloud.ts'
import { judgementsOf } from '../judgements.ts'

/** A permission that was judged in a run, with the policies that were looked at. */
export interface Observation extends AskedRequest {
  /** Absent for entries that an earlier process judged: the record says what came out, not from what. */
  readonly policies?: PolicySet
  /** True where, by that record, the resource's policy decided. */
  readonly byResource?: boolean
}

/** Every permission that calls of the journal asked for, from `afterSequence` on; the same ones in one. */
export function observe(cloud: Cloud, afterSequence = 0): readonly Observation[] {
  const found = new Map<unknown, Observation>()
  for (const entry of cloud.kernel.journal.entries) {
    if (entry.sequence <= afterSequence || entry.kind !== 'call') continue
    for (const { key, observation } of observationsOf(entry)) {
      const before = found.get(key)
      found.set(key, before === undefined ? observation : { ...before, uses: before.uses + 1 })
    }
  }
  return [...found.values()]
}

interface Keyed {
  /** The same for the same question under the same policies. */
  readonly key: unknown
  readonly observation: Observation
}

function observationsOf(entry: JournalEntry): readonly Keyed[] {
  const { sequence, name, data } = entry
  const firstCall = { sequence, name }
  const judgements = judgementsOf(entry)
  if (judgements.length > 0) {
    return judgements.map(({ request, decision, policies, noted }) => ({
      key: noted,
      observation: {
        request,
        allowed: decision.allowed,
        uses: 1,
        firstCall,
        policies,
        ...(policies.resource === undefined
          ? {}
          : { resourceDocument: policies.resource.document }),
      },
    }))
  }
  // The request path writes both.
  const decisions = (data['decisions'] ?? []) as readonly NotedDecision[]
  const caller = data['caller'] as { readonly principal: Principal } | undefined
  if (caller === undefined) return []
  return decisions.map((noted) => ({
    key: `${JSON.stringify(caller.principal)} ${JSON.stringify(noted)}`,
    observation: {
      request: {
        principal: caller.principal,
        action: noted.action,
        resource: noted.resource,
        context: principalContext(caller.principal),
      },
      allowed: noted.allowed,
      uses: 1,
      firstCall,
      byResource: noted.decidedBy?.policy === 'resource',
    },
  }))
}
