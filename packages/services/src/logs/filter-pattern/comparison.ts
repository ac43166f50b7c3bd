import type { BoundedPattern } from '../../shared/bounded-pattern.ts'
import { invalidPattern } from '../errors.ts'
import { compileRegex } from './regex.ts'
import { unescaped } from './terms.ts'

export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>='

/** What a field or property is compared with. */
export type Operand =
  | { readonly kind: 'text'; readonly text: string; readonly quoted: boolean }
  | { readonly kind: 'regex'; readonly regex: BoundedPattern }

/** An operand as it is written: `"text"`, `%regex%`, or a bare word. */
export function operandOf(written: string): Operand {
  if (written.startsWith('%')) return { kind: 'regex', regex: compileRegex(written) }
  if (written.startsWith('"')) {
    if (written.length < 2 || !written.endsWith('"')) throw invalidPattern()
    return { kind: 'text', text: unescaped(written.slice(1, -1)), quoted: true }
  }
  if (written === '') throw invalidPattern()
  return { kind: 'text', text: written, quoted: false }
}

const number = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i

/** A test of a value's text. A number without quotes is compared by size with what is a number too. */
export function compileComparison(
  operator: Operator,
  operand: Operand,
): (value: string) => boolean {
  if (operator === '=' || operator === '!=') {
    const equals = compileEquality(operand)
    return operator === '=' ? equals : (value) => !equals(value)
  }
  if (operand.kind === 'regex' || !number.test(operand.text)) throw invalidPattern()
  const limit = Number(operand.text)
  const compare = orders[operator]
  return (value) => number.test(value) && compare(Number(value), limit)
}

const orders: Readonly<Record<'<' | '<=' | '>' | '>=', (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
}

function compileEquality(operand: Operand): (value: string) => boolean {
  if (operand.kind === 'regex') return (value) => operand.regex.test(value)
  const { text, quoted } = operand
  if (!quoted && number.test(text)) {
    const expected = Number(text)
    return (value) => (number.test(value) ? Number(value) === expected : false)
  }
  return compileWildcard(text)
}

/** `*` at the start or the end stands for any text; inside it stands for itself. */
function compileWildcard(text: string): (value: string) => boolean {
  if (text === '*' || text === '**') return () => true
  const open = text.startsWith('*')
  const close = text.endsWith('*')
  const core = text.slice(open ? 1 : 0, close ? -1 : undefined)
  if (open && close) return (value) => value.includes(core)
  if (open) return (value) => value.endsWith(core)
  if (close) return (value) => value.startsWith(core)
  return (value) => value === core
}
