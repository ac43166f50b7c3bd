/**
 * Where a text stops being JSON, counted from 1, as CloudFormation reports it. The text is known to be
 * malformed or nested beyond reason; the scan keeps no value and no call stack. The column is the one after
 * the offending character. Recorded: test_validate_invalid_json_template_should_fail.
 */
export function jsonErrorPosition(text: string): { line: number; column: number } {
  const offset = errorOffset(text)
  const before = text.slice(0, offset)
  const line = before.split('\n').length
  return { line, column: offset - before.lastIndexOf('\n') + 1 }
}

const token =
  /[ \t\n\r]*(?:("(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)|([{}[\],:]))/uy

type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or end'

function errorOffset(text: string): number {
  const open: string[] = []
  let expected: Expected = 'value'
  let offset = 0
  for (;;) {
    token.lastIndex = offset
    const match = token.exec(text)
    const start =
      match === null ? offset + leadingSpace(text, offset) : token.lastIndex - lengthOf(match)
    if (match === null) return start
    const next = step(expected, kindOf(match), open)
    if (next === undefined) return start
    expected = next
    offset = token.lastIndex
    if (open.length === 0 && expected === ', or end') {
      const rest = offset + leadingSpace(text, offset)
      return rest
    }
  }
}

function leadingSpace(text: string, offset: number): number {
  return /^[ \t\n\r]*/.exec(text.slice(offset))?.[0].length ?? 0
}

function lengthOf(match: RegExpExecArray): number {
  return (match[1] ?? match[2] ?? match[3] ?? '').length
}

function kindOf(match: RegExpExecArray): string {
  if (match[1] !== undefined) return 'string'
  return match[2] !== undefined ? 'literal' : (match[3] ?? '')
}

/** What may come next, or undefined where this token may not stand here. */
function step(expected: Expected, kind: string, open: string[]): Expected | undefined {
  switch (expected) {
    case ':':
      return kind === ':' ? 'value' : undefined
    case 'key':
    case 'key or }':
      if (kind === 'string') return ':'
      return kind === '}' && expected === 'key or }' ? close(open) : undefined
    case 'value':
    case 'value or ]':
      if (kind === 'string' || kind === 'literal') return ', or end'
      if (kind === '{' || kind === '[') {
        open.push(kind)
        return kind === '{' ? 'key or }' : 'value or ]'
      }
      return kind === ']' && expected === 'value or ]' ? close(open) : undefined
    case ', or end': {
      const innermost = open.at(-1)
      if (kind === ',' && innermost !== undefined) return innermost === '{' ? 'key' : 'value'
      const closing = innermost === '{' ? '}' : ']'
      return innermost !== undefined && kind === closing ? close(open) : undefined
    }
  }
}

function close(open: string[]): Expected {
  open.pop()
  return ', or end'
}
