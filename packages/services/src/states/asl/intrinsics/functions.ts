import { createHash } from 'node:crypto'
import { isArray, isObject, type Json, parsedJson, textOf } from '../json.ts'

/** What functions need of the world: chance, from the cloud's seed. */
export interface Chance {
  uuid(): string
  /** At least 0, below 1. */
  float(): number
}

/** Arguments that a function does not take. */
export class IntrinsicFailure extends Error {
  override readonly name = 'IntrinsicFailure'
}

/** Longest text to be hashed or encoded, and longest array to be made. Source: Developer Guide, "Intrinsic functions". */
const textLengthMax = 10_000
const rangeLengthMax = 1000

type IntrinsicFunction = (args: readonly Json[], chance: Chance) => Json

const hashes: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
}

/** All intrinsic functions by name. */
export const intrinsicFunctions: Readonly<Record<string, IntrinsicFunction>> = {
  'States.Format': (args) => formatted(args),
  'States.StringToJson': ([text]) => jsonOf(stringOf(text)),
  'States.JsonToString': (args) => textOf(args[0] ?? null),
  'States.Array': (args) => [...args],
  'States.ArrayPartition': (args) => partition(arrayOf(args[0]), integerOf(args[1])),
  'States.ArrayContains': (args) => arrayOf(args[0]).some((one) => isEqual(one, args[1] ?? null)),
  'States.ArrayRange': (args) => range(integerOf(args[0]), integerOf(args[1]), integerOf(args[2])),
  'States.ArrayGetItem': (args) => itemOf(arrayOf(args[0]), integerOf(args[1])),
  'States.ArrayLength': (args) => arrayOf(args[0]).length,
  'States.ArrayUnique': (args) => unique(arrayOf(args[0])),
  'States.Base64Encode': (args) => Buffer.from(shortText(args[0])).toString('base64'),
  'States.Base64Decode': (args) => Buffer.from(shortText(args[0]), 'base64').toString(),
  'States.Hash': (args) => hash(args[0] ?? null, stringOf(args[1])),
  'States.JsonMerge': (args) => merged(args),
  'States.MathRandom': (args, chance) => random(args, chance),
  'States.MathAdd': (args) => Math.round(numberOf(args[0])) + Math.round(numberOf(args[1])) + 0,
  'States.StringSplit': (args) => split(stringOf(args[0]), stringOf(args[1])),
  'States.UUID': (_args, chance) => chance.uuid(),
}

/** How many arguments a function takes: least and most. */
export const intrinsicArity: Readonly<Record<string, readonly [number, number]>> = {
  'States.Format': [1, Number.POSITIVE_INFINITY],
  'States.StringToJson': [1, 1],
  'States.JsonToString': [1, 1],
  'States.Array': [0, Number.POSITIVE_INFINITY],
  'States.ArrayPartition': [2, 2],
  'States.ArrayContains': [2, 2],
  'States.ArrayRange': [3, 3],
  'States.ArrayGetItem': [2, 2],
  'States.ArrayLength': [1, 1],
  'States.ArrayUnique': [1, 1],
  'States.Base64Encode': [1, 1],
  'States.Base64Decode': [1, 1],
  'States.Hash': [2, 2],
  'States.JsonMerge': [3, 3],
  'States.MathRandom': [2, 3],
  'States.MathAdd': [2, 2],
  'States.StringSplit': [2, 2],
  'States.UUID': [0, 0],
}

/** `{}` takes the next argument; objects read as Java prints its maps. */
function formatted([template, ...args]: readonly Json[]): string {
  const text = stringOf(template)
  let out = ''
  let next = 0
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '\\' && (text[at + 1] === '{' || text[at + 1] === '}')) {
      out += text[at + 1]
      at += 1
    } else if (text.startsWith('{}', at)) {
      const arg = args[next]
      if (arg === undefined) throw new IntrinsicFailure('too few arguments')
      next += 1
      out += shown(arg)
      at += 1
    } else out += text[at]
  }
  if (next < args.length) throw new IntrinsicFailure('too many arguments')
  return out
}

