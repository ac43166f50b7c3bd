import { type CompiledCondition, meets } from './condition.ts'
import { ContextReader } from './context.ts'
import { usedContextKeys } from './context-keys.ts'
import type { Outcome } from './decide.ts'
import type {
  ConditionExplanation,
  Explanation,
  PolicyExplanation,
  PolicyType,
  StatementElement,
  StatementExplanation,
} from './decision.ts'
import { policyTypeName } from './denial-message.ts'
import { accountOf, isRootOrItsSession, nameOf } from './principal.ts'
import { findRemedy } from './remedy.ts'
import type { AuthorizationRequest, PolicySet, SourcedPolicy } from './request.ts'
import {
  type CompiledStatement,
  compile,
  type Facts,
  isMiss,
  judge,
  toList,
  type Verdict,
} from './statement.ts'
import { showFilled } from './variable.ts'

/** Judges everything again, keeping what each statement and condition saw. */
export function explainOutcome(
  request: AuthorizationRequest,
  policies: PolicySet,
  outcome: Outcome,
): Explanation {
  const context = new ContextReader(request)
  const facts: Facts = {
    principal: request.principal,
    lowerCaseAction: request.action.toLowerCase(),
    resource: request.resource,
    context,
  }
  const sourced = allPolicies(policies)
  const explained = sourced.map(({ type, policy }): PolicyExplanation => {
    const statements = compile(policy.document).map((statement) =>
      explainStatement(statement, facts, request.action, type === 'resource'),
    )
    return { policy: type, source: policy.source, statements }
  })
  const account = accountOf(request.principal)
  const remedy = outcome.allowed ? undefined : findRemedy(request, policies, explained)
  return {
    principal: request.principal,
    action: request.action,
    resource: request.resource,
    crossAccount:
      account !== undefined &&
      request.resourceAccountId !== undefined &&
      request.resourceAccountId !== account,
    contextKeys: keysInUse(
      sourced.map(({ policy }) => policy),
      context,
    ),
    policies: explained,
    outcome: outcomeText(request, outcome),
    ...(remedy === undefined ? {} : { remedy }),
  }
}

interface TypedPolicy {
  readonly type: PolicyType
  readonly policy: SourcedPolicy
}

function allPolicies(policies: PolicySet): readonly TypedPolicy[] {
  const typed = (type: PolicyType, group: readonly SourcedPolicy[] = []) =>
    group.map((policy): TypedPolicy => ({ type, policy }))
  return [
    ...typed('service-control', policies.serviceControl?.flat()),
    ...typed('resource-control', policies.resourceControl?.flat()),
    ...typed('resource', policies.resource === undefined ? [] : [policies.resource]),
    ...typed('identity', policies.identity),
    ...typed('boundary', policies.boundary),
    ...typed('session', policies.session),
  ]
}

function keysInUse(
  policies: readonly SourcedPolicy[],
  context: ContextReader,
): Explanation['contextKeys'] {
  const keys = policies.flatMap(({ document }) => usedContextKeys(document))
  const entries = [...new Set(keys)].map((key) => {
    const values = context.values(key)
    return [key, values === undefined ? null : values.length === 1 ? values[0] : values] as const
  })
  return Object.fromEntries(entries) as Explanation['contextKeys'] // A list of one is unwrapped.
}

function explainStatement(
  statement: CompiledStatement,
  facts: Facts,
  action: string,
  onResource: boolean,
): StatementExplanation {
  const verdict = judge(statement, facts, onResource)
  const missed = isMiss(verdict) ? verdict : undefined
  // Conditions are only looked at once everything else fits.
  const reached = missed === undefined || missed === 'Condition'
  return {
    statementIndex: statement.index,
    ...(statement.sid === undefined ? {} : { sid: statement.sid }),
    effect: statement.effect,
    matched: missed === undefined,
    ...(missed === undefined ? {} : { failed: missed }),
    why: whyText(statement, verdict, facts, action),
    conditions: reached
      ? statement.conditions.map((condition) => explainCondition(condition, facts.context))
      : [],
  }
}

