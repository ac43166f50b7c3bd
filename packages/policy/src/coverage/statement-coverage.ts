import { type CompiledCondition, meets } from '../condition.ts'
import type { ConditionElement, Statement } from '../document.ts'
import { leastPolicy } from '../least/least-policy.ts'
import type { GeneralisingOptions } from '../least/resource-pattern.ts'
import { type CompiledStatement, compile, isMiss, judge, toList } from '../statement.ts'
import {
  actionCoverage,
  type CoverageState,
  type ElementCoverage,
  factsOf,
  needOf,
  principalCoverage,
  resourceCoverage,
  usesOf,
} from './element-coverage.ts'
import { type AskedRequest, bearsOn, type CallName, type HeldPolicy } from './held-policy.ts'

export interface StatementCoverage {
  readonly policy: HeldPolicy['type']
  readonly owner: string
  readonly source: string
  readonly statementIndex: number
  readonly sid?: string
  readonly effect: 'Allow' | 'Deny'
  readonly state: CoverageState
  /** Requests that it allowed or, for a deny, refused. */
  readonly uses: number
  readonly firstCall?: CallName
  readonly actions: readonly ElementCoverage[]
  readonly resources: readonly ElementCoverage[]
  readonly principals: readonly ElementCoverage[]
  readonly conditions: readonly ConditionCoverage[]
  /** True: all that it allowed was allowed by another statement of the same owner as well. */
  readonly redundant: boolean
  /** For `wider`: what would have done, with the statement's own condition and principal. */
  readonly narrower?: readonly Statement[]
}

export interface ConditionCoverage {
  readonly operator: string
  readonly key: string
  readonly values: readonly string[]
  /** Requests that came as far as the conditions and met this one, or did not. */
  readonly met: number
  readonly failed: number
}

/** What of the policies that are there a run made use of, statement by statement, in the order given. */
export function coverPolicies(
  held: readonly HeldPolicy[],
  asked: readonly AskedRequest[],
  options: GeneralisingOptions = {},
): readonly StatementCoverage[] {
  const judged = held.map((policy) => {
    const bearing = asked.filter((request) => bearsOn(policy, request))
    return compile(policy.document).map((statement) => hitsOf(policy, statement, bearing))
  })
  return held.flatMap((policy, i) =>
    (judged[i] ?? []).map((hits, j) => {
      const others = held.flatMap((other, k) =>
        other.owner === policy.owner && other.type === policy.type
          ? (judged[k] ?? []).filter((_, l) => k !== i || l !== j)
          : [],
      )
      return coverageOf(policy, hits, others, options)
    }),
  )
}

/** A statement and the requests that it applied to. */
interface Hits {
  readonly statement: CompiledStatement
  readonly requests: readonly AskedRequest[]
  readonly conditions: readonly ConditionCoverage[]
  /** It only trusts the account, whose own policies decide. */
  readonly delegates: boolean
}

function hitsOf(
  policy: HeldPolicy,
  statement: CompiledStatement,
  bearing: readonly AskedRequest[],
): Hits {
  const onResource = policy.type === 'resource' || policy.type === 'trust'
  const requests: AskedRequest[] = []
  const counts = statement.conditions.map(() => ({ met: 0, failed: 0 }))
  let delegates = true
  for (const asked of bearing) {
    const facts = factsOf(asked)
    const verdict = judge(statement, facts, onResource)
    if (!isMiss(verdict) || verdict === 'Condition') {
      for (const [i, condition] of statement.conditions.entries()) {
        const count = counts[i]
        if (count !== undefined)
          count[meets(condition, facts.context) ? 'met' : 'failed'] += asked.uses
      }
    }
    if (isMiss(verdict) || (statement.effect === 'Allow') !== asked.allowed) continue
    requests.push(asked)
    if (verdict !== 'account') delegates = false
  }
  const conditions = statement.conditions.map((condition, i) => ({
    ...writtenCondition(condition),
    ...(counts[i] ?? { met: 0, failed: 0 }),
  }))
  return { statement, requests, conditions, delegates: delegates && requests.length > 0 }
}