function shown(value: Json): string {
  if (typeof value === 'string') return value
  if (isArray(value)) return `[${value.map(shown).join(', ')}]`
  if (!isObject(value)) return String(value)
  return `{${Object.entries(value)
    .map(([key, member]) => `${key}=${shown(member)}`)
    .join(', ')}}`
}

function jsonOf(text: string): Json {
  if (text.trim() === '') return null
  const value = parsedJson(text)
  if (value === undefined) throw new IntrinsicFailure('no JSON')
  return value === 0 ? 0 : value
}

export function partition(values: readonly Json[], size: number): Json[] {
  if (size <= 0) throw new IntrinsicFailure('the size of chunks must be positive')
  const chunks: Json[] = []
  for (let at = 0; at < values.length; at += size) chunks.push(values.slice(at, at + size))
  return chunks
}

export function range(first: number, last: number, by: number): number[] {
  if (by === 0) throw new IntrinsicFailure('the step must not be 0')
  const length = Math.floor((last - first) / by) + 1
  if (length > rangeLengthMax) throw new IntrinsicFailure('more than 1000 items')
  return Array.from({ length: Math.max(0, length) }, (_, at) => first + at * by)
}

function itemOf(values: readonly Json[], index: number): Json {
  const item = index < 0 ? undefined : values[index]
  if (item === undefined) throw new IntrinsicFailure('index out of bounds')
  return item
}

function unique(values: readonly Json[]): Json[] {
  const seen = new Set<string>()
  return values.filter((value) => {
    const key = sortedText(value)
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

function isEqual(left: Json, right: Json): boolean {
  return left === right || sortedText(left) === sortedText(right)
}

/** JSON text in which the order of members does not count. */
function sortedText(value: Json): string {
  return JSON.stringify(value, (_key, member: unknown) => {
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member
    return Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}

export function hash(data: Json, algorithm: string): string {
  const name = hashes[algorithm]
  if (name === undefined) throw new IntrinsicFailure('unknown algorithm')
  const text = typeof data === 'string' ? data : textOf(data)
  if (text.length > textLengthMax) throw new IntrinsicFailure('too long')
  return createHash(name).update(text).digest('hex')
}

function merged([left, right, deep]: readonly Json[]): Json {
  if (!isObject(left) || !isObject(right)) throw new IntrinsicFailure('objects are merged')
  // Only the shallow mode is supported. Source: Developer Guide, States.JsonMerge.
  if (deep !== false) throw new IntrinsicFailure('the deep mode is not supported')
  return { ...left, ...right }
}

function random(args: readonly Json[], chance: Chance): number {
  const [start, end] = [Math.round(numberOf(args[0])), Math.round(numberOf(args[1]))]
  if (end <= start) throw new IntrinsicFailure('the end must be greater than the start')
  const seed = args[2]
  const draw = seed === undefined ? chance.float() : seededFloat(numberOf(seed))
  return start + Math.floor(draw * (end - start))
}

/** The same seed gives the same number. Deviation: not the number that AWS's generator gives. */
export function seededFloat(seed: number): number {
  const digest = createHash('sha256').update(String(seed)).digest()
  return digest.readUInt32BE(0) / 0x1_0000_0000
}

/** Every character of `separators` splits; empty pieces are left out. */
function split(text: string, separators: string): string[] {
  const pieces: string[] = []
  let piece = ''
  for (const character of text) {
    if (!separators.includes(character)) piece += character
    else {
      if (piece !== '') pieces.push(piece)
      piece = ''
    }
  }
  if (piece !== '') pieces.push(piece)
  return pieces
}

function shortText(value: Json | undefined): string {
  const text = stringOf(value)
  if (text.length > textLengthMax) throw new IntrinsicFailure('more than 10000 characters')
  return text
}

function stringOf(value: Json | undefined): string {
  if (typeof value !== 'string') throw new IntrinsicFailure('a string is expected')
  return value
}

function arrayOf(value: Json | undefined): readonly Json[] {
  if (!isArray(value)) throw new IntrinsicFailure('an array is expected')
  return value
}

function numberOf(value: Json | undefined): number {
  if (typeof value !== 'number') throw new IntrinsicFailure('a number is expected')
  return value
}

/** Fractions are rounded, as AWS rounds them. */
function integerOf(value: Json | undefined): number {
  return Math.round(numberOf(value))
}
