import { type JsonSchema, referencedModel, schemaOf } from '../model-schemas.ts'
import type { ModelRecord } from '../state.ts'
import { javaPattern } from '../vtl/patterns.ts'

/** Schemas within schemas that are followed. */
const depthMax = 100

/**
 * What a body breaks of a model, in words for `$context.error.validationErrorString`; empty: nothing. Draft 4 of JSON
 * Schema. Source: developer guide, "Data models for REST APIs".
 */
export function schemaViolations(
  value: unknown,
  schema: JsonSchema,
  models: readonly ModelRecord[],
): string[] {
  const check = new SchemaCheck(schema, models)
  check.value(value, schema, '#', 0)
  return check.found
}

class SchemaCheck {
  readonly found: string[] = []
  readonly #root: JsonSchema
  readonly #models: readonly ModelRecord[]

  constructor(root: JsonSchema, models: readonly ModelRecord[]) {
    this.#root = root
    this.#models = models
  }

  #passes(value: unknown, schema: unknown, depth: number): boolean {
    const inner = new SchemaCheck(this.#root, this.#models)
    inner.value(value, schema, '#', depth)
    return inner.found.length === 0
  }

  value(value: unknown, schema: unknown, path: string, depth: number): void {
    if (typeof schema !== 'object' || schema === null || depth > depthMax) return
    const rules = schema as JsonSchema // Just checked, but for lists, which have no rules.
    const reference = rules['$ref']
    if (typeof reference === 'string') {
      this.value(value, this.#referenced(reference), path, depth + 1)
      return
    }
    this.#type(value, rules, path)
    this.#enum(value, rules, path)
    this.#combined(value, rules, path, depth)
    if (typeof value === 'string') this.#text(value, rules, path)
    if (typeof value === 'number') this.#number(value, rules, path)
    if (Array.isArray(value)) this.#list(value, rules, path, depth)
    else if (typeof value === 'object' && value !== null) {
      this.#object(value as Record<string, unknown>, rules, path, depth)
    }
  }

  #referenced(reference: string): unknown {
    const model = referencedModel(reference)
    if (model !== undefined) {
      const text = this.#models.find(({ name }) => name === model)?.schema
      return text === undefined ? undefined : schemaOf(text)
    }
    let found: unknown = this.#root
    for (const part of reference.replace(/^#\/?/, '').split('/')) {
      if (part === '') continue
      if (typeof found !== 'object' || found === null || !Object.hasOwn(found, part))
        return undefined
      found = (found as Record<string, unknown>)[part]
    }
    return found
  }

  #say(text: string, path: string): void {
    this.found.push(path === '#' ? text : `${path}: ${text}`)
  }