function explainCondition(
  condition: CompiledCondition,
  context: ContextReader,
): ConditionExplanation {
  return {
    operator: condition.operator,
    key: condition.key,
    policyValues: condition.values.map(({ template }) => showFilled(template, context.single)),
    requestValues: context.values(condition.key) ?? null,
    met: meets(condition, context),
  }
}

function whyText(
  statement: CompiledStatement,
  verdict: Verdict,
  facts: Facts,
  action: string,
): string {
  if (!isMiss(verdict)) return matchText(statement, verdict, facts)
  const written = statement.written
  switch (verdict) {
    case 'Principal':
      return written.Principal === undefined
        ? 'it names no Principal'
        : `its Principal ${JSON.stringify(written.Principal)} does not name ${nameOf(facts.principal)}`
    case 'NotPrincipal':
      return `its NotPrincipal leaves out ${nameOf(facts.principal)}`
    case 'Action':
      return `its Action ${list(written.Action)} does not cover ${action}`
    case 'NotAction':
      return `its NotAction ${list(written.NotAction)} leaves out ${action}`
    case 'Resource':
      return `its Resource ${shownResources(statement, facts)} does not cover ${facts.resource}`
    case 'NotResource':
      return `its NotResource ${shownResources(statement, facts)} leaves out ${facts.resource}`
    case 'Condition': {
      const failed = statement.conditions
        .filter((condition) => !meets(condition, facts.context))
        .map((condition) => conditionText(explainCondition(condition, facts.context)))
      return `a condition is not met: ${failed.join('; ')}`
    }
  }
}

function matchText(
  statement: CompiledStatement,
  grant: Exclude<Verdict, StatementElement>,
  facts: Facts,
): string {
  if (statement.effect === 'Deny' || grant === 'direct') return 'all its elements fit'
  return grant === 'role'
    ? `all its elements fit; it names what stands behind ${nameOf(facts.principal)}`
    : 'all its elements fit; it trusts the account, so an identity-based policy must allow as well'
}

function shownResources({ resources }: CompiledStatement, { context }: Facts): string {
  return list(resources?.names.map(({ template }) => showFilled(template, context.single)))
}

function list(values: string | readonly string[] | undefined): string {
  return toList(values)
    .map((value) => `"${value}"`)
    .join(', ')
}

/** `aws:SourceIp IpAddress "10.0.0.0/8", but the request has "192.0.2.1"` */
export function conditionText({
  operator,
  key,
  policyValues,
  requestValues,
  met,
}: ConditionExplanation): string {
  const given = requestValues === null ? 'no such key' : list(requestValues)
  return `${key} ${operator} ${list(policyValues) || 'nothing'}, ${met ? 'and' : 'but'} the request has ${given}`
}

function outcomeText(request: AuthorizationRequest, outcome: Outcome): string {
  const { decidedBy, missing, reason } = outcome
  const where = decidedBy && `${statementName(decidedBy)} of ${decidedBy.source}`
  if (reason === 'explicit-deny') return `denied by ${where}`
  if (reason === 'implicit-deny') {
    return missing === undefined
      ? 'denied, because nothing allows it'
      : `denied, because no ${policyTypeName(missing)} allows it`
  }
  if (where !== undefined) return `allowed by ${where}`
  return isRootOrItsSession(request.principal)
    ? 'allowed, because the root user may do everything in its account'
    : 'allowed'
}

/** `statement 2 "AllowRead"`, counted from 1 as people do. */
export function statementName({
  sid,
  statementIndex,
}: {
  readonly sid?: string
  readonly statementIndex: number
}): string {
  return `statement ${statementIndex + 1}${sid === undefined || sid === '' ? '' : ` "${sid}"`}`
}
