import { readOperator } from './condition.ts'
import { readDate } from './condition-value.ts'
import type { PolicyDocument } from './document.ts'
import { isObject, type Json, type JsonObject, readStrings } from './json.ts'
import { PolicyError } from './policy-error.ts'
import { checkResourceArns } from './resource-arn.ts'

/**
 * The grammar of policies attached to identities, in the order in which IAM was seen to check it:
 * shape, version, values of dates and effects, unique Sids, actions present, resources present,
 * resources' form, actions' form.
 * Source: IAM's answers to CreatePolicy; IAM User Guide, "Grammar of the IAM JSON policy language".
 */
export function checkIdentityPolicy(json: Json, mustBeCurrent: boolean): PolicyDocument {
  const statements = checkShape(json)
  if (mustBeCurrent && (json as JsonObject)['Version'] !== '2012-10-17') {
    throw new PolicyError('version', 'Policy document must be version 2012-10-17 or greater.')
  }
  if (statements.some((s) => 'Principal' in s || 'NotPrincipal' in s)) {
    throw new PolicyError('element', 'Policy document should not specify a principal.')
  }
  checkLegacyValues(statements)
  const deferred = checkResourceArns(statements.flatMap((s) => [...resourcesOf(s)]))
  checkSids(statements)
  for (const statement of statements) {
    if (actionsOf(statement).length === 0) {
      throw new PolicyError('element', 'Policy statement must contain actions.')
    }
  }
  for (const statement of statements) {
    if (resourcesOf(statement).length === 0) {
      throw new PolicyError('element', 'Policy statement must contain resources.')
    }
  }
  if (deferred !== undefined) throw deferred
  checkActions(statements.flatMap((s) => [...actionsOf(s)]))
  return json as unknown as PolicyDocument // Its shape has just been checked.
}

const syntaxErrors = () => new PolicyError('syntax', 'Syntax errors in policy.')

const documentKeys = new Set(['Version', 'Id', 'Statement'])
const statementKeys = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
])

function checkShape(json: Json): readonly JsonObject[] {
  if (!isObject(json) || Object.keys(json).some((key) => !documentKeys.has(key))) {
    throw syntaxErrors()
  }
  const { Version, Id, Statement } = json
  if (Version !== undefined && Version !== '2012-10-17' && Version !== '2008-10-17') {
    throw syntaxErrors()
  }
  if (Id !== undefined && typeof Id !== 'string') throw syntaxErrors()
  const statements = Array.isArray(Statement) ? Statement : [Statement]
  if (statements.length === 0) throw syntaxErrors()
  for (const statement of statements) {
    if (!isStatement(statement)) throw syntaxErrors()
  }
  return statements
}

function isStatement(statement: Json | undefined): statement is JsonObject {
  if (!isObject(statement)) return false
  if (Object.keys(statement).some((key) => !statementKeys.has(key))) return false
  const { Sid, Effect, Condition } = statement
  if (Sid !== undefined && typeof Sid !== 'string') return false
  if (typeof Effect !== 'string' || !/^(allow|deny)$/i.test(Effect)) return false
  const both = (a: string, b: string) => a in statement && b in statement
  if (both('Action', 'NotAction') || both('Resource', 'NotResource')) return false
  if (both('Principal', 'NotPrincipal')) return false
  const lists = ['Action', 'NotAction', 'Resource', 'NotResource']
  if (lists.some((key) => key in statement && readStrings(statement[key]) === undefined)) {
    return false
  }
  return Condition === undefined || isCondition(Condition)
}

/** An operator that AWS does not know is let through only while it compares nothing. */
export function isCondition(condition: Json): condition is JsonObject {
  if (!isObject(condition)) return false
  return Object.entries(condition).every(([operator, keys]) => {
    if (!isObject(keys)) return false
    const values = Object.values(keys)
    return values.every(isConditionValue) && (values.length === 0 || readOperator(operator))
  })
}

function isConditionValue(value: Json): boolean {
  const values = Array.isArray(value) ? value : [value]
  return values.every((v) => ['string', 'number', 'boolean'].includes(typeof v))
}

function actionsOf(statement: JsonObject): readonly string[] {
  return readStrings(statement['Action'] ?? statement['NotAction']) ?? []
}

function resourcesOf(statement: JsonObject): readonly string[] {
  return readStrings(statement['Resource'] ?? statement['NotResource']) ?? []
}

/** An effect in the wrong letter case, or a date that is none. */
function checkLegacyValues(statements: readonly JsonObject[]): void {
  for (const { Effect, Condition } of statements) {
    const wrongCase = Effect !== 'Allow' && Effect !== 'Deny'
    if (wrongCase || hasWrongDate(Condition)) {
      throw new PolicyError('value', 'The policy failed legacy parsing')
    }
  }
}

function hasWrongDate(condition: Json | undefined): boolean {
  if (!isObject(condition)) return false
  return Object.entries(condition).some(([operator, keys]) => {
    const isDate = readOperator(operator)?.base.startsWith('Date') === true && isObject(keys)
    if (!isDate) return false
    const values = Object.values(keys).flatMap((value) => (Array.isArray(value) ? value : [value]))
    return values.some((value) => readDate(String(value)) === undefined)
  })
}

function checkSids(statements: readonly JsonObject[]): void {
  const sids = statements.map(({ Sid }) => Sid).filter((sid) => sid !== undefined && sid !== '')
  if (new Set(sids).size < sids.length) {
    throw new PolicyError('value', 'Statement IDs (SID) in a single policy must be unique.')
  }
  if (sids.some((sid) => !/^[0-9A-Za-z]*$/.test(String(sid)))) {
    throw new PolicyError(
      'value',
      'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*',
    )
  }
}

function checkActions(actions: readonly string[]): void {
  for (const action of actions) {
    const [vendor = '', ...rest] = action.split(':')
    if (action === '*') continue
    if (rest.length === 0) {
      throw new PolicyError(
        'value',
        'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.',
      )
    }
    if (rest.length > 1) {
      throw new PolicyError('value', 'Actions/Condition can contain only one colon.')
    }
    if (!/^[a-zA-Z0-9.-]+$/.test(vendor)) {
      throw new PolicyError('value', `Vendor ${vendor} is not valid`)
    }
  }
}
