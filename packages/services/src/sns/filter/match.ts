import { isTooDeep } from '../../shared/json-depth.ts'
import type { StoredAttribute } from '../state.ts'
import { isWithin, parseCidr } from './addresses.ts'
import type { Condition, FieldTest, Filter } from './filter.ts'

type Scalar = string | number | boolean | null

/** A value in the message, and which element of each array above it was gone through. */
interface Leaf {
  readonly value: Scalar
  readonly elements: Readonly<Record<string, number>>
}

/** Values by dotted path. */
type Leaves = ReadonlyMap<string, readonly Leaf[]>

/** Whether a subscription wants a message. Source: SNS Developer Guide, "Amazon SNS message filtering". */
export function accepts(
  filter: Filter,
  body: string,
  attributes: Readonly<Record<string, StoredAttribute>>,
): boolean {
  const leaves =
    filter.scope === 'MessageBody' ? leavesOfBody(body) : leavesOfAttributes(attributes)
  if (leaves === undefined) return false
  return filter.branches.some((branch) => holds(branch, 0, {}, leaves))
}

/**
 * Tries the values of one field after the other. Fields inside one array must be met by the same element.
 */
function holds(
  branch: readonly FieldTest[],
  at: number,
  chosen: Readonly<Record<string, number>>,
  leaves: Leaves,
): boolean {
  const field = branch[at]
  if (field === undefined) return true
  const values = leaves.get(field.path) ?? []
  for (const condition of field.conditions) {
    if (isAbsence(condition)) {
      if (values.length === 0 && holds(branch, at + 1, chosen, leaves)) return true
      continue
    }
    for (const leaf of values) {
      if (!agree(chosen, leaf.elements) || !meets(condition, leaf.value)) continue
      if (holds(branch, at + 1, { ...chosen, ...leaf.elements }, leaves)) return true
    }
  }
  return false
}

function isAbsence(condition: Condition): boolean {
  return (
    typeof condition === 'object' &&
    condition !== null &&
    'exists' in condition &&
    !condition.exists
  )
}

function agree(
  chosen: Readonly<Record<string, number>>,
  other: Readonly<Record<string, number>>,
): boolean {
  return Object.entries(other).every(([array, element]) => (chosen[array] ?? element) === element)
}

function meets(condition: Condition, value: Scalar): boolean {
  if (typeof condition !== 'object' || condition === null) return condition === value
  if ('exists' in condition) return condition.exists
  if ('numeric' in condition)
    return typeof value === 'number' && isInRange(condition.numeric, value)
  if ('anything-but' in condition) return isAnythingBut(condition['anything-but'], value)
  if (typeof value !== 'string') return false
  if ('prefix' in condition) return value.startsWith(condition.prefix)
  if ('suffix' in condition) return value.endsWith(condition.suffix)
  if ('equals-ignore-case' in condition) return sameLetters(condition['equals-ignore-case'], value)
  const block = parseCidr(condition.cidr)
  return typeof block !== 'string' && isWithin(block, value)
}

function isAnythingBut(
  but: Extract<Condition, { 'anything-but': unknown }>['anything-but'],
  value: Scalar,
): boolean {
  if (typeof but !== 'object') return but !== value
  if (isList(but)) return !but.some((it) => it === value)
  if (typeof value !== 'string') return true
  return 'prefix' in but
    ? !value.startsWith(but.prefix)
    : !sameLetters(but['equals-ignore-case'], value)
}

function isList(value: object): value is readonly (string | number)[] {
  return Array.isArray(value)
}

function sameLetters(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}

/** `[">", 0, "<=", 100]`: pairs of operator and bound, all of which hold. */
function isInRange(range: readonly (string | number)[], value: number): boolean {
  for (let at = 0; at < range.length; at += 2) {
    const bound = Number(range[at + 1])
    const order = Math.sign(value - bound)
    switch (range[at]) {
      case '=':
        if (order !== 0) return false
        break
      case '<':
        if (order >= 0) return false
        break
      case '<=':
        if (order > 0) return false
        break
      case '>':
        if (order <= 0) return false
        break
      default:
        if (order < 0) return false
    }
  }
  return true
}

/** Strings, numbers and the elements of arrays; binary attributes are not looked at. */
function leavesOfAttributes(attributes: Readonly<Record<string, StoredAttribute>>): Leaves {
  const leaves = new Map<string, readonly Leaf[]>()
  for (const [name, { dataType, value }] of Object.entries(attributes)) {
    if (dataType.startsWith('Binary')) continue
    const values =
      dataType === 'String.Array'
        ? arrayValues(value)
        : [dataType.startsWith('Number') ? Number(value) : value]
    leaves.set(
      name,
      values.map((it) => ({ value: it, elements: {} })),
    )
  }
  return leaves
}

/** A text that is no JSON array counts as the text itself. */
function arrayValues(text: string): readonly Scalar[] {
  try {
    const value: unknown = JSON.parse(text)
    if (Array.isArray(value)) return value.filter(isScalar)
  } catch {
    // No JSON: falls through.
  }
  return [text]
}

function isScalar(value: unknown): value is Scalar {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value)
}

/** Undefined for what is no JSON object, or one too deep to be read: such a body meets no filter. */
function leavesOfBody(body: string): Leaves | undefined {
  let value: unknown
  if (isTooDeep(body)) return undefined
  try {
    value = JSON.parse(body)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const leaves = new Map<string, Leaf[]>()
  collect(value, '', {}, leaves)
  return leaves
}

/** Dots in names read as nesting, on both sides. Recorded: sns, filter on the message body, `dot_attribute`. */
function collect(
  value: unknown,
  path: string,
  elements: Readonly<Record<string, number>>,
  leaves: Map<string, Leaf[]>,
): void {
  if (isScalar(value)) {
    const known = leaves.get(path)
    if (known === undefined) leaves.set(path, [{ value, elements }])
    else known.push({ value, elements })
  } else if (Array.isArray(value)) {
    const array = `${path} ${JSON.stringify(elements)}`
    for (const [at, item] of value.entries())
      collect(item, path, { ...elements, [array]: at }, leaves)
  } else {
    for (const [name, item] of Object.entries(value as object)) {
      collect(item, path === '' ? name : `${path}.${name}`, elements, leaves)
    }
  }
}
