import { compilePattern } from '@cloud-orrery/models'

/** Strings that match a model's pattern, of a wanted length, without chance: the same text for the same question. */

interface Repeat {
  readonly kind: 'repeat'
  readonly of: Node
  readonly min: number
  readonly max: number
}

type Node =
  | { readonly kind: 'char'; readonly chars: readonly string[] }
  | { readonly kind: 'all'; readonly of: readonly Node[] }
  | { readonly kind: 'any'; readonly of: readonly Node[] }
  | Repeat

interface Lengths {
  readonly min: number
  readonly max: number
}

/** Lengths between the least and the greatest that are tried for one part of a sequence. */
const triedLengthsMax = 64
/** Letters first, so that the text reads well and looks ahead rarely forbid it; then all that prints, then others. */
const alphabet = [...'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ']
  .concat([...'-_/.:=+@,#$%&*!?~^|\'"`;<>()[]{}\\ '])
  .concat(['\t', '\n', 'é', 'ÿ', 'ß', '漢', '😀'])

const parsed = new Map<string, Node | undefined>()

/** A string of exactly that many characters; undefined where the pattern has none, or is beyond this reader. */
export function matchingText(pattern: string, length: number): string | undefined {
  const node = nodeOf(pattern)
  const text = node === undefined ? undefined : textOf(node, length)
  return text !== undefined && matches(pattern, text) ? text : undefined
}

/** The shortest string that matches and has at least `least` characters, up to `most`. */
export function shortestText(pattern: string, least: number, most: number): string | undefined {
  const node = nodeOf(pattern)
  if (node === undefined) return undefined
  const { min, max } = lengthsOf(node)
  const last = Math.min(most, max, Math.max(least, min) + triedLengthsMax)
  for (let length = Math.max(least, min); length <= last; length++) {
    const text = matchingText(pattern, length)
    if (text !== undefined) return text
  }
  return undefined
}

/** The longest string that matches, of at most that many characters. */
export function longestText(pattern: string, most: number): string | undefined {
  const node = nodeOf(pattern)
  if (node === undefined) return undefined
  const start = Math.min(most, lengthsOf(node).max)
  for (let length = start; length >= Math.max(0, start - triedLengthsMax); length--) {
    const text = matchingText(pattern, length)
    if (text !== undefined) return text
  }
  return undefined
}

/** A string within the lengths that the pattern forbids: a valid one with a stranger in it. */
export function strangeText(pattern: string, valid: string, lengths: Lengths): string | undefined {
  const strangers = [...' !*€\u0007\n:-/{漢', 'ring', '$']
  const around = (it: string): string[] => [
    valid.slice(0, -1) + it,
    it + valid.slice(1),
    valid + it,
    it,
    it.repeat(Math.max(1, lengths.min)),
  ]
  return [...strangers.flatMap(around), ''].find(
    (text) => text.length >= lengths.min && text.length <= lengths.max && !matches(pattern, text),
  )
}

/** As many different characters as the pattern takes in one string, up to `most`; undefined where only few fit. */
export function richText(pattern: string, most: number): string | undefined {
  const base = shortestText(pattern, 1, most)
  if (base === undefined) return undefined
  let text = base
  for (const char of alphabet) {
    if (text.length + char.length > most) break
    const longer = [`${text}${char}`, `${text.slice(0, -1)}${char}${text.slice(-1)}`]
    text = longer.find((it) => matches(pattern, it)) ?? text
  }
  return text.length > base.length ? text : undefined
}

export function matches(pattern: string, text: string): boolean {
  return compilePattern(pattern)?.test(text) ?? true
}

function nodeOf(pattern: string): Node | undefined {
  if (!parsed.has(pattern)) {
    const regExp = compilePattern(pattern)
    parsed.set(pattern, regExp === undefined ? undefined : new Reader(regExp).read())
  }
  return parsed.get(pattern)
}

const nothing: Node = { kind: 'all', of: [] }

/** Reads the part of JavaScript's notation that models use. Anchors and looks around count as nothing. */
class Reader {
  readonly #source: string
  readonly #flags: string
  #at = 0

  constructor({ source, flags }: RegExp) {
    this.#source = source
    this.#flags = flags
  }

  read(): Node {
    return this.#alternatives()
  }

