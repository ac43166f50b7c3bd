/** A list that a template made: it is put out as Java does, where one of JSON is put out as JSON. */
export class JavaList extends Array<unknown> {}

export type VtlMap = Record<string, unknown>

export function isMap(value: unknown): value is VtlMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * What a value is in the output: maps as Java writes them, lists of JSON as JSON, nothing for null.
 * Recorded: apigateway, `test_input_path_template_formatting`.
 */
export function shownText(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return value
  if (typeof value === 'number') return numberText(value)
  if (value instanceof JavaList) return `[${value.map(innerText).join(', ')}]`
  if (Array.isArray(value)) return JSON.stringify(value)
  if (isMap(value)) {
    const entries = Object.entries(value).filter(([, member]) => typeof member !== 'function')
    return `{${entries.map(([key, member]) => `${key}=${innerText(member)}`).join(', ')}}`
  }
  return String(value)
}

function innerText(value: unknown): string {
  return value === undefined || value === null ? 'null' : shownText(value)
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
