import { type PatternNode, parsePattern } from './parser.ts'

type Instruction =
  | { readonly op: 'char'; readonly takes: (unit: string) => boolean }
  | { readonly op: 'edge'; readonly edge: 'start' | 'end' | 'word' | 'noWord' }
  /** Goes on at the first; when that leads nowhere, at the second. */
  | { op: 'fork'; first: number; second: number }
  | { op: 'jump'; to: number }
  /** Writes where it is into a slot. */
  | { readonly op: 'save'; readonly slot: number }
  | { readonly op: 'clear'; readonly from: number; readonly to: number }
  /** A turn of a repetition that took nothing is the last. */
  | { readonly op: 'moved'; readonly slot: number }
  | { readonly op: 'back'; readonly number: number }
  | { op: 'look'; readonly behind: boolean; readonly negated: boolean; to: number }
  | { readonly op: 'end' }

/** Most instructions of one pattern: repetitions of repetitions multiply. */
const instructionsMax = 10_000

/** Told of every step, so that whoever asked can put an end to it. */
type Spend = () => void

type Slots = (number | undefined)[]

/**
 * A regular expression run step by step: what JavaScript's own engine finds, with an end to the time that it takes.
 * Stands where JSONata would use RegExp.
 */
export class MeteredPattern {
  readonly source: string
  lastIndex = 0
  readonly #code: Instruction[] = []
  readonly #groups: number
  readonly #flags: { readonly ignoreCase: boolean; readonly multiline: boolean }
  readonly #spend: Spend
  #slots: number

  /** Throws `RangeError` for a pattern that is too large. */
  constructor({ source, ignoreCase, multiline }: RegExp, spend: Spend) {
    this.source = source
    this.#flags = { ignoreCase, multiline }
    this.#spend = spend
    const { root, groups } = parsePattern(source)
    this.#groups = groups
    this.#slots = 2 * (groups + 1)
    this.#compile(root)
    this.#add({ op: 'end' })
  }

  /** The first match from `lastIndex` on: the whole and its groups; `lastIndex` is then its end. */
  exec(text: string): RegExpExecArray | null {
    for (let from = this.lastIndex; from <= text.length; from += 1) {
      const slots: Slots = []
      const end = this.#run(0, text, from, slots)
      if (end === undefined) continue
      this.lastIndex = end
      const groups = Array.from({ length: this.#groups }, (_, at) =>
        between(text, slots[2 * at + 2], slots[2 * at + 3]),
      )
      // A group that took no part is undefined, as in JavaScript, whose type says otherwise.
      const found = [text.slice(from, end), ...groups] as unknown as RegExpExecArray
      return Object.assign(found, { index: from, input: text })
    }
    this.lastIndex = 0
    return null
  }

  #add(instruction: Instruction): number {
    if (this.#code.length >= instructionsMax) throw new RangeError('The pattern is too large')
    return this.#code.push(instruction) - 1
  }

  #compile(node: PatternNode): void {
    switch (node.kind) {
      case 'char':
        this.#add({ op: 'char', takes: taker(node.source, this.#flags.ignoreCase) })
        return
      case 'edge':
        this.#add({ op: 'edge', edge: node.edge })
        return
      case 'back':
        this.#add({ op: 'back', number: node.number })
        return
      case 'sequence':
        for (const part of node.parts) this.#compile(part)
        return
      case 'choice':
        this.#choice(node.parts)
        return
      case 'group':
        this.#add({ op: 'save', slot: 2 * node.number })
        this.#compile(node.part)
        this.#add({ op: 'save', slot: 2 * node.number + 1 })
        return
      case 'look': {
        const { behind, negated } = node
        const look = { op: 'look' as const, behind, negated, to: 0 }
        this.#add(look)
        this.#compile(node.part)
        look.to = this.#add({ op: 'end' }) + 1
        return
      }
      case 'repeat':
        this.#repeat(node)
    }
  }

  #choice(parts: readonly PatternNode[]): void {
    const jumps: { op: 'jump'; to: number }[] = []
    for (const [at, part] of parts.entries()) {
      if (at === parts.length - 1) {
        this.#compile(part)
        break
      }
      const fork = { op: 'fork' as const, first: this.#code.length + 1, second: 0 }
      this.#add(fork)
      this.#compile(part)
      const jump = { op: 'jump' as const, to: 0 }
      this.#add(jump)
      jumps.push(jump)
      fork.second = this.#code.length
    }
    for (const jump of jumps) jump.to = this.#code.length
  }

