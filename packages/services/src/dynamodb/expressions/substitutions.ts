import type { AttributeValue as ModelValue } from '@cloud-orrery/models/dynamodb'
import type { AttributeValue } from '../values/attribute-value.ts'
import { type ValueCheck, validationException } from '../values/errors.ts'
import { fromModel } from '../values/wire-values.ts'

/** What a request puts for `#names` and `:values` in all of its expressions. Remembers which were used. */
export interface Substitutions {
  readonly names: Readonly<Record<string, string>>
  readonly values: Readonly<Record<string, AttributeValue>>
  readonly usedNames: Set<string>
  readonly usedValues: Set<string>
}

export const noSubstitutions = (): Substitutions => ({
  names: {},
  values: {},
  usedNames: new Set(),
  usedValues: new Set(),
})

const nameKey = /^#\w+$/
const valueKey = /^:\w+$/

/**
 * Checks and reads `ExpressionAttributeNames` and `ExpressionAttributeValues`. Throws `ValidationException`; only the
 * older way of checking names the key of a value that is wrong.
 */
export function substitutions(
  names: Readonly<Record<string, string>> | undefined,
  values: Readonly<Record<string, ModelValue>> | undefined,
  check: ValueCheck = 'current',
): Substitutions {
  if (names !== undefined) checkKeys('ExpressionAttributeNames', Object.keys(names), nameKey)
  const stored: Record<string, AttributeValue> = {}
  if (values !== undefined) {
    const keys = Object.keys(values)
    checkKeys('ExpressionAttributeValues', keys, valueKey)
    for (const key of keys) {
      const value = values[key]
      if (value !== undefined) {
        stored[key] = fromModel(value, check === 'older' ? placeOf(key) : undefined, check)
      }
    }
  }
  return { names: names ?? {}, values: stored, usedNames: new Set(), usedValues: new Set() }
}

const placeOf = (key: string) => (problem: string) =>
  `ExpressionAttributeValues contains invalid value: ${problem} for key ${key}`

function checkKeys(parameter: string, keys: readonly string[], allowed: RegExp): void {
  if (keys.length === 0) throw validationException(`${parameter} must not be empty`)
  for (const key of keys) {
    if (!allowed.test(key)) {
      throw validationException(`${parameter} contains invalid key: Syntax error; key: "${key}"`)
    }
  }
}

/** After all expressions of a request: throws `ValidationException` where one gave a name or value for nothing. */
export function refuseUnused({ names, values, usedNames, usedValues }: Substitutions): void {
  refuse('ExpressionAttributeNames', names, usedNames)
  refuse('ExpressionAttributeValues', values, usedValues)
}

function refuse(parameter: string, given: object, used: ReadonlySet<string>): void {
  let unused: string[] | undefined
  for (const key in given) {
    if (!used.has(key)) {
      unused ??= []
      unused.push(key)
    }
  }
  if (unused !== undefined) {
    throw validationException(
      `Value provided in ${parameter} unused in expressions: keys: {${unused.join(', ')}}`,
    )
  }
}
