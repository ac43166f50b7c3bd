import type { PolicyDocument } from './document.ts'
import { isCondition } from './identity-grammar.ts'
import { isObject, type Json, type JsonObject, readStrings } from './json.ts'
import { matchesAction } from './pattern.ts'
import { PolicyError } from './policy-error.ts'

/** Where services that keep resource policies differ. */
export interface ResourceGrammar {
  /** True where each statement must name resources, as in a bucket's policy. */
  readonly requireResource?: boolean
}

const trustActions = [
  'sts:AssumeRole',
  'sts:AssumeRoleWithSAML',
  'sts:AssumeRoleWithWebIdentity',
  'sts:SetContext',
  'sts:SetSourceIdentity',
  'sts:TagSession',
]

/**
 * The grammar of policies attached to resources, roles' trust policies among them.
 * Source: IAM's answers to CreateRole. Recorded: S3, PutBucketPolicy, February 2026.
 * Deviation: refusals read as IAM's and S3's; other services have words of their own.
 */
export function checkResourcePolicy(
  json: Json,
  kind: 'resource' | 'trust',
  grammar: ResourceGrammar,
): PolicyDocument {
  if (!isObject(json)) throw syntaxError()
  refuseUnknown(json, ['Version', 'Id', 'Statement'])
  const { Version, Id, Statement } = json
  if (Version !== undefined && Version !== '2012-10-17' && Version !== '2008-10-17') {
    throw new PolicyError('version', 'The policy must contain a valid version string')
  }
  if (Id !== undefined && typeof Id !== 'string') throw syntaxError()
  if (Statement === undefined) throw missing('Statement')
  const statements = Array.isArray(Statement) ? Statement : [Statement]
  if (statements.length === 0) {
    throw new PolicyError('element', 'Could not parse the policy: Statement is empty!')
  }
  for (const statement of statements) checkStatement(statement, kind, grammar)
  checkSids(statements)
  return json as unknown as PolicyDocument // Its shape has just been checked.
}

const syntaxError = () => new PolicyError('syntax', 'Syntax error in policy.')
const missing = (field: string) => new PolicyError('element', `Missing required field ${field}`)

function refuseUnknown(object: JsonObject, known: readonly string[]): void {
  const unknown = Object.keys(object).find((key) => !known.includes(key))
  if (unknown !== undefined) throw new PolicyError('syntax', `Unknown field ${unknown}`)
}

const statementFields = [
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]

function checkStatement(statement: Json, kind: 'resource' | 'trust', grammar: ResourceGrammar) {
  if (!isObject(statement)) throw syntaxError()
  refuseUnknown(statement, statementFields)
  const { Sid, Effect, Condition } = statement
  if (Sid !== undefined && typeof Sid !== 'string') throw syntaxError()
  if (Effect === undefined) throw missing('Effect')
  if (Effect !== 'Allow' && Effect !== 'Deny') {
    throw new PolicyError('value', `Invalid effect: ${String(Effect)}`)
  }
  checkPrincipal(statement, kind)
  if (Condition !== undefined && !isCondition(Condition)) throw syntaxError()
  checkActions(statement, kind)
  checkResources(statement, kind, grammar)
}

const principalKinds = ['AWS', 'Service', 'Federated', 'CanonicalUser']

function checkPrincipal(statement: JsonObject, kind: 'resource' | 'trust'): void {
  const { Effect, Principal, NotPrincipal } = statement
  if (Principal !== undefined && NotPrincipal !== undefined) throw syntaxError()
  if (NotPrincipal !== undefined && kind === 'trust' && Effect === 'Allow') {
    throw new PolicyError('element', 'Allow with NotPrincipal is not allowed.')
  }
  const principal = Principal ?? NotPrincipal
  if (principal === undefined) throw missing('Principal')
  if (principal === '*') {
    if (kind === 'resource') return
    throw new PolicyError('value', 'AssumeRolepolicy contained an invalid principal: "STAR":"*".')
  }
  if (!isObject(principal)) throw new PolicyError('value', 'Invalid principal in policy')
  const entries = Object.entries(principal)
  if (entries.length === 0) {
    throw new PolicyError('element', 'Missing required field Principal cannot be empty!')
  }
  for (const [type, value] of entries) checkPrincipals(type, readStrings(value), kind)
}

function checkPrincipals(
  type: string,
  names: readonly string[] | undefined,
  kind: 'resource' | 'trust',
): void {
  const known = principalKinds.includes(type) && !(kind === 'trust' && type === 'CanonicalUser')
  if (!known || names === undefined || names.length === 0) {
    throw new PolicyError('value', 'Invalid principal in policy')
  }
  for (const name of names) {
    const wild = name.includes('*') && name !== '*'
    if (type === 'AWS' && (wild || !awsPrincipal.test(name))) {
      throw new PolicyError('value', `Invalid principal in policy: "${type}":"${name}"`)
    }
  }
}

/** Everyone, an account, an entity's ARN, or a unique id. */
const awsPrincipal = /^(\*|\d{12}|arn:[^:]+:(iam|sts)::(\d{12}|cloudfront):.+|A[A-Z0-9]{15,127})$/

function checkActions(statement: JsonObject, kind: 'resource' | 'trust'): void {
  const { Action, NotAction } = statement
  if (Action !== undefined && NotAction !== undefined) throw syntaxError()
  if (Action === undefined && NotAction === undefined) throw missing('Action')
  const actions = readStrings(Action ?? NotAction)
  if (actions === undefined) throw syntaxError()
  if (actions.length === 0) throw missing('Action')
  if (kind === 'resource') return
  for (const action of actions) {
    const isTrust = trustActions.some((known) => matchesAction(action, known))
    if (!action.toLowerCase().startsWith('sts:') || !isTrust) {
      throw new PolicyError('value', 'AssumeRole policy may only specify STS AssumeRole actions.')
    }
  }
}

function checkResources(
  statement: JsonObject,
  kind: 'resource' | 'trust',
  { requireResource = false }: ResourceGrammar,
): void {
  const { Resource, NotResource } = statement
  if (kind === 'trust' && Resource !== undefined) {
    throw new PolicyError('element', 'Has prohibited field Resource')
  }
  if (kind === 'trust' && NotResource !== undefined) {
    throw new PolicyError('element', 'AssumeRole policy must not contain resources.')
  }
  if (Resource !== undefined && NotResource !== undefined) throw syntaxError()
  const written = Resource ?? NotResource
  if (written === undefined) {
    if (requireResource) throw missing('Resource')
    return
  }
  const resources = readStrings(written)
  if (resources === undefined) throw syntaxError()
  if (resources.length === 0) throw missing('Resource')
}

function checkSids(statements: readonly Json[]): void {
  const sids = statements.flatMap((s) => (isObject(s) && s['Sid'] ? [s['Sid']] : []))
  if (new Set(sids).size < sids.length) {
    throw new PolicyError('value', 'The Statement Ids in the policy are not unique')
  }
}
