import { createHash } from 'node:crypto'
import { isList, isObject, type Json, type JsonObject } from '../engine/json.ts'
import { invalidStructure } from './problems.ts'

/** A function of templates, unevaluated: an object with one member. */
export function isIntrinsic(value: Json | undefined): value is JsonObject {
  if (!isObject(value)) return false
  const keys = Object.keys(value)
  const [key = ''] = keys
  return keys.length === 1 && (key === 'Ref' || key === 'Condition' || key.startsWith('Fn::'))
}

export function isNoValue(value: Json | undefined): boolean {
  return isIntrinsic(value) && value['Ref'] === 'AWS::NoValue'
}

/** Condition, value if true, value if false; undefined for whatever is no `Fn::If`. */
export function branchesOf(value: Json | undefined): readonly Json[] | undefined {
  if (!isIntrinsic(value) || !('Fn::If' in value)) return undefined
  const items = value['Fn::If']
  return isList(items) ? items : []
}

export function ref(logicalId: string): JsonObject {
  return { Ref: logicalId }
}

export function getAtt(logicalId: string, attribute: string): JsonObject {
  return { 'Fn::GetAtt': [logicalId, attribute] }
}

export function conditional(
  condition: string,
  whenTrue: Json,
  whenFalse: Json = ref('AWS::NoValue'),
): JsonObject {
  return { 'Fn::If': [condition, whenTrue, whenFalse] }
}

/** Set, and neither empty nor false: what the transform takes for given. */
export function isGiven(value: Json | undefined): value is Json {
  if (value === undefined || value === null || value === false) return false
  if (value === '' || value === 0) return false
  if (isList(value)) return value.length > 0
  return !isObject(value) || Object.keys(value).length > 0
}

export function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

export function mapOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {}
}

export function listOf(value: Json | undefined): readonly Json[] {
  return isList(value) ? value : []
}

/** The resource that a `Ref` or `Fn::GetAtt` names. */
export function logicalIdOf(value: Json | undefined): string | undefined {
  if (!isIntrinsic(value)) return undefined
  const { Ref: named, 'Fn::GetAtt': attribute } = value
  if (typeof named === 'string') return named
  const parts = typeof attribute === 'string' ? attribute.split('.') : listOf(attribute)
  const [first] = parts
  return parts.length === 2 && typeof first === 'string' ? first : undefined
}

/** Both the same value, however their members are ordered. */
export function same(left: Json | undefined, right: Json | undefined): boolean {
  return left === undefined || right === undefined
    ? left === right
    : canonicalJson(left) === canonicalJson(right)
}

/** Compact JSON with sorted members and only ASCII, as Python writes it: what logical ids are hashed from. */
export function canonicalJson(value: Json): string {
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (isObject(value)) {
    const members = Object.keys(value)
      .sort()
      .map((key) => `${asciiJson(key)}:${canonicalJson(value[key] ?? null)}`)
    return `{${members.join(',')}}`
  }
  return asciiJson(value)
}

function asciiJson(value: string | number | boolean | null): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** Characters of the hash in a logical id. */
const hashCharacters = 10

/** A logical id that changes when its data does. Empty data adds nothing. */
export function hashedId(prefix: string, data: Json, hash?: string): string {
  if (hash !== undefined && hash !== '') return prefix + hash.slice(0, hashCharacters)
  if (!isGiven(data)) return prefix
  const text = typeof data === 'string' ? data : canonicalJson(data)
  return prefix + createHash('sha1').update(text).digest('hex').slice(0, hashCharacters)
}

/** Tags as CloudFormation lists them. */
export function tagList(tags: Json | undefined): JsonObject[] {
  return Object.entries(mapOf(tags)).map(([Key, Value]) => ({ Key, Value: Value ?? '' }))
}

/**
 * A value with references to parameters worked out, in `Ref` and `Fn::Sub`; everything else stays. Throws a
 * ServerlessProblem where a text would get a value that is no string.
 */
export function resolved(value: Json, parameters: JsonObject): Json {
  if (isList(value)) return value.map((item) => resolved(item, parameters))
  if (!isObject(value)) return value
  const keys = Object.keys(value)
  if (keys.length === 1) {
    const { Ref: named, 'Fn::Sub': text } = value
    if (typeof named === 'string') {
      const found = Object.hasOwn(parameters, named) ? parameters[named] : undefined
      return found === undefined ? value : resolved(found, parameters)
    }
    if (text !== undefined) {
      const written = substituted(text, parameters)
      return { 'Fn::Sub': isList(written) ? resolved(written, parameters) : written }
    }
  }
  return Object.fromEntries(keys.map((key) => [key, resolved(value[key] ?? null, parameters)]))
}

function substituted(value: Json, parameters: JsonObject): Json {
  return inSub(value, (whole, name) => {
    const found = Object.hasOwn(parameters, name) ? parameters[name] : undefined
    if (found === undefined) return whole
    if (typeof found === 'string') return found
    throw invalidStructure(
      `Invalid Fn::Sub variable value ${pythonText(found)}. Fn::Sub expects all variables to be strings.`,
    )
  })
}

/** Rewrites the `${Name}` of an `Fn::Sub`, in either of its forms. */
export function inSub(value: Json, replace: (whole: string, name: string) => string): Json {
  const rewrite = (text: string) =>
    text.replace(/\$\{([A-Za-z0-9.]+|AWS::[A-Z][A-Za-z]*)\}/g, replace)
  if (typeof value === 'string') return rewrite(value)
  if (!isList(value)) return value
  const [first, ...rest] = value
  return typeof first === 'string' ? [rewrite(first), ...rest] : value
}

/** A value as Python writes it into a text: texts as they are. */
export function shownText(value: Json | undefined): string {
  return typeof value === 'string' ? value : pythonText(value)
}

/** What Python says about whatever has no members by name. */
export function withoutMembers(value: Json): string {
  const name = isList(value)
    ? 'list'
    : value === null
      ? 'NoneType'
      : typeof value === 'string'
        ? 'str'
        : typeof value === 'boolean'
          ? 'bool'
          : 'int'
  return `'${name}' object has no attribute 'get'`
}

/**
 * What the transform leaves of a value that it has worked out somewhere: all but a `Ref` that is the whole of it.
 */
export function workedOut(value: Json, parameters: JsonObject): Json {
  return isObject(value) && typeof value['Ref'] === 'string' ? value : resolved(value, parameters)
}

/** A value as Python prints it: refusals of the transform show them so. */
export function pythonText(value: Json | undefined): string {
  if (value === undefined || value === null) return 'None'
  if (value === true) return 'True'
  if (value === false) return 'False'
  if (typeof value === 'string') return `'${value}'`
  if (isList(value)) return `[${value.map(pythonText).join(', ')}]`
  if (!isObject(value)) return String(value)
  const members = Object.entries(value).map(([key, item]) => `'${key}': ${pythonText(item)}`)
  return `{${members.join(', ')}}`
}
