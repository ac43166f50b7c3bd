/** A query of Logs Insights as it was written. Source: CloudWatch Logs Insights language query syntax. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number }
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'not' | 'negative'; readonly of: Expression }
  | { readonly kind: 'in'; readonly of: Expression; readonly values: readonly Expression[] }
  | { readonly kind: 'like'; readonly of: Expression; readonly pattern: Pattern }
  | {
      readonly kind: 'binary'
      readonly operator: BinaryOperator
      readonly left: Expression
      readonly right: Expression
    }

export type Pattern =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'regex'; readonly source: string }

export type BinaryOperator =
  | 'or'
  | 'and'
  | '='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '^'

/** An expression under the name that its column has. */
export interface Named {
  readonly name: string
  readonly expression: Expression
}

export type Command =
  | { readonly kind: 'fields' | 'display'; readonly columns: readonly Named[] }
  | { readonly kind: 'filter'; readonly test: Expression }
  | {
      readonly kind: 'parse'
      readonly of: Expression
      readonly pattern: Pattern
      readonly names: readonly string[]
    }
  | {
      readonly kind: 'stats'
      readonly columns: readonly Named[]
      readonly by: readonly Named[]
    }
  | {
      readonly kind: 'sort'
      readonly keys: readonly (Named & { readonly descending: boolean })[]
    }
  | { readonly kind: 'limit'; readonly count: number }
  | { readonly kind: 'dedup'; readonly fields: readonly string[] }

/** What is wrong with a query, and from where to where. */
export class QueryError extends Error {
  readonly start: number
  readonly end: number

  constructor(message: string, start: number, end: number) {
    super(message)
    this.start = start
    this.end = end
  }
}

export interface Token {
  readonly kind: 'word' | 'number' | 'text' | 'regex' | 'sign'
  readonly text: string
  readonly start: number
  readonly end: number
}

const forms: readonly (readonly [kind: Token['kind'] | 'space', form: RegExp])[] = [
  ['space', /(?:\s+|#[^\n]*)+/y],
  ['text', /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/sy],
  ['number', /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w@])/y],
  ['word', /`[^`]+`|[@A-Za-z_$][\w.@$]*|\d+[A-Za-z]+/y],
  ['sign', /!=|<=|>=|=~|[-+*/%^=<>(),|[\]]/y],
]

const regexForm = /\/(?:[^/\\\n]|\\.)+\//y

/** After these a slash begins a regular expression. */
const beforeRegex = new Set(['like', '=~', 'parse'])

export function tokensOf(query: string): readonly Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < query.length) {
    const token = tokenAt(query, at, tokens)
    if (token === undefined) {
      throw new QueryError(`unexpected symbol found ${query[at]} at position ${at}`, at, at + 1)
    }
    at = token.end
    if (token.kind !== 'space') tokens.push({ ...token, kind: token.kind })
  }
  return tokens
}

function tokenAt(query: string, at: number, before: readonly Token[]) {
  if (query[at] === '/' && mayBeRegex(before)) {
    regexForm.lastIndex = at
    const text = regexForm.exec(query)?.[0]
    if (text !== undefined) {
      return { kind: 'regex' as const, text: text.slice(1, -1), start: at, end: at + text.length }
    }
  }
  for (const [kind, form] of forms) {
    form.lastIndex = at
    const text = form.exec(query)?.[0]
    if (text === undefined || text === '') continue
    return { kind, text: kind === 'text' ? unquoted(text) : text, start: at, end: at + text.length }
  }
  return undefined
}

/** After `like`, `=~`, `parse` and `parse @message`. */
function mayBeRegex(before: readonly Token[]): boolean {
  const last = before.at(-1)
  if (last === undefined) return false
  return beforeRegex.has(last.text.toLowerCase()) || before.at(-2)?.text.toLowerCase() === 'parse'
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' }

function unquoted(text: string): string {
  return text.slice(1, -1).replace(/\\(.)/gs, (_, it: string) => escapes[it] ?? it)
}
