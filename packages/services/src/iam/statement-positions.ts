/** A place in a policy's text, both from 1. */
export interface Place {
  readonly Line: number
  readonly Column: number
}

export interface StatementSpan {
  readonly StartPosition: Place
  readonly EndPosition: Place
}

/**
 * Where the statements of a policy stand in its text. A position is the column behind the brace.
 * Recorded: iam, SimulatePrincipalPolicy. `text` is a document that was read before, hence valid JSON.
 */
export function statementPositions(text: string): StatementSpan[] {
  const found: StatementSpan[] = []
  const open: { key: string | undefined; start: Place; isStatement: boolean }[] = []
  let key: string | undefined
  let line = 1
  let lineStart = 0
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]
    const place = { Line: line, Column: at - lineStart + 2 }
    if (character === '"') {
      const end = stringEnd(text, at)
      if (open.length === 1 && isKey(text, end)) key = text.slice(at + 1, end)
      at = end
    } else if (character === '{' || character === '[') {
      const inStatement = open.length === 1 && key === 'Statement'
      const inList = open.length === 2 && open[1]?.key === 'Statement'
      const isStatement = character === '{' && (inStatement || inList)
      open.push({ key: inStatement ? key : undefined, start: place, isStatement })
    } else if (character === '}' || character === ']') {
      const closed = open.pop()
      if (closed?.isStatement === true) {
        found.push({ StartPosition: closed.start, EndPosition: place })
      }
    } else if (character === '\n') {
      line += 1
      lineStart = at + 1
    }
  }
  return found
}

/** Index of the quote that ends the string which starts at `from`. */
function stringEnd(text: string, from: number): number {
  let at = from + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at
}

/** Whether the string that ends at `end` names a member. */
function isKey(text: string, end: number): boolean {
  let at = end + 1
  while (/\s/.test(text[at] ?? '')) at += 1
  return text[at] === ':'
}
