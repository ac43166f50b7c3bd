import { choiceOperators } from '../choice.ts'
import { isArray, isObject, type Json, type JsonObject } from '../json.ts'
import type { Findings } from './findings.ts'
import { checkPath } from './paths.ts'

/** Deepest nesting of And, Or and Not. */
const depthMax = 64

/** The rules of a Choice state. */
export function checkChoices(
  state: JsonObject,
  at: string,
  findings: Findings,
  language: 'JSONPath' | 'JSONata',
): void {
  const { Choices } = state
  if (Choices === undefined) return
  if (!isArray(Choices) || Choices.length === 0) {
    findings.schema("The field 'Choices' must be an array with at least one item", `${at}/Choices`)
    return
  }
  for (const [index, rule] of Choices.entries()) {
    const where = `${at}/Choices[${index}]`
    if (!isObject(rule)) {
      findings.schema('Expected value of type Object', where)
      continue
    }
    const missing = ['Next', ...(language === 'JSONata' ? ['Condition'] : [])].filter(
      (name) => rule[name] === undefined,
    )
    if (missing.length > 0) {
      findings.schema(`These fields are required: [${missing.join(', ')}]`, where)
    }
    if (language === 'JSONPath') checkRule(rule, where, findings, 0)
  }
}

function checkRule(rule: JsonObject, at: string, findings: Findings, depth: number): void {
  if (depth > depthMax) {
    findings.add('TOO_DEEPLY_NESTED', 'The rule is too deeply nested', at)
    return
  }
  const { And, Or, Not, Variable } = rule
  for (const [name, parts] of Object.entries({ And, Or })) {
    if (parts !== undefined) checkParts(parts, `${at}/${name}`, findings, depth)
  }
  if (isObject(Not)) checkRule(Not, `${at}/Not`, findings, depth + 1)
  if (And !== undefined || Or !== undefined || Not !== undefined) return
  if (Variable === undefined) {
    findings.schema('These fields are required: [Variable]', at)
    return
  }
  checkPath(Variable, `${at}/Variable`, findings)
  const operators = Object.keys(rule).filter((name) => choiceOperators.has(name))
  if (operators.length !== 1) {
    findings.schema('Exactly one comparison operator is required', at)
  }
}

function checkParts(parts: Json, at: string, findings: Findings, depth: number): void {
  if (!isArray(parts) || parts.length === 0) {
    findings.schema('Expected value of type Array with at least one item', at)
    return
  }
  for (const [index, part] of parts.entries()) {
    if (isObject(part)) checkRule(part, `${at}[${index}]`, findings, depth + 1)
  }
}
