/** One place of a text: what it takes, and whether it takes anything. */
interface Char {
  readonly kind: 'char'
  /** A text of one element of the pattern: `a`, `\d`, `[a-z]`, `.`. */
  readonly source: string
}

interface Edge {
  readonly kind: 'edge'
  readonly edge: 'start' | 'end' | 'word' | 'noWord'
}

interface Repetition {
  readonly kind: 'repeat'
  readonly part: PatternNode
  readonly min: number
  readonly max: number
  readonly lazy: boolean
  /** Groups within: those from `groupFrom` up to, without, `groupTo`. They are forgotten with every turn. */
  readonly groupFrom: number
  readonly groupTo: number
}

interface Group {
  readonly kind: 'group'
  /** 1 for the first. */
  readonly number: number
  readonly part: PatternNode
}

interface Look {
  readonly kind: 'look'
  readonly behind: boolean
  readonly negated: boolean
  readonly part: PatternNode
}

export type PatternNode =
  | Char
  | Edge
  | Repetition
  | Group
  | Look
  | { readonly kind: 'back'; readonly number: number }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly PatternNode[] }

const quantifier = /^(?:[*+?]|\{(\d+)(,(\d*))?\})(\??)/
const escaped = /^\\(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|c[A-Za-z]|[\s\S])/
const opening = /^\((?:\?(?:(:)|(<?)([=!])|<([^>]*)>))?/

export interface ParsedPattern {
  readonly root: PatternNode
  readonly groups: number
}

/** The parts of a regular expression that JavaScript found well-formed, without its `u` and `v` flags. */
export function parsePattern(source: string): ParsedPattern {
  const reader = new Reader(source)
  return { root: reader.choice(), groups: reader.groups }
}

class Reader {
  readonly #text: string
  readonly #names: readonly string[]
  #at = 0
  groups = 0

  constructor(text: string) {
    this.#text = text
    this.#names = groupNames(text)
  }

  /** Up to the end, or to the bracket that closes the group. */
  choice(): PatternNode {
    const choices: PatternNode[] = []
    let parts: PatternNode[] = []
    while (this.#at < this.#text.length && this.#text[this.#at] !== ')') {
      if (this.#text[this.#at] === '|') {
        this.#at += 1
        choices.push({ kind: 'sequence', parts })
        parts = []
      } else {
        const groupFrom = this.groups + 1
        parts.push(this.#repeated(this.#atom(), groupFrom))
      }
    }
    const last: PatternNode = { kind: 'sequence', parts }
    return choices.length === 0 ? last : { kind: 'choice', parts: [...choices, last] }
  }

  #atom(): PatternNode {
    const rest = this.#text.slice(this.#at, this.#at + 64)
    switch (rest[0]) {
      case '(':
        return this.#group()
      case '^':
        this.#at += 1
        return { kind: 'edge', edge: 'start' }
      case '$':
        this.#at += 1
        return { kind: 'edge', edge: 'end' }
      case '[':
        return this.#char(this.#classText())
      case '\\':
        return this.#escape(rest)
      default:
        return this.#char(rest.slice(0, 1))
    }
  }

  #escape(rest: string): PatternNode {
    if (/^\\[bB]/.test(rest)) {
      this.#at += 2
      return { kind: 'edge', edge: rest[1] === 'b' ? 'word' : 'noWord' }
    }
    const named = this.#names.length === 0 ? null : /^\\k<([^>]*)>/.exec(this.#text.slice(this.#at))
    if (named !== null) {
      this.#at += named[0].length
      return { kind: 'back', number: this.#names.indexOf(named[1] ?? '') + 1 }
    }
    const [digits = ''] = /^\\[1-9]\d*/.exec(rest) ?? []
    const number = Number(digits.slice(1))
    if (digits !== '' && number <= this.#names.length) {
      this.#at += digits.length
      return { kind: 'back', number }
    }
    const [octal] = /^\\[0-3]?[0-7]{1,2}/.exec(rest) ?? []
    return this.#char(octal ?? escaped.exec(rest)?.[0] ?? rest)
  }

  #char(source: string): PatternNode {
    this.#at += source.length
    return { kind: 'char', source }
  }

  #classText(): string {
    const text = this.#text
    let end = this.#at + 1
    while (end < text.length && text[end] !== ']') end += text[end] === '\\' ? 2 : 1
    return text.slice(this.#at, end + 1)
  }

  #group(): PatternNode {
    const [found = '(', plain, behind, look] = opening.exec(this.#text.slice(this.#at)) ?? []
    this.#at += found.length
    const isNumbered = plain === undefined && look === undefined
    if (isNumbered) this.groups += 1
    const number = this.groups
    const part = this.choice()
    this.#at += 1
    if (look !== undefined) {
      return { kind: 'look', behind: behind === '<', negated: look === '!', part }
    }
    return isNumbered ? { kind: 'group', number, part } : part
  }

  #repeated(part: PatternNode, groupFrom: number): PatternNode {
    const found = quantifier.exec(this.#text.slice(this.#at, this.#at + 64))
    if (found === null) return part
    const [all, least, many, most, lazy] = found
    this.#at += all.length
    const bounds = boundsOf(all, least, many, most)
    const groupTo = this.groups + 1
    return { kind: 'repeat', part, ...bounds, lazy: lazy === '?', groupFrom, groupTo }
  }
}

function boundsOf(
  all: string,
  least: string | undefined,
  many: string | undefined,
  most: string | undefined,
): { min: number; max: number } {
  if (all.startsWith('*')) return { min: 0, max: Number.POSITIVE_INFINITY }
  if (all.startsWith('+')) return { min: 1, max: Number.POSITIVE_INFINITY }
  if (all.startsWith('?')) return { min: 0, max: 1 }
  const min = Number(least)
  if (many === undefined) return { min, max: min }
  return { min, max: most === undefined || most === '' ? Number.POSITIVE_INFINITY : Number(most) }
}

/** One entry a numbered group, its name or nothing: a number beyond them is no reference back. */
function groupNames(text: string): readonly string[] {
  const names: string[] = []
  for (const [found] of text.matchAll(
    /\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]|\((?:\?(?:<?[=!]|:|<[^>]*>))?/g,
  )) {
    if (found === '(') names.push('')
    else if (/^\(\?<[^=!]/.test(found)) names.push(found.slice(3, -1))
  }
  return names
}
