import { compilePattern } from './pattern.ts'
import type { Member, OperationModel, Shape } from './shape.ts'
import { shownValue } from './shown-value.ts'

export type ViolationKind = 'required' | 'length' | 'range' | 'pattern' | 'enum' | 'members'

/** One broken constraint of the model. */
export interface Violation {
  /** As AWS writes it: `tags.1.member.key`. */
  readonly path: string
  readonly value: unknown
  readonly kind: ViolationKind
  /** AWS's words: `Member must have value less than or equal to 100`. */
  readonly constraint: string
  /** The value as AWS writes it, with its quotes; `null` where it is missing, empty where it is sensitive. */
  readonly shown: string
}

type Check = (value: unknown, path: string, found: Violation[], depth: number) => void
/** What a single value breaks, in AWS's words; the value is a string, number or blob. */
type ValueCheck = (
  value: unknown,
  report: (kind: ViolationKind, constraint: string) => void,
) => void

/** Deeper structures are left alone; the decoders refuse them before. */
const depthMax = 100
/** Patterns are not tried on values that are too long already, beyond this many characters. */
const patternCharactersMax = 8192
const none: readonly Violation[] = Object.freeze([])

const checks = new WeakMap<Shape, { check: Check | undefined }>()

/**
 * What an input breaks of its model: required, length, range, pattern and enum, in the model's order.
 * Types are the decoders' business: a value of the wrong type is passed over.
 * Recorded: lambda, events, kms, dynamodb, states, apigateway (messages of `ValidationException`).
 */
export function validateInput(operation: OperationModel, input: unknown): readonly Violation[] {
  const check = checkOf(operation.input)
  if (check === undefined) return none
  const found: Violation[] = []
  check(input ?? {}, '', found, 0)
  return found.length === 0 ? none : found
}

/** AWS's sentence for all violations together: `2 validation errors detected: Value ...; Value ...`. */
export function validationMessage(violations: readonly Violation[]): string {
  const count = violations.length
  const head = `${count} validation error${count === 1 ? '' : 's'} detected: `
  return head + violations.map(violationText).join('; ')
}

/** One violation's sentence, which some services answer without the count before it. */
export function violationText({ path, shown, constraint }: Violation): string {
  const value = shown === '' ? 'Value' : `Value ${shown}`
  return `${value} at '${path}' failed to satisfy constraint: ${constraint}`
}

function checkOf(shape: Shape): Check | undefined {
  const known = checks.get(shape)
  if (known !== undefined) return known.check
  // A shape that contains itself is looked up again when it is reached.
  const cell: { check: Check | undefined } = {
    check: (value, path, found, depth) => cell.check?.(value, path, found, depth),
  }
  checks.set(shape, cell)
  cell.check = compileShape(shape)
  return cell.check
}

function compileShape(shape: Shape): Check | undefined {
  if (shape.type === 'structure' || shape.type === 'union') return compileStructure(shape)
  if (shape.type === 'list' && shape.member !== undefined) return compileList(shape, shape.member)
  if (shape.type === 'map' && shape.key !== undefined && shape.value !== undefined) {
    return compileMap(shape.key, shape.value)
  }
  return undefined
}

function compileStructure(shape: Shape): Check | undefined {
  const members = Object.values(shape.members ?? {}).map((member) => ({
    name: member.name,
    pathName: lowerFirst(member.name),
    required: member.required === true,
    check: compileMember(member),
  }))
  const checked = members.filter(({ required, check }) => required || check !== undefined)
  if (checked.length === 0) return undefined
  return (value, path, found, depth) => {
    if (typeof value !== 'object' || value === null || depth > depthMax) return
    const record = value as Record<string, unknown>
    for (const { name, pathName, required, check } of checked) {
      const member = record[name]
      if (member !== undefined && member !== null) {
        check?.(member, path === '' ? pathName : `${path}.${pathName}`, found, depth + 1)
      } else if (required) {
        found.push({
          path: path === '' ? pathName : `${path}.${pathName}`,
          value: null,
          kind: 'required',
          constraint: words.required,
          shown: 'null',
        })
      }
    }
  }
}

