import { templateOutputMax } from '../limits.ts'
import { TemplateError } from './ast.ts'

/** A list that a template made: it is put out as Java does, where one of JSON is put out as JSON. */
export class JavaList extends Array<unknown> {}

export type VtlMap = Record<string, unknown>

export function isMap(value: unknown): value is VtlMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Values within values that are put out. */
const depthMax = 200
/** Values of one text. */
const valuesMax = 1_000_000

/** A text, if it is none that would not fit the output. */
export function fitting(text: string): string {
  if (text.length > templateOutputMax) throw tooLarge()
  return text
}

export function tooLarge(): TemplateError {
  return new TemplateError('The output is too large')
}

/**
 * What a value is in the output: maps as Java writes them, lists of JSON as JSON, nothing for null.
 * Recorded: apigateway, `test_input_path_template_formatting`. Throws TemplateError for what has no end or would not fit:
 * a list can be in itself, and in a list in which it is twice, and so on.
 */
export function shownText(value: unknown): string {
  if (typeof value === 'string') return value
  return typeof value === 'object' && value !== null ? new Shown().text(value, 0) : plainText(value)
}

/** Texts of values, bounded all together. */
class Shown {
  #length = 0
  #values = 0

  text(value: unknown, depth: number): string {
    this.#values += 1
    if (this.#values > valuesMax) throw tooLarge()
    if (typeof value !== 'object' || value === null) return this.#counted(plainText(value))
    if (depth > depthMax) throw new TemplateError('Values are nested too deeply')
    if (value instanceof JavaList) {
      this.#count(2 * value.length + 2)
      const items: string[] = [] // A list of the same kind would be as slow as those of templates are.
      for (const item of value) items.push(this.#inner(item, depth))
      return `[${items.join(', ')}]`
    }
    if (Array.isArray(value)) return this.#counted(this.#json(value))
    const entries = Object.entries(value).filter(([, member]) => typeof member !== 'function')
    this.#count(2 * entries.length + 2)
    const members = entries.map(([key, it]) => `${this.#counted(key)}=${this.#inner(it, depth)}`)
    return `{${members.join(', ')}}`
  }

  #inner(value: unknown, depth: number): string {
    return value === undefined || value === null ? 'null' : this.text(value, depth + 1)
  }

  #json(value: unknown): string {
    const visited = { members: 0 }
    try {
      return JSON.stringify(value, (_key, member: unknown) => {
        visited.members += 1
        if (visited.members > templateOutputMax) throw tooLarge()
        return member
      })
    } catch (error) {
      // What is in itself, or too deep within other values.
      if (!(error instanceof TypeError) && !(error instanceof RangeError)) throw error
      throw new TemplateError('Values are nested too deeply')
    }
  }

  #counted(text: string): string {
    this.#count(text.length)
    return text
  }

  #count(characters: number): void {
    this.#length += characters
    if (this.#length > templateOutputMax) throw tooLarge()
  }
}

function plainText(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return value
  if (typeof value === 'number') return numberText(value)
  return String(value)
}

function numberText(value: number): string {
  return Number.isFinite(value) ? String(value) : value > 0 ? 'Infinity' : '-Infinity'
}

/** Whether a condition holds: all that is there, but false. Source: Velocity user guide, "If / ElseIf / Else". */
export function isTrue(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false
}

/** Values are equal as texts where their kinds differ. Source: Velocity user guide, "Relational and logical operators". */
export function areEqual(left: unknown, right: unknown): boolean {
  const none = (value: unknown) => value === undefined || value === null
  if (none(left) || none(right)) return none(left) && none(right)
  if (typeof left === typeof right && typeof left !== 'object') return left === right
  return shownText(left) === shownText(right)
}
