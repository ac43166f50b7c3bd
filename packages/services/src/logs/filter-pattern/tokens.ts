import { invalidPattern, invalidTerm } from '../errors.ts'

export type TokenKind = 'selector' | 'operator' | 'logic' | 'open' | 'close' | 'operand'

export interface Token {
  readonly kind: TokenKind
  readonly text: string
}

/** In the order in which they are tried. A selector is a path of names and numbers. */
const forms: readonly (readonly [TokenKind, RegExp])[] = [
  ['selector', /\$(?:\.[A-Za-z0-9_-]+(?:\[\d+\])*)+(?![.["'])/y],
  ['logic', /&&|\|\|/y],
  ['operator', /!=|<=|>=|=|<|>/y],
  ['open', /\(/y],
  ['close', /\)/y],
  ['operand', /"(?:[^"\\]|\\.)*"|%[^%]*%|[\p{L}\p{N}_.*+\-:/]+/uy],
]

/** Cuts what stands between the braces of a JSON pattern into its parts. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    if (/\s/.test(text.charAt(at))) {
      at += 1
      continue
    }
    const token = tokenAt(text, at)
    if (token === undefined) throw refused(text.slice(at))
    tokens.push(token)
    at += token.text.length
  }
  return tokens
}

function tokenAt(text: string, at: number): Token | undefined {
  for (const [kind, form] of forms) {
    form.lastIndex = at
    const match = form.exec(text)
    if (match !== null) return { kind, text: match[0] }
  }
  return undefined
}

function refused(rest: string) {
  const run = /^[^\p{L}\p{N}_\s]+/u.exec(rest)?.[0]
  return run === undefined ? invalidPattern() : invalidTerm(run)
}
