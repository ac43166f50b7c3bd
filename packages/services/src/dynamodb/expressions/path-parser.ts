import { ExpressionProblem, words } from './errors.ts'
import { isReservedWord } from './reserved-words.ts'
import type { PathSyntax } from './syntax.ts'
import type { TokenReader } from './tokens.ts'

/** Elements of a document path. Source: DynamoDB Developer Guide, Constraints, "Nested attribute depth". */
const pathElementsMax = 32

/** The first of each kind of mistake that the text alone shows; which one is told depends on the kind. */
export interface TextProblems {
  reserved?: string
  unknownFunction?: string
  misusedFunction?: string
  redundantParentheses?: boolean
  sectionTwice?: string
}

/** Reads `a.b[1].#c`. */
export function parsePath(reader: TokenReader, problems: TextProblems): PathSyntax {
  const path: (string | number)[] = [parseName(reader, problems)]
  for (;;) {
    if (reader.takeSymbol('.')) path.push(parseName(reader, problems))
    else if (reader.takeSymbol('[')) {
      if (reader.next.kind !== 'number') throw reader.unexpected()
      path.push(Number(reader.take().text))
      reader.expectSymbol(']')
    } else break
  }
  if (path.length > pathElementsMax) throw new ExpressionProblem(words.pathTooLong(path.length))
  return path
}

function parseName(reader: TokenReader, problems: TextProblems): string {
  const { kind, text } = reader.next
  if (kind !== 'word' && kind !== 'name') throw reader.unexpected()
  if (kind === 'word' && isReservedWord(text)) problems.reserved ??= text
  return reader.take().text
}

/** The names that a path gives, as an error message lists them. */
export function pathText(path: PathSyntax): string {
  return `[${path.map((step) => (typeof step === 'number' ? `[${step}]` : step)).join(', ')}]`
}
