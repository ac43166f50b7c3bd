import type { MetricIdentity } from '../../shared/metrics.ts'
import { ExpressionError } from './syntax.ts'

/** `{Namespace,Dimension,...} terms` of a SEARCH expression. Source: Search expression syntax. */
export interface Search {
  /** With a namespace: only metrics with exactly these dimensions. */
  readonly schema?: { readonly namespace: string; readonly dimensions: readonly string[] }
  readonly matches: (metric: MetricIdentity) => boolean
}

type Test = (metric: MetricIdentity) => boolean

export function parseSearch(text: string): Search {
  const schema = /^\s*\{([^}]*)\}/.exec(text)
  const terms = text.slice(schema?.[0].length ?? 0)
  const test = terms.trim() === '' ? () => true : new Terms(tokensOf(terms)).all()
  if (schema === null) return { matches: test }
  const [namespace = '', ...dimensions] = (schema[1] ?? '').split(',').map(unquoted)
  const wanted = dimensions.toSorted().join('\u0000')
  return {
    schema: { namespace, dimensions },
    matches: (metric) =>
      metric.namespace === namespace &&
      metric.dimensions.map(([name]) => name).join('\u0000') === wanted &&
      test(metric),
  }
}

function unquoted(name: string): string {
  return name.trim().replace(/^"(.*)"$/s, '$1')
}

function tokensOf(text: string): readonly string[] {
  return text.match(/"(?:[^"\\]|\\.)*"|[()=]|[^\s()="]+/gs) ?? []
}

/** Terms side by side are all meant; OR is weaker, NOT stronger. */
class Terms {
  readonly #tokens: readonly string[]
  #at = 0

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens
  }

  all(): Test {
    const test = this.#either()
    if (this.#at < this.#tokens.length) {
      throw new ExpressionError(`SEARCH: unexpected '${this.#tokens[this.#at]}'`)
    }
    return test
  }

  #either(): Test {
    const parts = [this.#both()]
    while (this.#took('OR')) parts.push(this.#both())
    return (metric) => parts.some((part) => part(metric))
  }

  #both(): Test {
    const parts = [this.#single()]
    for (;;) {
      this.#took('AND')
      const next = this.#tokens[this.#at]
      if (next === undefined || next === 'OR' || next === ')') break
      parts.push(this.#single())
    }
    return (metric) => parts.every((part) => part(metric))
  }

  #single(): Test {
    if (this.#took('NOT')) {
      const inner = this.#single()
      return (metric) => !inner(metric)
    }
    if (this.#took('(')) {
      const inner = this.#either()
      if (!this.#took(')')) throw new ExpressionError("SEARCH: expected ')'")
      return inner
    }
    const word = this.#tokens[this.#at]
    if (word === undefined || word === ')' || word === '=') {
      throw new ExpressionError(`SEARCH: unexpected '${word ?? 'end'}'`)
    }
    this.#at += 1
    if (this.#took('=')) return this.#property(unquoted(word))
    return (metric) => allTexts(metric).some((text) => fits(text, word))
  }

  /** `name=value`, `name="value"`, `name=(a OR b)`. */
  #property(name: string): Test {
    const wanted: string[] = []
    if (this.#took('(')) {
      while (!this.#took(')')) {
        const word = this.#tokens[this.#at]
        if (word === undefined) throw new ExpressionError("SEARCH: expected ')'")
        this.#at += 1
        if (word !== 'OR') wanted.push(word)
      }
    } else {
      wanted.push(this.#tokens[this.#at] ?? '')
      this.#at += 1
    }
    return (metric) => {
      const text = propertyOf(metric, name)
      return text !== undefined && wanted.some((word) => fits(text, word))
    }
  }

  #took(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false
    this.#at += 1
    return true
  }
}

function propertyOf(metric: MetricIdentity, name: string): string | undefined {
  if (name.toLowerCase() === 'metricname') return metric.name
  if (name.toLowerCase() === 'namespace') return metric.namespace
  return metric.dimensions.find(([dimension]) => dimension === name)?.[1]
}

function allTexts({ namespace, name, dimensions }: MetricIdentity): readonly string[] {
  return [namespace, name, ...dimensions.flat()]
}

/** In quotes: the whole text. Else: its parts stand in the text one after the other, in any case. */
function fits(text: string, word: string): boolean {
  if (word.startsWith('"')) return text === unquoted(word).replace(/\\(.)/gs, '$1')
  const [parts, wanted] = [partsOf(text), partsOf(word)]
  if (text.toLowerCase() === word.toLowerCase()) return true
  return parts.some((_, start) => wanted.every((part, i) => parts[start + i] === part))
}

/** Words of a name: at signs, at digits and where small letters are followed by capitals. */
function partsOf(text: string): readonly string[] {
  return (text.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g) ?? []).map((it) => it.toLowerCase())
}