function writtenCondition({ operator, key, values }: CompiledCondition) {
  return { operator, key, values: values.map(({ template }) => template.text) }
}

function coverageOf(
  policy: HeldPolicy,
  { statement, requests, conditions, delegates }: Hits,
  others: readonly Hits[],
  options: GeneralisingOptions,
): StatementCoverage {
  const { written, effect, sid, index } = statement
  const allow = effect === 'Allow'
  const actions = toList(written.Action).map((text) => actionCoverage(text, requests, allow))
  // A resource's own policy is tied to its resource, whatever it names.
  const resources = toList(written.Resource).map((text) =>
    resourceCoverage(text, policy.document, requests, allow && policy.type === 'identity', options),
  )
  const principals = principalCoverage(written, requests, allow && !delegates)
  const elements = [...actions, ...resources, ...principals]
  const inverted = written.NotAction !== undefined || written.NotResource !== undefined
  const open = passesToAnyone(written, requests)
  const wide = (allow && (inverted || open)) || elements.some(({ state }) => state !== 'used')
  const state = requests.length === 0 ? 'unused' : allow && wide ? 'wider' : 'used'
  const [first] = requests.toSorted((a, b) => a.firstCall.sequence - b.firstCall.sequence)
  const narrower = state === 'wider' ? narrowed(written, policy, requests, options) : undefined
  return {
    policy: policy.type,
    owner: policy.owner,
    source: policy.source,
    statementIndex: index,
    ...(sid === undefined ? {} : { sid }),
    effect,
    state,
    uses: usesOf(requests),
    ...(first === undefined ? {} : { firstCall: first.firstCall }),
    actions,
    resources,
    principals,
    conditions,
    redundant:
      allow &&
      requests.length > 0 &&
      requests.every((asked) =>
        others.some((other) => isAllow(other) && other.requests.includes(asked)),
      ),
    ...(narrower === undefined ? {} : { narrower }),
  }
}

function isAllow({ statement }: Hits): boolean {
  return statement.effect === 'Allow'
}

/** `iam:PassRole` without a word on the service lets the role be given to any of them. */
function passesToAnyone({ Condition }: Statement, requests: readonly AskedRequest[]): boolean {
  const passes = requests.some(({ request }) => request.action.toLowerCase() === 'iam:passrole')
  return passes && !/"iam:PassedToService"/i.test(JSON.stringify(Condition ?? {}))
}

function narrowed(
  written: Statement,
  { type }: HeldPolicy,
  requests: readonly AskedRequest[],
  options: GeneralisingOptions,
): readonly Statement[] {
  const patterns = toList(written.Resource)
  const least = leastPolicy(
    requests.map((asked) => needOf(asked, patterns)),
    options,
  )
  const { Sid, Principal } = written
  return least.document.Statement.map((statement, i): Statement => {
    const condition = mergedConditions(written.Condition, statement.Condition)
    const { Effect, Action, Resource } = statement
    return {
      ...(Sid === undefined ? {} : { Sid: i === 0 ? Sid : `${Sid}${i + 1}` }),
      Effect,
      ...(Principal === undefined ? {} : { Principal }),
      ...(Action === undefined ? {} : { Action }),
      ...(type === 'trust' || Resource === undefined ? {} : { Resource }),
      ...(condition === undefined ? {} : { Condition: condition }),
    }
  })
}

/** What the statement already asks for stays as it is. */
function mergedConditions(
  own: ConditionElement | undefined,
  added: ConditionElement | undefined,
): ConditionElement | undefined {
  if (own === undefined || added === undefined) return own ?? added
  const merged: Record<string, ConditionElement[string]> = { ...added }
  for (const [operator, keys] of Object.entries(own)) {
    merged[operator] = { ...merged[operator], ...keys }
  }
  return merged
}
