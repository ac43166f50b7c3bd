import { decide } from './decide.ts'
import type {
  AddStatement,
  Change,
  PolicyExplanation,
  PolicyType,
  Remedy,
  RemoveStatement,
} from './decision.ts'
import type { PolicyDocument, PrincipalElement, Statement } from './document.ts'
import type { AuthorizationRequest, PolicySet, Principal, SourcedPolicy } from './request.ts'
import { toList } from './statement.ts'

/**
 * Finds changes that allow the request: first every deny that applies is taken out, then an allow
 * for just this request is put wherever one is missing. Each step is decided anew, so the changes
 * are enough; there is at most one allow for each type and level.
 */
export function findRemedy(
  request: AuthorizationRequest,
  policies: PolicySet,
  explained: readonly PolicyExplanation[],
): Remedy {
  const changes: Change[] = []
  const made = new Set<string>()
  let changed = policies
  for (let outcome = decide(request, changed); !outcome.allowed; ) {
    const change =
      outcome.decidedBy !== undefined
        ? removal(outcome.decidedBy)
        : addition(request, changed, outcome.missing ?? 'identity')
    // A resource with characters that no pattern can hold would ask for the same change for ever.
    if (made.has(JSON.stringify(change))) break
    made.add(JSON.stringify(change))
    changes.push(change)
    changed = applyChange(changed, change)
    outcome = decide(request, changed)
  }
  const nearest = nearestAllow(explained, changes)
  return { changes, ...(nearest === undefined ? {} : { nearest }) }
}

function removal(statement: {
  readonly policy: PolicyType
  readonly source: string
  readonly sid?: string
  readonly statementIndex: number
}): RemoveStatement {
  const { policy, source, sid, statementIndex } = statement
  const named = sid === undefined ? {} : { sid }
  return { kind: 'remove-statement', policy, source, ...named, statementIndex }
}

function addition(
  request: AuthorizationRequest,
  policies: PolicySet,
  policy: PolicyType,
): AddStatement {
  const trust = request.resourcePolicyKind === 'trust'
  const onResource = policy === 'resource' || policy === 'resource-control'
  const version = policy === 'resource' ? resourceVersion(policies) : '2012-10-17'
  const statement: Statement = {
    Effect: 'Allow',
    ...(onResource ? { Principal: principalElement(request.principal) } : {}),
    Action: request.action,
    ...(policy === 'resource' && trust ? {} : { Resource: literal(request.resource, version) }),
  }
  if (policy !== 'service-control' && policy !== 'resource-control') {
    return { kind: 'add-statement', policy, statement }
  }
  return { kind: 'add-statement', policy, level: silentLevel(request, policies, policy), statement }
}

/** The first level whose policies, alone, don't allow. */
function silentLevel(
  request: AuthorizationRequest,
  { serviceControl = [], resourceControl = [] }: PolicySet,
  type: 'service-control' | 'resource-control',
): number {
  const alone =
    type === 'service-control'
      ? serviceControl.map((level) => decide(request, { identity: [], serviceControl: [level] }))
      : resourceControl.map((level) => decide(request, { identity: [], resourceControl: [level] }))
  return alone.findIndex(({ missing }) => missing === type)
}

/** An added statement is of the version of the document that it joins. */
function resourceVersion({ resource }: PolicySet): PolicyDocument['Version'] {
  return resource === undefined ? '2012-10-17' : resource.document.Version
}

/** An ARN as a pattern of itself: its wildcard characters taken literally where that can be said. */
function literal(resource: string, version: PolicyDocument['Version']): string {
  if (resource === '*' || version !== '2012-10-17') return resource
  return resource.replace(/[$*?]/g, (char) => `\${${char}}`)
}

function principalElement(principal: Principal): PrincipalElement {
  switch (principal.kind) {
    case 'service':
      return { Service: principal.service }
    case 'federated':
      return { Federated: principal.provider }
    case 'anonymous':
      return '*'
    case 'role-session':
      return { AWS: principal.roleArn }
    case 'root':
    case 'user':
    case 'federated-user':
      return { AWS: principal.arn }
  }
}

