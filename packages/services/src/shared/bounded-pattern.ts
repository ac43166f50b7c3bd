import { compilePattern } from '@cloud-orrery/models'

interface Char {
  readonly kind: 'char'
  readonly takes: (char: string) => boolean
}

interface Edge {
  readonly kind: 'edge'
  readonly edge: '^' | '$'
}

/** Where a named group begins or ends. */
interface Mark {
  readonly kind: 'mark'
  readonly name: string
  readonly isEnd: boolean
}

interface Repetition {
  readonly kind: 'repeat'
  /** Takes as little as it can: of consequence for what groups hold, not for whether a text matches. */
  readonly isLazy: boolean
  readonly part: Node
  readonly min: number
  readonly max: number
}

interface Group {
  readonly kind: 'sequence' | 'choice'
  readonly parts: readonly Node[]
}

type Node = Char | Edge | Mark | Repetition | Group

type State =
  | ((Char | Edge | Mark) & { readonly next: number })
  /** What is preferred comes first. */
  | { readonly kind: 'fork'; readonly to: readonly number[] }

/** Marks that a path passed, the last one first. */
interface Passed {
  readonly mark: Mark
  readonly at: number
  readonly before: Passed | undefined
}

/** A place in the machine, and how it was reached. */
interface Thread {
  readonly number: number
  readonly passed: Passed | undefined
}

/** Parts of a machine: repetitions of repetitions multiply. */
const stepsMax = 20_000

/** Groups in groups. */
const depthMax = 200

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

  /**
   * What the named groups hold in the first match of the text, the one that a backtracking matcher finds; undefined
   * where there is none. `seen`: characters as the pattern is to see them.
   */
  groups(text: string, seen?: (char: string) => string): ReadonlyMap<string, string> | undefined {
    const chars = [...text]
    const passed = this.#machine.firstMatch(seen === undefined ? chars : chars.map(seen))
    if (passed === undefined) return undefined
    const found = new Map<string, string>()
    const ends = new Map<string, number>()
    for (let it = passed.last; it !== undefined; it = it.before) {
      const { name, isEnd } = it.mark
      if (found.has(name)) continue
      if (isEnd) ends.set(name, it.at)
      else found.set(name, chars.slice(it.at, ends.get(name)).join(''))
    }
    return found
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
  #depth = 0

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
    this.#depth += 1
    if (this.#depth > depthMax) throw this.#unbuilt(`more than ${depthMax} groups in each other`)
    const inside = this.read()
    this.#depth -= 1
    this.#at += 1
    const name = /^\?<(\w+)>$/.exec(kind)?.[1]
    if (name === undefined) return inside
    const [start, end] = [false, true].map((isEnd): Mark => ({ kind: 'mark', name, isEnd }))
    return { kind: 'sequence', parts: start && end ? [start, inside, end] : [inside] }
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
    const repeated = (min: number, max: number): Node => ({
      ...{ kind: 'repeat', part, min, max },
      isLazy: found.length > 1 && found.endsWith('?'),
    })
    if (found.startsWith('*')) return repeated(0, Number.POSITIVE_INFINITY)
    if (found.startsWith('+')) return repeated(1, Number.POSITIVE_INFINITY)
    if (found.startsWith('?')) return repeated(0, 1)
    const min = Number(least)
    return repeated(min, many === undefined ? min : most ? Number(most) : Number.POSITIVE_INFINITY)
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

  /** The marks that the preferred path of the first match passed. */
  firstMatch(chars: readonly string[]): { readonly last: Passed | undefined } | undefined {
    let found: { readonly last: Passed | undefined } | undefined
    let threads: readonly Thread[] = []
    for (let at = 0; at <= chars.length; at++) {
      const first = { number: this.#start, passed: undefined }
      const reached = this.#reached(found === undefined ? [...threads, first] : threads, chars, at)
      if (reached.length === 0) break
      const char = chars[at]
      const next: Thread[] = []
      for (const { number, passed } of reached) {
        const state = this.#states[number]
        if (number === 0) {
          found = { last: passed }
          break // What comes after it is less preferred.
        }
        if (state?.kind === 'char' && char !== undefined && state.takes(char)) {
          next.push({ number: state.next, passed })
        }
      }
      threads = next
    }
    return found
  }

  /** As `#closure`, each state with the preferred way to it, in the order of preference. */
  #reached(from: readonly Thread[], chars: readonly string[], at: number): readonly Thread[] {
    const known = new Set<number>()
    const reached: Thread[] = []
    const open = from.toReversed()
    for (let thread = open.pop(); thread !== undefined; thread = open.pop()) {
      const { number, passed } = thread
      if (known.has(number)) continue
      known.add(number)
      reached.push(thread)
      const state = this.#states[number]
      if (state?.kind === 'fork') {
        for (const to of state.to.toReversed()) open.push({ number: to, passed })
      } else if (state?.kind === 'mark') {
        open.push({ number: state.next, passed: { mark: state, at, before: passed } })
      } else if (state?.kind === 'edge' && at === (state.edge === '^' ? 0 : chars.length)) {
        open.push({ number: state.next, passed })
      }
    }
    return reached
  }

  /** All states that are reached without taking a character. */
  #closure(from: readonly number[], chars: readonly string[], at: number): ReadonlySet<number> {
    const reached = new Set(from)
    // A set is walked in the order of insertion, what is added on the way included.
    for (const number of reached) {
      const state = this.#states[number]
      if (state?.kind === 'fork') for (const to of state.to) reached.add(to)
      if (state?.kind === 'mark') reached.add(state.next)
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
      case 'mark':
        return this.#add({ ...node, next })
      case 'sequence':
        return node.parts.reduceRight((then, part) => this.#build(part, then), next)
      case 'choice':
        return this.#add({ kind: 'fork', to: node.parts.map((part) => this.#build(part, next)) })
      case 'repeat':
        return this.#repeat(node, next)
    }
  }

  #repeat({ part, min, max, isLazy }: Repetition, next: number): number {
    let start = next
    if (max === Number.POSITIVE_INFINITY) {
      const to = [next]
      start = this.#add({ kind: 'fork', to })
      const again = this.#build(part, start)
      if (isLazy) to.push(again)
      else to.unshift(again)
    }
    for (let count = min; count < max && max !== Number.POSITIVE_INFINITY; count++) {
      const more = this.#build(part, start)
      start = this.#add({ kind: 'fork', to: isLazy ? [next, more] : [more, next] })
    }
    for (let count = 0; count < min; count++) start = this.#build(part, start)
    return start
  }
}
