import { compilePattern } from '@cloud-orrery/models'

interface Char {
  readonly kind: 'char'
  readonly takes: (char: string) => boolean
}

interface Edge {
  readonly kind: 'edge'
  readonly edge: '^' | '$'
}

interface Repetition {
  readonly kind: 'repeat'
  readonly part: Node
  readonly min: number
  readonly max: number
}

interface Group {
  readonly kind: 'sequence' | 'choice'
  readonly parts: readonly Node[]
}

type Node = Char | Edge | Repetition | Group

type State =
  | ((Char | Edge) & { readonly next: number })
  | { readonly kind: 'fork'; readonly to: readonly number[] }

/** Parts of a machine: repetitions of repetitions multiply. */
const stepsMax = 20_000

const quantifier = /^(?:[*+?]|\{(\d{1,4})(,(\d{0,4}))?\})[?+]?/
const escaped = /^\\(?:[pP]\{\w+\}|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|.)/su

/** What to throw for a part that only a backtracking matcher can read. */
type Unbuilt = (part: string) => Error

/**
 * A regular expression of a caller's. All paths are taken at once, so the work is bounded by the pattern's size times
 * the text's, and no pattern (`(a+)+`) holds the cloud up. Look-around, back references, word boundaries and flags
 * are not read.
 */
export class BoundedPattern {
  readonly #machine: Machine

  /** Throws what `unbuilt` makes of a part that is not read. The pattern has to be well-formed. */
  constructor(pattern: string, unbuilt: Unbuilt) {
    this.#machine = new Machine(new PatternReader(pattern, unbuilt).read(), unbuilt)
  }

  /** Whether the whole text has the pattern's form. */
  matches(text: string): boolean {
    return this.#machine.accepts([...text])
  }

  /** Whether the pattern occurs anywhere in the text. */
  test(text: string): boolean {
    return this.#machine.finds([...text])
  }
}

class PatternReader {
  readonly #text: string
  readonly #unbuilt: Unbuilt
  #at = 0

  constructor(text: string, unbuilt: Unbuilt) {
    this.#text = text
    this.#unbuilt = unbuilt
  }

  /** Up to the end, or to the bracket that closes the group. The pattern is known to be well-formed. */
  read(): Node {
    const choices: Node[] = []
    let parts: Node[] = []
    while (this.#at < this.#text.length && this.#text[this.#at] !== ')') {
      if (this.#take('|')) {
        choices.push({ kind: 'sequence', parts })
        parts = []
      } else parts.push(this.#repeated(this.#atom()))
    }
    return { kind: 'choice', parts: [...choices, { kind: 'sequence', parts }] }
  }

  #atom(): Node {
    const rest = this.#text.slice(this.#at)
    if (this.#take('(')) return this.#group()
    if (this.#take('^')) return { kind: 'edge', edge: '^' }
    if (this.#take('$')) return { kind: 'edge', edge: '$' }
    if (rest.startsWith('[')) return this.#one(this.#classEnd(rest))
    if (!rest.startsWith('\\')) return this.#one(String.fromCodePoint(rest.codePointAt(0) ?? 0))
    if (/^\\[1-9kbBAzZGQE]/.test(rest)) throw this.#unbuilt(rest.slice(0, 2))
    return this.#one(escaped.exec(rest)?.[0] ?? rest)
  }

  #group(): Node {
    const kind = /^\?(?::|<\w+>|<?.)/s.exec(this.#text.slice(this.#at))?.[0] ?? ''
    if (kind !== '' && kind !== '?:' && !kind.endsWith('>')) throw this.#unbuilt(`(${kind}`)
    this.#at += kind.length
    const inside = this.read()
    this.#at += 1
    return inside
  }

  #classEnd(rest: string): string {
    let end = 1
    while (end < rest.length && rest[end] !== ']') end += rest[end] === '\\' ? 2 : 1
    return rest.slice(0, end + 1)
  }

  /** One character, read as the model's patterns are. */
  #one(source: string): Node {
    this.#at += source.length
    const form = compilePattern(source)
    if (form === undefined) throw this.#unbuilt(source)
    return { kind: 'char', takes: (char) => form.test(char) }
  }

  #repeated(part: Node): Node {
    const [found, least, many, most] = quantifier.exec(this.#text.slice(this.#at)) ?? []
    if (found === undefined) return part
    this.#at += found.length
    if (found.startsWith('*'))
      return { kind: 'repeat', part, min: 0, max: Number.POSITIVE_INFINITY }
    if (found.startsWith('+'))
      return { kind: 'repeat', part, min: 1, max: Number.POSITIVE_INFINITY }
    if (found.startsWith('?')) return { kind: 'repeat', part, min: 0, max: 1 }
    const min = Number(least)
    const max = many === undefined ? min : most ? Number(most) : Number.POSITIVE_INFINITY
    return { kind: 'repeat', part, min, max }
  }

  #take(char: string): boolean {
    if (this.#text[this.#at] !== char) return false
    this.#at += 1
    return true
  }
}

/** Built from the end to the start, so that each part is told where to go on. State 0 is the end. */
class Machine {
  readonly #states: State[] = [{ kind: 'fork', to: [] }]
  readonly #start: number
  readonly #unbuilt: Unbuilt
  #steps = 0

