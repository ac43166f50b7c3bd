import { type AttributeValue, typeOf } from '../values/attribute-value.ts'
import { validationException } from '../values/errors.ts'
import { normalNumber } from '../values/numbers.ts'
import { placed } from '../values/wire-values.ts'
import type { Term } from './syntax.ts'

/** The parameters of a statement, as tables hold values. */
export type Parameters = readonly AttributeValue[]

/**
 * The value that a term writes. Throws `ValidationException`, which names the place inside the value.
 * Observed on AWS, 2026-10.
 */
export function constantOf(term: Term, parameters: Parameters, place = 'root'): AttributeValue {
  switch (term.kind) {
    case 'string':
      return { S: term.text }
    case 'number':
      return placed(
        () => ({ N: normalNumber(term.text) }),
        (problem) => `${problem} under ${place}`,
      )
    case 'boolean':
      return { BOOL: term.value }
    case 'null':
      return { NULL: true }
    case 'parameter':
      return parameters[term.index] ?? { NULL: true } // Their number was checked.
    case 'list':
      return {
        L: term.elements.map((element, i) => constantOf(element, parameters, `${place}[${i}]`)),
      }
    case 'bag':
      return setOf(term.elements.map((element) => constantOf(element, parameters, place)))
    case 'map':
      return {
        M: Object.fromEntries(
          term.entries.map(([name, entry]) => [
            name,
            constantOf(entry, parameters, `${place}.${name}`),
          ]),
        ),
      }
    case 'call': {
      const { line, column, length } = term.position
      throw validationException(
        `Unsupported data type: ${term.name} under key ${place} at ${line}:${column}:${length}`,
      )
    }
    default:
      throw validationException(`Unsupported data type: ${term.kind} under key ${place}`)
  }
}

/** Whether the term writes a value, without looking into the item. */
export function isConstant(term: Term): boolean {
  switch (term.kind) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'null':
    case 'parameter':
    case 'list':
    case 'bag':
    case 'map':
      return true
    default:
      return false
  }
}

const invalid = 'One or more parameter values were invalid: Input collection'

function setOf(values: readonly AttributeValue[]): AttributeValue {
  const [first] = values
  if (first === undefined) throw validationException('Empty bags are not supported')
  const type = typeOf(first)
  const texts = values.map((value) => {
    if ('S' in value && type === 'S') return value.S
    if ('N' in value && type === 'N') return value.N
    if ('B' in value && type === 'B') return value.B
    throw validationException('Bags can only have strings, numbers or binaries, all of one type')
  })
  if (new Set(texts).size < texts.length) {
    throw validationException(`${invalid} [${texts.join(', ')}] contains duplicates.`)
  }
  if (type === 'S') return { SS: texts }
  return type === 'N' ? { NS: texts } : { BS: texts }
}
