import type { StateValue } from '../state.ts'

/** The rule of a composite alarm. Source: PutCompositeAlarm, `AlarmRule`. */
export type Rule =
  | { readonly kind: 'state'; readonly state: StateValue; readonly alarm: string }
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'not'; readonly of: Rule }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Rule[] }
  | {
      readonly kind: 'atLeast'
      readonly count: number
      readonly state: StateValue
      readonly alarms: readonly string[]
    }

/** The rule does not have the form of one. */
export class RuleError extends Error {}

const tokenForm = /\s*(?:("(?:[^"\\]|\\.)*")|([(),])|([^\s(),"]+))/y

function tokensOf(text: string): readonly string[] {
  const tokens: string[] = []
  const rule = text.trimEnd()
  let at = 0
  while (at < rule.length) {
    tokenForm.lastIndex = at
    const match = tokenForm.exec(rule)
    if (match === null) throw new RuleError(`at position ${at}`)
    at = tokenForm.lastIndex
    tokens.push(match[1] ?? match[2] ?? match[3] ?? '')
  }
  return tokens
}

const states: Readonly<Record<string, StateValue>> = {
  ALARM: 'ALARM',
  OK: 'OK',
  INSUFFICIENT_DATA: 'INSUFFICIENT_DATA',
}

/** Nested parts, at most. A rule has 10,240 characters. */
const depthMax = 200

export function parseRule(text: string): Rule {
  const parser = new Parser(tokensOf(text))
  const rule = parser.either()
  parser.end()
  return rule
}

class Parser {
  readonly #tokens: readonly string[]
  #at = 0
  #depth = 0

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens
  }

  end(): void {
    const rest = this.#tokens[this.#at]
    if (rest !== undefined) throw new RuleError(`unexpected ${rest}`)
  }

  either(): Rule {
    return this.#parts('or', 'OR', () => this.#parts('and', 'AND', () => this.#single()))
  }

  #parts(kind: 'and' | 'or', word: string, part: () => Rule): Rule {
    const first = part()
    const parts = [first]
    while (this.#took(word)) parts.push(part())
    return parts.length === 1 ? first : { kind, parts }
  }

  #single(): Rule {
    this.#depth += 1
    if (this.#depth > depthMax) throw new RuleError('too deep')
    const rule = this.#unguarded()
    this.#depth -= 1
    return rule
  }

  #unguarded(): Rule {
    if (this.#took('NOT')) return { kind: 'not', of: this.#single() }
    if (this.#took('(')) {
      const inner = this.either()
      this.#take(')')
      return inner
    }
    if (this.#took('TRUE')) return { kind: 'constant', value: true }
    if (this.#took('FALSE')) return { kind: 'constant', value: false }
    if (this.#took('AT_LEAST')) return this.#atLeast()
    const state = this.#state()
    this.#take('(')
    const alarm = this.#name()
    this.#take(')')
    return { kind: 'state', state, alarm }
  }

  /** `AT_LEAST(2, ALARM, (first, second, third))`; the count may be a share: `50%`. */
  #atLeast(): Rule {
    this.#take('(')
    const written = this.#next()
    this.#take(',')
    const state = this.#state()
    this.#take(',')
    this.#take('(')
    const alarms = [this.#name()]
    while (this.#took(',')) alarms.push(this.#name())
    this.#take(')')
    this.#take(')')
    const number = /^(\d+)(%?)$/.exec(written)
    if (number === null) throw new RuleError(`unexpected ${written}`)
    const amount = Number(number[1])
    const count = number[2] === '%' ? Math.ceil((amount / 100) * alarms.length) : amount
    if (count < 1 || count > alarms.length) throw new RuleError(`unexpected ${written}`)
    return { kind: 'atLeast', count, state, alarms }
  }

  #state(): StateValue {
    const word = this.#next()
    const state = Object.hasOwn(states, word) ? states[word] : undefined
    if (state === undefined) throw new RuleError(`unexpected ${word}`)
    return state
  }

  /** A name or an ARN, in quotes or not. */
  #name(): string {
    const word = this.#next()
    if (/^[(),]$/.test(word)) throw new RuleError(`unexpected ${word}`)
    const name = word.startsWith('"') ? word.slice(1, -1).replace(/\\(.)/gs, '$1') : word
    return /^arn:[^:]*:cloudwatch:[^:]*:\d*:alarm:(.+)$/s.exec(name)?.[1] ?? name
  }

  #next(): string {
    const token = this.#tokens[this.#at]
    if (token === undefined) throw new RuleError('unexpected end')
    this.#at += 1
    return token
  }

  #took(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false
    this.#at += 1
    return true
  }

  #take(token: string): void {
    if (!this.#took(token)) throw new RuleError(`expected ${token}`)
  }
}

/** Names of the alarms in a rule, each once. */
export function alarmsIn(rule: Rule): readonly string[] {
  return [...new Set(namesOf(rule))]
}

function namesOf(rule: Rule): readonly string[] {
  switch (rule.kind) {
    case 'state':
      return [rule.alarm]
    case 'atLeast':
      return rule.alarms
    case 'not':
      return namesOf(rule.of)
    case 'constant':
      return []
    default:
      return rule.parts.flatMap(namesOf)
  }
}

/** An alarm that is gone is in no state. */
export function holds(rule: Rule, stateOf: (alarm: string) => StateValue | undefined): boolean {
  switch (rule.kind) {
    case 'state':
      return stateOf(rule.alarm) === rule.state
    case 'constant':
      return rule.value
    case 'not':
      return !holds(rule.of, stateOf)
    case 'and':
      return rule.parts.every((part) => holds(part, stateOf))
    case 'or':
      return rule.parts.some((part) => holds(part, stateOf))
    case 'atLeast':
      return rule.alarms.filter((alarm) => stateOf(alarm) === rule.state).length >= rule.count
  }
}
