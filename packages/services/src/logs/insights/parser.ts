import { notModelled } from '../../shared/not-modelled.ts'
import { ExpressionParser } from './expression-parser.ts'
import { type Command, type Named, QueryError, tokensOf } from './syntax.ts'

/** Commands of AWS that are not built, refused by name. */
const unbuilt = new Set([
  ...['pattern', 'diff', 'anomaly', 'unnest', 'join', 'source', 'filterindex'],
  ...['unionall', 'lookup', 'addtotals', 'eventstats', 'transaction'],
])

/** Throws QueryError. */
export function parseQuery(query: string): readonly Command[] {
  const parser = new QueryParser(query)
  return parser.commands()
}

class QueryParser extends ExpressionParser {
  readonly #query: string

  constructor(query: string) {
    super(tokensOf(query), query.length)
    this.#query = query
  }

  commands(): readonly Command[] {
    const commands: Command[] = []
    do {
      if (this.ended && commands.length > 0) break
      commands.push(this.#command())
    } while (this.took('|'))
    if (!this.ended) throw this.unexpected()
    return commands
  }

  #command(): Command {
    const token = this.next()
    const word = token.text.toLowerCase()
    switch (word) {
      case 'fields':
      case 'display':
        return { kind: word, columns: this.#columns() }
      case 'filter':
        return { kind: 'filter', test: this.expression() }
      case 'parse':
        return this.#parse()
      case 'stats':
        return this.#stats()
      case 'sort':
        return { kind: 'sort', keys: this.#sortKeys() }
      case 'limit':
      case 'head':
        return { kind: 'limit', count: this.#count() }
      case 'dedup':
        return { kind: 'dedup', fields: this.#names() }
      default:
        if (unbuilt.has(word)) throw notModelled(`the command ${word} of Logs Insights`)
        throw new QueryError(
          `unexpected symbol found ${token.text} at position ${token.start}`,
          token.start,
          token.end,
        )
    }
  }

  /** Expressions with their aliases; without one a column is named as it was written. */
  #columns(): readonly Named[] {
    const columns: Named[] = []
    do {
      const start = this.position
      const expression = this.expression()
      const written = this.#query.slice(start, this.lastEnd).trim()
      const alias = this.tookWord('as') ? this.name() : undefined
      const name = expression.kind === 'field' ? expression.name : written
      columns.push({ name: alias ?? name, expression })
    } while (this.took(','))
    return columns
  }

  #stats(): Command {
    const columns = this.#columns()
    return { kind: 'stats', columns, by: this.tookWord('by') ? this.#columns() : [] }
  }

  #parse(): Command {
    const pattern = this.tookPattern()
    const of =
      pattern === undefined ? this.expression() : { kind: 'field' as const, name: '@message' }
    const found = pattern ?? this.tookPattern()
    if (found === undefined) throw this.unexpected()
    return { kind: 'parse', of, pattern: found, names: this.tookWord('as') ? this.#names() : [] }
  }

  #sortKeys() {
    const keys: Extract<Command, { kind: 'sort' }>['keys'][number][] = []
    do {
      const start = this.position
      const expression = this.expression()
      const name = this.#query.slice(start, this.lastEnd).trim()
      const descending = this.tookWord('desc')
      if (!descending) this.tookWord('asc')
      keys.push({ name, expression, descending })
    } while (this.took(','))
    return keys
  }

  #names(): readonly string[] {
    const names = [this.name()]
    while (this.took(',')) names.push(this.name())
    return names
  }

  #count(): number {
    const token = this.next()
    if (token.kind !== 'number') throw this.unexpected(token)
    return Number(token.text)
  }
}
