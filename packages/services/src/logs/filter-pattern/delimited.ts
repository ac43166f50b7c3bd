import { invalidPattern } from '../errors.ts'
import { regexesMax } from '../limits.ts'
import { compileComparison, type Operator, operandOf } from './comparison.ts'
import type { Match } from './compilation.ts'

type Values = Readonly<Record<string, string>>

interface Column {
  /** Empty: the field is named by its number. */
  readonly name: string
  readonly test: ((values: Values) => boolean) | undefined
}

/** `[ip, ..., status_code = 4* && status_code != 403, bytes]`: one column a field of the line. */
export function compileDelimited(text: string): Match {
  if (!text.endsWith(']')) throw invalidPattern()
  const written = split(text.slice(1, -1), ',').map((it) => it.trim())
  if ((text.match(/%[^%]*%/g) ?? []).length > regexesMax) throw invalidPattern()
  const gap = written.findIndex(isEllipsis)
  if (gap !== written.findLastIndex(isEllipsis)) throw invalidPattern()
  const columns = written.map((it) => (isEllipsis(it) ? undefined : columnOf(it)))
  return (message) => {
    const values = assigned(columns, gap, fieldsOf(message))
    if (values === undefined) return undefined
    return columns.every((column) => column?.test?.(values) ?? true) ? values : undefined
  }
}

/** Values by `$name`, or by `$number` where a column has no name; undefined where the count is wrong. */
function assigned(
  columns: readonly (Column | undefined)[],
  gap: number,
  fields: readonly string[],
): Values | undefined {
  const spare = fields.length - columns.length
  if (gap === -1 ? spare !== 0 : spare < -1) return undefined
  const names = columns.flatMap((column, index): string[] =>
    index === gap ? Array.from({ length: spare + 1 }, () => '') : [column?.name ?? ''],
  )
  return Object.fromEntries(
    fields.map((field, index) => [`$${names[index] === '' ? index + 1 : names[index]}`, field]),
  )
}

/** Fields of a line: what stands in quotes or square brackets is one. */
function fieldsOf(message: string): string[] {
  const form = /"((?:[^"\\]|\\.)*)"|\[([^\]]*)\]|(\S+)/g
  return [...message.matchAll(form)].map(
    ([, quoted, bracketed, word]) => quoted ?? bracketed ?? word ?? '',
  )
}

function columnOf(written: string): Column {
  const name = /^[\p{L}\p{N}_-]*/u.exec(written)?.[0] ?? ''
  if (written.length === name.length) return { name, test: undefined }
  const alternatives = split(written, '||').map((part) => split(part, '&&').map(conditionOf))
  return {
    name,
    test: (values) => alternatives.some((all) => all.every((condition) => condition(values))),
  }
}

const condition = /^\s*([\p{L}\p{N}_-]+)\s*(!=|<=|>=|=|<|>)\s*(.*?)\s*$/su

function conditionOf(written: string): (values: Values) => boolean {
  const match = condition.exec(written)
  if (match === null) throw invalidPattern()
  const [, name = '', operator = '', operand = ''] = match
  // The operators of the form are these six.
  const compare = compileComparison(operator as Operator, operandOf(operand))
  return (values) => {
    const value = values[`$${name}`]
    return value !== undefined && compare(value)
  }
}

/** Parts between separators that stand neither in quotes nor in a regular expression. */
function split(text: string, separator: string): string[] {
  const parts: string[] = []
  let part = ''
  for (const piece of text.match(/"(?:[^"\\]|\\.)*"|%[^%]*%|&&|\|\||[\s\S]/g) ?? []) {
    if (piece === separator) {
      parts.push(part)
      part = ''
    } else part += piece
  }
  return [...parts, part]
}

function isEllipsis(written: string): boolean {
  return written === '...' || written === '…'
}