/** The member's own constraints, then what is inside its value. */
function compileMember(member: Member): Check | undefined {
  const own = compileValue(member, false)
  const inner = checkOf(member.shape)
  if (own === undefined) return inner
  return (value, path, found, depth) => {
    own(value, (kind, constraint) => {
      found.push({ path, value, kind, constraint, shown: shownValue(member.shape, value) })
    })
    inner?.(value, path, found, depth)
  }
}

/**
 * Elements that are plain values are reported at the list, all their constraints in one bracket, and so are
 * elements that are not there. Observed on AWS: cognito-idp CreateManagedLoginBranding (`assets` of null).
 */
function compileList(shape: Shape, element: Member): Check {
  const own = compileValue(element, true)
  const inner = checkOf(element.shape)
  const constraints = own === undefined ? [] : [constraintsOf(element)]
  const bracket = (of: readonly string[]): string =>
    `Member must satisfy constraint: [${of.join(', ')}]`
  return (value, path, found, depth) => {
    if (!Array.isArray(value) || depth > depthMax) return
    // Deviation: for some lists AWS names this constraint whenever it names others; models do not tell which.
    const hasNull = shape.sparse !== true && value.some((it) => it === null || it === undefined)
    if (hasNull || (own !== undefined && value.some((it) => breaks(own, it)))) {
      const constraint = bracket(hasNull ? [...constraints, words.required] : constraints)
      found.push({ path, value, kind: 'members', constraint, shown: shownValue(shape, value) })
    }
    if (inner === undefined) return
    for (let at = 0; at < value.length; at++) {
      const it: unknown = value[at]
      if (it !== undefined && it !== null) inner(it, `${path}.${at + 1}.member`, found, depth + 1)
    }
  }
}

function compileMap(key: Member, value: Member): Check | undefined {
  const ownKey = compileValue(key, true)
  const ownValue = compileValue(value, true)
  const inner = checkOf(value.shape)
  if (ownKey === undefined && ownValue === undefined && inner === undefined) return undefined
  return (map, path, found, depth) => {
    if (typeof map !== 'object' || map === null || depth > depthMax) return
    const entries = Object.entries(map as Record<string, unknown>)
    const report = (words: string, of: Member): void => {
      const shape: Shape = { name: '', type: 'map', key, value }
      const constraint = `Map ${words} must satisfy constraint: [${constraintsOf(of)}]`
      found.push({ path, value: map, kind: 'members', constraint, shown: shownValue(shape, map) })
    }
    if (ownKey !== undefined && entries.some(([it]) => breaks(ownKey, it))) report('keys', key)
    if (ownValue !== undefined && entries.some(([, it]) => breaks(ownValue, it)))
      report('value', value)
    if (inner === undefined) return
    for (const [name, it] of entries) {
      if (it !== undefined && it !== null) inner(it, `${path}.${name}.member`, found, depth + 1)
    }
  }
}

function breaks(check: ValueCheck, value: unknown): boolean {
  if (value === undefined || value === null) return false
  let broken = false
  check(value, () => {
    broken = true
  })
  return broken
}

/** The constraint traits of a member; its own override those of its target. */
interface Constraints {
  readonly type: Shape['type']
  readonly enum: readonly string[] | undefined
  readonly pattern: string | undefined
  readonly lengthMin: number | undefined
  readonly lengthMax: number | undefined
  readonly rangeMin: number | undefined
  readonly rangeMax: number | undefined
}

function constraints({ shape, ...own }: Member): Constraints {
  return {
    type: shape.type,
    enum: shape.type === 'enum' ? shape.enum : undefined,
    pattern: own.pattern ?? shape.pattern,
    lengthMin: own.lengthMin ?? shape.lengthMin,
    lengthMax: own.lengthMax ?? shape.lengthMax,
    rangeMin: own.rangeMin ?? shape.rangeMin,
    rangeMax: own.rangeMax ?? shape.rangeMax,
  }
}

