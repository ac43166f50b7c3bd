/** A metric math expression as it was written. */
export type Node =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  /** An id of a query, or a bare word such as `REPEAT`. */
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Node[] }
  | { readonly kind: 'list'; readonly items: readonly Node[] }
  | {
      readonly kind: 'binary'
      readonly operator: Operator
      readonly left: Node
      readonly right: Node
    }
  | { readonly kind: 'negative'; readonly of: Node }

export type Operator =
  | '||'
  | '&&'
  | '=='
  | '!='
  | '<='
  | '>='
  | '<'
  | '>'
  | '+'
  | '-'
  | '*'
  | '/'
  | '^'

/** What is wrong with an expression, in words that follow `Error in expression 'e1': `. */
export class ExpressionError extends Error {}

/** Parts that may be nested in each other: an expression has 2,048 characters at most. */
const depthMax = 200

/** From the weakest to the strongest. Source: Metric math syntax and functions. */
const levels: readonly (readonly Operator[])[] = [
  ['||'],
  ['&&'],
  ['==', '!=', '<=', '>=', '<', '>'],
  ['+', '-'],
  ['*', '/'],
  ['^'],
]

const tokenForm =
  /\s*(?:(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)|([A-Za-z_][\w.]*)|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(\|\||&&|==|!=|<=|>=|[-+*/^<>(),[\]]))/y

interface Token {
  readonly kind: 'number' | 'word' | 'text' | 'sign'
  readonly text: string
}

function tokensOf(expression: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  const text = expression.trimEnd()
  while (at < text.length) {
    tokenForm.lastIndex = at
    const match = tokenForm.exec(text)
    if (match === null) throw new ExpressionError(`Invalid syntax at position ${at}`)
    at = tokenForm.lastIndex
    const [, number, word, quoted, sign] = match
    if (number !== undefined) tokens.push({ kind: 'number', text: number })
    else if (quoted !== undefined) tokens.push({ kind: 'text', text: unquoted(quoted) })
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign })
    else tokens.push(wordOf(word ?? ''))
  }
  return tokens
}

function wordOf(word: string): Token {
  const upper = word.toUpperCase()
  if (upper === 'AND') return { kind: 'sign', text: '&&' }
  if (upper === 'OR') return { kind: 'sign', text: '||' }
  return { kind: 'word', text: word }
}

function unquoted(quoted: string): string {
  return quoted.slice(1, -1).replace(/\\(.)/gs, '$1')
}

/** Throws ExpressionError. */
export function parseExpression(expression: string): Node {
  const parser = new Parser(tokensOf(expression))
  const node = parser.expression(0)
  parser.end()
  return node
}

class Parser {
  readonly #tokens: readonly Token[]
  #at = 0
  #depth = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  end(): void {
    const rest = this.#tokens[this.#at]
    if (rest !== undefined) throw new ExpressionError(`Unexpected '${rest.text}'`)
  }

  expression(level: number): Node {
    const operators = levels[level]
    if (operators === undefined) return this.#unary()
    let left = this.expression(level + 1)
    for (;;) {
      const token = this.#tokens[this.#at]
      const operator = operators.find((it) => token?.kind === 'sign' && it === token.text)
      if (operator === undefined) return left
      this.#at += 1
      left = { kind: 'binary', operator, left, right: this.expression(level + 1) }
    }
  }

  #unary(): Node {
    if (this.#took('-')) return { kind: 'negative', of: this.#nested(() => this.#unary()) }
    return this.#primary()
  }

  #primary(): Node {
    const token = this.#tokens[this.#at]
    if (token === undefined) throw new ExpressionError('Unexpected end of expression')
    this.#at += 1
    if (token.kind === 'number') return { kind: 'number', value: Number(token.text) }
    if (token.kind === 'text') return { kind: 'text', value: token.text }
    if (token.kind === 'word') return this.#wordOrCall(token.text)
    if (token.text === '(') {
      const inner = this.#nested(() => this.expression(0))
      this.#take(')')
      return inner
    }
    if (token.text === '[') return { kind: 'list', items: this.#items(']') }
    throw new ExpressionError(`Unexpected '${token.text}'`)
  }

  #wordOrCall(name: string): Node {
    if (!this.#took('(')) return { kind: 'name', name }
    return { kind: 'call', name: name.toUpperCase(), args: this.#items(')') }
  }

  #items(close: string): Node[] {
    const items: Node[] = []
    if (this.#took(close)) return items
    do items.push(this.#nested(() => this.expression(0)))
    while (this.#took(','))
    this.#take(close)
    return items
  }

  #nested(parse: () => Node): Node {
    this.#depth += 1
    if (this.#depth > depthMax) throw new ExpressionError('The expression is too deep')
    const node = parse()
    this.#depth -= 1
    return node
  }

  #took(text: string): boolean {
    const token = this.#tokens[this.#at]
    if (token?.kind !== 'sign' || token.text !== text) return false
    this.#at += 1
    return true
  }

  #take(text: string): void {
    if (!this.#took(text)) {
      const found = this.#tokens[this.#at]?.text ?? 'end of expression'
      throw new ExpressionError(`Expected '${text}' but found '${found}'`)
    }
  }
}

/** Names that an expression uses, calls aside. */
export function namesIn(node: Node): readonly string[] {
  switch (node.kind) {
    case 'name':
      return [node.name]
    case 'call':
      return node.args.flatMap(namesIn)
    case 'list':
      return node.items.flatMap(namesIn)
    case 'binary':
      return [...namesIn(node.left), ...namesIn(node.right)]
    case 'negative':
      return namesIn(node.of)
    default:
      return []
  }
}

/** Functions that an expression calls. */
export function callsIn(node: Node): readonly string[] {
  switch (node.kind) {
    case 'call':
      return [node.name, ...node.args.flatMap(callsIn)]
    case 'list':
      return node.items.flatMap(callsIn)
    case 'binary':
      return [...callsIn(node.left), ...callsIn(node.right)]
    case 'negative':
      return callsIn(node.of)
    default:
      return []
  }
}