/** The policies with one change made. A removed statement stays in its place, without effect. */
export function applyChange(policies: PolicySet, change: Change): PolicySet {
  return change.kind === 'remove-statement'
    ? withoutStatement(policies, change)
    : withStatement(policies, change)
}

/** Keeps the position of the others: an action that no request has. */
const inert: Statement = { Effect: 'Deny', Action: [], Resource: [] }

function withoutStatement(policies: PolicySet, change: RemoveStatement): PolicySet {
  const strip = (policy: SourcedPolicy): SourcedPolicy => {
    if (policy.source !== change.source) return policy
    const statements = toList(policy.document.Statement).map((statement, i) =>
      i === change.statementIndex && statement.Effect === 'Deny' ? inert : statement,
    )
    return { ...policy, document: { ...policy.document, Statement: statements } }
  }
  const group = (policiesOfType: readonly SourcedPolicy[]) => policiesOfType.map(strip)
  const { identity, boundary, session, resource, serviceControl, resourceControl } = policies
  switch (change.policy) {
    case 'identity':
      return { ...policies, identity: group(identity) }
    case 'boundary':
      return { ...policies, boundary: group(boundary ?? []) }
    case 'session':
      return { ...policies, session: group(session ?? []) }
    case 'resource':
      return resource === undefined ? policies : { ...policies, resource: strip(resource) }
    case 'service-control':
      return { ...policies, serviceControl: (serviceControl ?? []).map(group) }
    case 'resource-control':
      return { ...policies, resourceControl: (resourceControl ?? []).map(group) }
  }
}

function withStatement(policies: PolicySet, change: AddStatement): PolicySet {
  const document: PolicyDocument = { Version: '2012-10-17', Statement: [change.statement] }
  const added: SourcedPolicy = { source: 'the added statement', document }
  const level = (levels: readonly (readonly SourcedPolicy[])[] = []) =>
    levels.map((group, i) => (i === change.level ? [...group, added] : group))
  switch (change.policy) {
    case 'identity':
      return { ...policies, identity: [...policies.identity, added] }
    case 'boundary':
      return { ...policies, boundary: [...(policies.boundary ?? []), added] }
    case 'session':
      return { ...policies, session: [...(policies.session ?? []), added] }
    case 'resource': {
      const before = policies.resource
      if (before === undefined) return { ...policies, resource: added }
      const statements = [...toList(before.document.Statement), change.statement]
      const merged = { ...before.document, Statement: statements }
      return { ...policies, resource: { ...before, document: merged } }
    }
    case 'service-control':
      return { ...policies, serviceControl: level(policies.serviceControl) }
    case 'resource-control':
      return { ...policies, resourceControl: level(policies.resourceControl) }
  }
}

const closeness: readonly (string | undefined)[] = ['Condition', 'Resource', 'Action', 'Principal']

/** The allow, in a policy of a type that lacks one, that fails at the latest element. */
function nearestAllow(
  explained: readonly PolicyExplanation[],
  changes: readonly Change[],
): string | undefined {
  const lacking = new Set(changes.flatMap((c) => (c.kind === 'add-statement' ? [c.policy] : [])))
  const candidates = explained
    .filter(({ policy }) => lacking.has(policy))
    .flatMap(({ source, statements }) =>
      statements
        .filter(({ effect, matched }) => effect === 'Allow' && !matched)
        .map((statement) => ({ source, statement, rank: closeness.indexOf(statement.failed) })),
    )
    .filter(({ rank }) => rank === 0 || rank === 1)
    .sort((a, b) => a.rank - b.rank)
  const [first] = candidates
  if (first === undefined) return undefined
  const { statementIndex, sid, why } = first.statement
  const name = sid === undefined || sid === '' ? '' : ` "${sid}"`
  return `statement ${statementIndex + 1}${name} of ${first.source} would allow it, but ${why}`
}