  #type(value: unknown, { type }: JsonSchema, path: string): void {
    if (type === undefined) return
    const allowed = Array.isArray(type) ? type : [type]
    const kind = kindOf(value)
    if (allowed.includes(kind) || (kind === 'integer' && allowed.includes('number'))) return
    this.#say(
      `instance type (${kind}) does not match any allowed primitive type (allowed: ${JSON.stringify(allowed)})`,
      path,
    )
  }

  #enum(value: unknown, { enum: values, const: constant }: JsonSchema, path: string): void {
    const text = JSON.stringify(value)
    if (Array.isArray(values) && !values.some((it) => JSON.stringify(it) === text)) {
      this.#say(
        `instance value (${text}) not found in enum (possible values: ${JSON.stringify(values)})`,
        path,
      )
    }
    if (constant !== undefined && JSON.stringify(constant) !== text) {
      this.#say(`instance value (${text}) is not the constant`, path)
    }
  }

  #combined(value: unknown, rules: JsonSchema, path: string, depth: number): void {
    const { allOf, anyOf, oneOf, not } = rules
    const passing = (list: unknown) =>
      Array.isArray(list) ? list.filter((it) => this.#passes(value, it, depth + 1)).length : 0
    if (Array.isArray(allOf)) for (const it of allOf) this.value(value, it, path, depth + 1)
    if (Array.isArray(anyOf) && passing(anyOf) === 0) {
      this.#say('instance failed to match at least one required schema', path)
    }
    if (Array.isArray(oneOf)) {
      const count = passing(oneOf)
      if (count !== 1) {
        this.#say(
          `instance failed to match exactly one schema (matched ${count} out of ${oneOf.length})`,
          path,
        )
      }
    }
    if (not !== undefined && this.#passes(value, not, depth + 1)) {
      this.#say('instance matched a schema which it should not have', path)
    }
  }

  #text(value: string, { minLength, maxLength, pattern, format }: JsonSchema, path: string): void {
    const length = [...value].length
    if (typeof minLength === 'number' && length < minLength) {
      this.#say(
        `string "${value}" is too short (length: ${length}, required minimum: ${minLength})`,
        path,
      )
    }
    if (typeof maxLength === 'number' && length > maxLength) {
      this.#say(
        `string "${value}" is too long (length: ${length}, maximum allowed: ${maxLength})`,
        path,
      )
    }
    if (typeof pattern === 'string' && !javaPattern(pattern, 'u', value.length).test(value)) {
      this.#say(`ECMA 262 regex "${pattern}" does not match input string "${value}"`, path)
    }
    const form = typeof format === 'string' ? formats[format] : undefined
    if (form !== undefined && !form.test(value)) {
      this.#say(`string "${value}" is invalid against requested format(s) ${String(format)}`, path)
    }
  }

  #number(value: number, rules: JsonSchema, path: string): void {
    const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = rules
    if (typeof minimum === 'number') {
      const isBelow = exclusiveMinimum === true ? value <= minimum : value < minimum
      if (isBelow)
        this.#say(
          `numeric instance is lower than the required minimum (minimum: ${minimum}, found: ${value})`,
          path,
        )
    }
    if (typeof maximum === 'number') {
      const isAbove = exclusiveMaximum === true ? value >= maximum : value > maximum
      if (isAbove)
        this.#say(
          `numeric instance is greater than the required maximum (maximum: ${maximum}, found: ${value})`,
          path,
        )
    }
    if (typeof multipleOf === 'number' && multipleOf > 0 && !Number.isInteger(value / multipleOf)) {
      this.#say(`remainder of division is not zero (${value} / ${multipleOf})`, path)
    }
  }

  #list(value: readonly unknown[], rules: JsonSchema, path: string, depth: number): void {
    const { items, minItems, maxItems, uniqueItems, additionalItems } = rules
    if (typeof minItems === 'number' && value.length < minItems) {
      this.#say(
        `array is too short: must have at least ${minItems} elements but instance has ${value.length} elements`,
        path,
      )
    }
    if (typeof maxItems === 'number' && value.length > maxItems) {
      this.#say(
        `array is too long: must have at most ${maxItems} elements but instance has ${value.length} elements`,
        path,
      )
    }
    if (
      uniqueItems === true &&
      new Set(value.map((it) => JSON.stringify(it))).size !== value.length
    ) {
      this.#say('array must not contain duplicate elements', path)
    }
    for (const [i, item] of value.entries()) {
      const own: unknown = Array.isArray(items) ? (items[i] ?? additionalItems) : items
      if (own === false) this.#say('array has more elements than are allowed', path)
      this.value(item, own, `${path}/${i}`, depth + 1)
    }
  }

  #object(value: Record<string, unknown>, rules: JsonSchema, path: string, depth: number): void {
    const { required, minProperties, maxProperties, dependencies } = rules
    const names = Object.keys(value)
    const missing = (Array.isArray(required) ? required : []).filter(
      (name) => !names.includes(name),
    )
    if (missing.length > 0) {
      this.#say(`object has missing required properties (${JSON.stringify(missing)})`, path)
    }
    if (typeof minProperties === 'number' && names.length < minProperties) {
      this.#say(
        `object has too few properties (found ${names.length} but schema requires at least ${minProperties})`,
        path,
      )
    }
    if (typeof maxProperties === 'number' && names.length > maxProperties) {
      this.#say(
        `object has too many properties (found ${names.length} but schema requires at most ${maxProperties})`,
        path,
      )
    }
    for (const [name, needed] of Object.entries(record(dependencies))) {
      if (!names.includes(name)) continue
      if (!Array.isArray(needed)) this.value(value, needed, path, depth + 1)
      else if (needed.some((it) => !names.includes(it)))
        this.#say(`property "${name}" of object has missing property dependencies`, path)
    }
    this.#members(value, rules, path, depth)
  }

  #members(value: Record<string, unknown>, rules: JsonSchema, path: string, depth: number): void {
    const properties = record(rules['properties'])
    const patterns = Object.entries(record(rules['patternProperties']))
    const { additionalProperties } = rules
    const unwanted: string[] = []
    for (const [name, member] of Object.entries(value)) {
      const matching = patterns.filter(([source]) =>
        javaPattern(source, 'u', name.length).test(name),
      )
      for (const [, schema] of matching) this.value(member, schema, `${path}/${name}`, depth + 1)
      if (Object.hasOwn(properties, name)) {
        this.value(member, properties[name], `${path}/${name}`, depth + 1)
      } else if (matching.length === 0) {
        if (additionalProperties === false) unwanted.push(name)
        else this.value(member, additionalProperties, `${path}/${name}`, depth + 1)
      }
    }
    if (unwanted.length > 0) {
      this.#say(
        `object instance has properties which are not allowed by the schema: ${JSON.stringify(unwanted)}`,
        path,
      )
    }
  }
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>) // Just checked.
    : {}
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}

const formats: Readonly<Record<string, RegExp>> = {
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)$/i,
  email: /^[^@\s]{1,255}@[^@\s.][^@\s]{0,255}$/,
  ipv4: /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/,
  uri: /^[a-z][a-z0-9+.-]*:\S*$/i,
}