  #alternatives(): Node {
    const of = [this.#sequence()]
    while (this.#taken('|')) of.push(this.#sequence())
    const [only] = of
    return of.length === 1 && only !== undefined ? only : { kind: 'any', of }
  }

  #sequence(): Node {
    const of: Node[] = []
    while (this.#at < this.#source.length && !/[|)]/.test(this.#source.charAt(this.#at))) {
      of.push(this.#repeated(this.#atom()))
    }
    return { kind: 'all', of }
  }

  #atom(): Node {
    if (this.#taken('^') || this.#taken('$') || this.#taken('\\b')) return nothing
    if (this.#taken('(')) return this.#group()
    const source =
      this.#match(/\[(?:\\[\s\S]|[^\]\\])*\]/y) ??
      this.#match(/\\[pP]\{\w+\}|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|[\s\S]/y, '\\') ??
      this.#match(/[\s\S]/y) ??
      ''
    const one = new RegExp(`^(?:${source})$`, this.#flags)
    return { kind: 'char', chars: alphabet.filter((it) => one.test(it)) }
  }

  #group(): Node {
    const look = this.#match(/\?<?[=!]/y)
    this.#match(/\?(?::|<\w+>)/y)
    const inner = this.#alternatives()
    this.#taken(')')
    return look === undefined ? inner : nothing
  }

  #repeated(of: Node): Node {
    const sign = this.#match(/[*+?]|\{\d+(?:,\d*)?\}/y)
    if (sign === undefined) return of
    this.#taken('?')
    if (sign === '*') return { kind: 'repeat', of, min: 0, max: Infinity }
    if (sign === '+') return { kind: 'repeat', of, min: 1, max: Infinity }
    if (sign === '?') return { kind: 'repeat', of, min: 0, max: 1 }
    const [min = '0', max] = sign.slice(1, -1).split(',')
    const most = max === undefined ? Number(min) : max === '' ? Infinity : Number(max)
    return { kind: 'repeat', of, min: Number(min), max: most }
  }

  #taken(text: string): boolean {
    if (!this.#source.startsWith(text, this.#at)) return false
    this.#at += text.length
    return true
  }

  /** What matches here, moved past; with `prefix` only where that stands. */
  #match(sticky: RegExp, prefix = ''): string | undefined {
    if (!this.#source.startsWith(prefix, this.#at)) return undefined
    const from = prefix === '\\' && !/\\[pPux]/y.test(this.#source.slice(this.#at)) ? 1 : 0
    sticky.lastIndex = this.#at + from
    const [found] = sticky.exec(this.#source) ?? []
    if (found === undefined) return undefined
    const text = this.#source.slice(this.#at, this.#at + from) + found
    this.#at += text.length
    return text
  }
}

const lengths = new WeakMap<Node, Lengths>()

function lengthsOf(node: Node): Lengths {
  let known = lengths.get(node)
  if (known === undefined) {
    known = computedLengths(node)
    lengths.set(node, known)
  }
  return known
}

function computedLengths(node: Node): Lengths {
  if (node.kind === 'char') return { min: 1, max: 1 }
  if (node.kind === 'repeat') {
    const { min, max } = lengthsOf(node.of)
    return { min: min * node.min, max: max === 0 ? 0 : max * node.max }
  }
  const inner = node.of.map(lengthsOf)
  if (node.kind === 'any') {
    return {
      min: Math.min(...inner.map(({ min }) => min)),
      max: Math.max(...inner.map(({ max }) => max)),
    }
  }
  return inner.reduce((sum, it) => ({ min: sum.min + it.min, max: sum.max + it.max }), {
    min: 0,
    max: 0,
  })
}

function textOf(node: Node, length: number): string | undefined {
  const { min, max } = lengthsOf(node)
  if (length < min || length > max) return undefined
  if (node.kind === 'char') return node.chars[0]
  if (node.kind === 'all') return textOfAll(node.of, length)
  if (node.kind === 'repeat') return textOfRepeat(node, length)
  for (const it of node.of) {
    const text = textOf(it, length)
    if (text !== undefined) return text
  }
  return undefined
}

function textOfRepeat({ of, min, max }: Repeat, length: number): string | undefined {
  if (of.kind === 'char') return of.chars[0]?.repeat(length)
  const least = Math.max(min, length === 0 ? 0 : 1)
  for (let count = least; count <= Math.min(max, Math.max(least, length)); count++) {
    const text = textOfAll(new Array<Node>(count).fill(of), length)
    if (text !== undefined) return text
  }
  return undefined
}

/** The parts in turn: each as short as may be, or as long, or something between, so that the sum is right. */
function textOfAll(of: readonly Node[], length: number): string | undefined {
  const [first, ...rest] = of
  if (first === undefined) return length === 0 ? '' : undefined
  const own = lengthsOf(first)
  const others = lengthsOf({ kind: 'all', of: rest })
  const least = Math.max(own.min, length - others.max)
  const most = Math.min(own.max, length - others.min)
  for (const take of between(least, most)) {
    const text = textOf(first, take)
    if (text === undefined) continue
    const tail = textOfAll(rest, length - take)
    if (tail !== undefined) return text + tail
  }
  return undefined
}

function* between(least: number, most: number): Generator<number> {
  if (most < least) return
  yield least
  if (most > least) yield most
  for (let at = least + 1; at < Math.min(most, least + triedLengthsMax); at++) yield at
}
