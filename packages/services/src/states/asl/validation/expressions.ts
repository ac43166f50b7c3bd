import { isArray, isObject, type Json, type JsonObject } from '../json.ts'
import { compileJsonata, expressionOf, JsonataSyntaxError } from '../jsonata.ts'
import type { Findings } from './findings.ts'

/** Fields of a state that hold no expressions of its own. */
const withoutExpressions = new Set([
  ...['Type', 'Comment', 'QueryLanguage', 'Next', 'Resource', 'Retry', 'Result', 'Default'],
  ...['Branches', 'ItemProcessor', 'Iterator', 'Label'],
])

/** Every expression of a JSONata state is one. */
export function checkExpressions(state: JsonObject, at: string, findings: Findings): void {
  for (const [name, value] of Object.entries(state)) {
    if (!withoutExpressions.has(name)) checkValue(value, `${at}/${name}`, findings)
  }
}

function checkValue(value: Json, at: string, findings: Findings): void {
  if (isArray(value)) {
    for (const [index, item] of value.entries()) checkValue(item, `${at}[${index}]`, findings)
  } else if (isObject(value)) {
    for (const [name, member] of Object.entries(value))
      checkValue(member, `${at}/${name}`, findings)
  } else if (typeof value === 'string') checkText(value, at, findings)
}

function checkText(text: string, at: string, findings: Findings): void {
  const expression = expressionOf(text)
  if (expression === undefined) return
  try {
    const { expression: compiled } = compileJsonata(expression)
    const name = topLevelName(compiled.ast())
    if (name === undefined) return
    findings.add(
      'UNSUPPORTED_JSONATA_EXPRESSION',
      `Reference to '${name}' at the top level is not supported.`,
      at,
    )
  } catch (error) {
    if (!(error instanceof JsonataSyntaxError)) throw error
    findings.add('INVALID_JSONATA_EXPRESSION', error.message, at)
  }
}

interface Node {
  readonly type?: string
  readonly value?: unknown
  readonly steps?: readonly Node[]
}

/** An expression that begins with a name has nothing to find it in: there is no input document. */
function topLevelName(ast: Node): string | undefined {
  const first = ast.type === 'path' ? ast.steps?.[0] : ast
  return first?.type === 'name' ? String(first.value) : undefined
}