const words = {
  required: 'Member must not be null',
  pattern: (it: string) => `Member must satisfy regular expression pattern: ${it}`,
  lengthMax: (it: number) => `Member must have length less than or equal to ${it}`,
  lengthMin: (it: number) => `Member must have length greater than or equal to ${it}`,
  rangeMax: (it: number) => `Member must have value less than or equal to ${it}`,
  rangeMin: (it: number) => `Member must have value greater than or equal to ${it}`,
  // Deviation: AWS lists the values in an order of its own, that of a hash table; ours is the model's.
  enum: (it: readonly string[]) => `Member must satisfy enum value set: [${it.join(', ')}]`,
}

/**
 * Inside brackets AWS puts length before pattern.
 * Recorded: lambda CreateFunction (`vpcConfig.subnetIds`).
 */
function constraintsOf(member: Member): string {
  const { pattern, lengthMax, lengthMin, rangeMax, rangeMin, ...rest } = constraints(member)
  const parts: string[] = []
  if (lengthMax !== undefined) parts.push(words.lengthMax(lengthMax))
  if (lengthMin !== undefined) parts.push(words.lengthMin(lengthMin))
  if (rangeMax !== undefined) parts.push(words.rangeMax(rangeMax))
  if (rangeMin !== undefined) parts.push(words.rangeMin(rangeMin))
  if (pattern !== undefined) parts.push(words.pattern(pattern))
  if (rest.enum !== undefined) parts.push(words.enum(rest.enum))
  return parts.join(', ')
}

/**
 * Checks of one value; undefined where it has none. `plainOnly` leaves out lists and maps, whose own
 * length is checked with their member.
 */
function compileValue(member: Member, plainOnly: boolean): ValueCheck | undefined {
  const all = constraints(member)
  if (plainOnly && (all.type === 'list' || all.type === 'map')) return undefined
  const parts = [patternCheck(all), lengthCheck(all), rangeCheck(all), enumCheck(all)].filter(
    (it) => it !== undefined,
  )
  const [only] = parts
  if (parts.length <= 1) return only
  return (value, report) => {
    for (const part of parts) part(value, report)
  }
}

function patternCheck({ pattern, lengthMax }: Constraints): ValueCheck | undefined {
  const regExp = pattern === undefined ? undefined : compilePattern(pattern)
  if (pattern === undefined || regExp === undefined) return undefined
  const constraint = words.pattern(pattern)
  const triedMax = Math.max(patternCharactersMax, lengthMax ?? 0)
  return (value, report) => {
    if (typeof value !== 'string' || value.length > triedMax) return
    if (!regExp.test(value)) report('pattern', constraint)
  }
}

function lengthCheck({ lengthMin = 0, lengthMax = Infinity }: Constraints): ValueCheck | undefined {
  if (lengthMin === 0 && lengthMax === Infinity) return undefined
  return (value, report) => {
    const length = lengthOf(value, lengthMax)
    if (length === undefined) return
    if (length > lengthMax) report('length', words.lengthMax(lengthMax))
    else if (length < lengthMin) report('length', words.lengthMin(lengthMin))
  }
}

/** Characters, elements, entries or bytes. */
function lengthOf(value: unknown, max: number): number | undefined {
  // Code points are counted only where UTF-16 units say too long.
  if (typeof value === 'string') return value.length <= max ? value.length : [...value].length
  if (value instanceof Uint8Array) return value.byteLength
  if (Array.isArray(value)) return value.length
  if (typeof value === 'object' && value !== null) return Object.keys(value).length
  return undefined
}

function rangeCheck({
  rangeMin = -Infinity,
  rangeMax = Infinity,
}: Constraints): ValueCheck | undefined {
  if (rangeMin === -Infinity && rangeMax === Infinity) return undefined
  return (value, report) => {
    if (typeof value !== 'number' && typeof value !== 'bigint') return
    if (value > rangeMax) report('range', words.rangeMax(rangeMax))
    else if (value < rangeMin) report('range', words.rangeMin(rangeMin))
  }
}

function enumCheck({ enum: values }: Constraints): ValueCheck | undefined {
  if (values === undefined) return undefined
  const known = new Set(values)
  const constraint = words.enum(values)
  return (value, report) => {
    if (typeof value === 'string' && !known.has(value)) report('enum', constraint)
  }
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1)
}