  constructor(pattern: Node, unbuilt: Unbuilt) {
    this.#unbuilt = unbuilt
    this.#start = this.#build(pattern, 0)
  }

  accepts(chars: readonly string[]): boolean {
    let reached = this.#closure([this.#start], chars, 0)
    for (const [at, char] of chars.entries()) {
      const next: number[] = []
      for (const number of reached) {
        const state = this.#states[number]
        if (state?.kind === 'char' && state.takes(char)) next.push(state.next)
      }
      if (next.length === 0) return false
      reached = this.#closure(next, chars, at + 1)
    }
    return reached.has(0)
  }

  /** As `accepts`, but a match may start at every character and end before the last. */
  finds(chars: readonly string[]): boolean {
    let reached = this.#closure([this.#start], chars, 0)
    for (const [at, char] of chars.entries()) {
      if (reached.has(0)) return true
      const next: number[] = [this.#start]
      for (const number of reached) {
        const state = this.#states[number]
        if (state?.kind === 'char' && state.takes(char)) next.push(state.next)
      }
      reached = this.#closure(next, chars, at + 1)
    }
    return reached.has(0)
  }

  /** All states that are reached without taking a character. */
  #closure(from: readonly number[], chars: readonly string[], at: number): ReadonlySet<number> {
    const reached = new Set(from)
    // A set is walked in the order of insertion, what is added on the way included.
    for (const number of reached) {
      const state = this.#states[number]
      if (state?.kind === 'fork') for (const to of state.to) reached.add(to)
      if (state?.kind === 'edge' && at === (state.edge === '^' ? 0 : chars.length)) {
        reached.add(state.next)
      }
    }
    return reached
  }

  #add(state: State): number {
    return this.#states.push(state) - 1
  }

  #build(node: Node, next: number): number {
    this.#steps += 1
    if (this.#steps > stepsMax) throw this.#unbuilt(`more than ${stepsMax} steps`)
    switch (node.kind) {
      case 'char':
      case 'edge':
        return this.#add({ ...node, next })
      case 'sequence':
        return node.parts.reduceRight((then, part) => this.#build(part, then), next)
      case 'choice':
        return this.#add({ kind: 'fork', to: node.parts.map((part) => this.#build(part, next)) })
      case 'repeat':
        return this.#repeat(node, next)
    }
  }

  #repeat({ part, min, max }: Repetition, next: number): number {
    let start = next
    if (max === Number.POSITIVE_INFINITY) {
      const to = [next]
      start = this.#add({ kind: 'fork', to })
      to.push(this.#build(part, start))
    }
    for (let count = min; count < max && max !== Number.POSITIVE_INFINITY; count++) {
      start = this.#add({ kind: 'fork', to: [this.#build(part, start), next] })
    }
    for (let count = 0; count < min; count++) start = this.#build(part, start)
    return start
  }
}