  #repeat(node: Extract<PatternNode, { kind: 'repeat' }>): void {
    const { part, min, max, lazy, groupFrom, groupTo } = node
    const turn = (): void => {
      if (groupTo > groupFrom) this.#add({ op: 'clear', from: 2 * groupFrom, to: 2 * groupTo })
      this.#compile(part)
    }
    for (let count = 0; count < min; count += 1) turn()
    const slot = this.#slots
    this.#slots += 1
    const forks: Extract<Instruction, { op: 'fork' }>[] = []
    const optional = (): number => {
      const fork = { op: 'fork' as const, first: 0, second: 0 }
      const at = this.#add(fork)
      forks.push(fork)
      if (lazy) fork.second = at + 1
      else fork.first = at + 1
      this.#add({ op: 'save', slot })
      turn()
      this.#add({ op: 'moved', slot })
      return at
    }
    if (max === Number.POSITIVE_INFINITY) {
      const at = optional()
      this.#add({ op: 'jump', to: at })
    } else for (let count = min; count < max; count += 1) optional()
    const after = this.#code.length
    for (const fork of forks) {
      if (lazy) fork.first = after
      else fork.second = after
    }
  }

  /** Where a match of the instructions from `start` on ends. A stack of what is left to try, and of what to undo. */
  #run(
    start: number,
    text: string,
    from: number,
    slots: Slots,
    endAt?: number,
  ): number | undefined {
    const left: (readonly [pc: number, at: number])[] = []
    const undo: (readonly [depth: number, slot: number, old: number | undefined])[] = []
    const write = (slot: number, value: number | undefined): void => {
      undo.push([left.length, slot, slots[slot]])
      slots[slot] = value
    }
    let pc = start
    let at = from
    for (;;) {
      this.#spend()
      const next = this.#step(pc, at, text, slots, write)
      if (next === 'end' && (endAt === undefined || at === endAt)) return at
      if (Array.isArray(next)) {
        if (next[2] !== undefined) left.push([next[2], at])
        ;[pc, at] = next
        continue
      }
      const other = left.pop()
      if (other === undefined) return undefined
      for (
        let last = undo.at(-1);
        last !== undefined && last[0] > left.length;
        last = undo.at(-1)
      ) {
        slots[last[1]] = last[2]
        undo.pop()
      }
      ;[pc, at] = other
    }
  }

  /** Where to go on, and what else to try; undefined: nowhere. */
  #step(
    pc: number,
    at: number,
    text: string,
    slots: Slots,
    write: (slot: number, value: number | undefined) => void,
  ): 'end' | undefined | readonly [pc: number, at: number, other?: number] {
    const instruction = this.#code[pc]
    if (instruction === undefined) return undefined
    switch (instruction.op) {
      case 'end':
        return 'end'
      case 'char':
        return at < text.length && instruction.takes(text.charAt(at)) ? [pc + 1, at + 1] : undefined
      case 'edge':
        return this.#isEdge(instruction.edge, text, at) ? [pc + 1, at] : undefined
      case 'fork':
        return [instruction.first, at, instruction.second]
      case 'jump':
        return [instruction.to, at]
      case 'save':
        write(instruction.slot, at)
        return [pc + 1, at]
      case 'clear':
        for (let slot = instruction.from; slot < instruction.to; slot += 1) write(slot, undefined)
        return [pc + 1, at]
      case 'moved':
        return slots[instruction.slot] === at ? undefined : [pc + 1, at]
      case 'back': {
        const { number } = instruction
        const taken = between(text, slots[2 * number], slots[2 * number + 1]) ?? ''
        const here = text.slice(at, at + taken.length)
        return this.#isSame(taken, here) ? [pc + 1, at + taken.length] : undefined
      }
      case 'look':
        return this.#looks(instruction, pc, at, text, slots, write)
          ? [instruction.to, at]
          : undefined
    }
  }

  #looks(
    { behind, negated }: { readonly behind: boolean; readonly negated: boolean },
    pc: number,
    at: number,
    text: string,
    slots: Slots,
    write: (slot: number, value: number | undefined) => void,
  ): boolean {
    const seen = [...slots]
    let found = !behind && this.#run(pc + 1, text, at, seen) !== undefined
    for (let from = at; behind && !found && from >= 0; from -= 1) {
      found = this.#run(pc + 1, text, from, seen, at) !== undefined
    }
    if (found && !negated) for (const [slot, value] of seen.entries()) write(slot, value)
    return found !== negated
  }

  #isEdge(edge: 'start' | 'end' | 'word' | 'noWord', text: string, at: number): boolean {
    const { multiline } = this.#flags
    if (edge === 'start') return at === 0 || (multiline && isLineEnd(text.charAt(at - 1)))
    if (edge === 'end') return at === text.length || (multiline && isLineEnd(text.charAt(at)))
    const isWord = isWordUnit(text.charAt(at - 1)) !== isWordUnit(text.charAt(at))
    return isWord === (edge === 'word')
  }

  #isSame(one: string, other: string): boolean {
    if (one === other) return true
    return this.#flags.ignoreCase && one.toUpperCase() === other.toUpperCase()
  }
}

function between(
  text: string,
  from: number | undefined,
  to: number | undefined,
): string | undefined {
  return from === undefined || to === undefined ? undefined : text.slice(from, to)
}

function isLineEnd(unit: string): boolean {
  return unit === '\n' || unit === '\r' || unit === '\u2028' || unit === '\u2029'
}

function isWordUnit(unit: string): boolean {
  return /^\w$/.test(unit)
}

/** JavaScript's own engine judges a single unit: nothing is tried twice there. */
function taker(source: string, ignoreCase: boolean): (unit: string) => boolean {
  if (/^[^\\.[]$/.test(source) && !ignoreCase) return (unit) => unit === source
  const literal = /^[\]{}]$/.test(source) ? `\\${source}` : source
  const form = new RegExp(`^${literal}$`, ignoreCase ? 'i' : '')
  return (unit) => form.test(unit)
}
