import { FieldFailure } from './failures.ts'
import { IntrinsicFailure, intrinsicFunctions } from './intrinsics/functions.ts'
import { type IntrinsicNode, IntrinsicSyntaxError, parseIntrinsic } from './intrinsics/parser.ts'
import { isArray, type Json, textOf } from './json.ts'
import {
  findPath,
  type JsonPath,
  JsonPathError,
  NoResults,
  parseJsonPath,
  readPath,
} from './json-path.ts'
import type { Surroundings } from './surroundings.ts'

const variablePattern = /^\$([A-Za-z_][A-Za-z0-9_]*)/

/** What a path begins at, and the rest of it: `$`, `$$` (the context object), or `$name` (a variable). */
function rootOf(text: string, around: Surroundings): { root: Json | undefined; path: string } {
  if (text.startsWith('$$')) return { root: around.context(), path: text.slice(1) }
  const variable = variablePattern.exec(text)
  if (variable === null) return { root: around.input, path: text }
  const [matched, name = ''] = variable
  return { root: around.variables[name], path: `$${text.slice(matched.length)}` }
}

function parsedPath(text: string, around: Surroundings): JsonPath {
  const { paths } = around.parsed
  let path = paths.get(text)
  if (path === undefined) {
    path = parseJsonPath(text)
    paths.set(text, path)
  }
  return path
}

/** What stands at a path. Throws `NoResults`, `JsonPathError`. */
export function valueAt(text: string, around: Surroundings): Json {
  if (text === '$') return around.input
  const { root, path } = rootOf(text, around)
  if (root === undefined) throw new NoResults(`No results for path: ${text}`)
  return readPath(parsedPath(path, around), root)
}

/** As `valueAt`, undefined where nothing is there. */
export function foundAt(text: string, around: Surroundings): Json | undefined {
  const { root, path } = rootOf(text, around)
  return root === undefined ? undefined : findPath(parsedPath(path, around), root)
}

/** A number where a path may also lead to a number's text. Recorded: stepfunctions, `MaxConcurrencyPath` to "1". */
export function numberIn(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return value
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined
}

/** `InputPath`, `OutputPath`, `ItemsPath`, `TimeoutSecondsPath`: a path, or an intrinsic function's call. */
export function pathValue(text: string, around: Surroundings): Json {
  if (text.startsWith('States.')) return intrinsicValue(text, around)
  try {
    return valueAt(text, around)
  } catch (error) {
    if (!(error instanceof NoResults) && !(error instanceof JsonPathError)) throw error
    throw new FieldFailure(`Invalid path '${text}' : ${error.message}`)
  }
}

/** `Parameters`, `ResultSelector`, `ItemSelector`, `Assign`: members whose names end in `.$` are worked out. */
export function payloadValue(template: Json, around: Surroundings): Json {
  if (isArray(template)) return template.map((item) => payloadValue(item, around))
  if (typeof template !== 'object' || template === null) return template
  const members: Record<string, Json> = {}
  for (const [name, member] of Object.entries(template)) {
    if (!name.endsWith('.$') || typeof member !== 'string') {
      members[name] = payloadValue(member, around)
    } else members[name.slice(0, -2)] = fieldValue(name, member, around)
  }
  return members
}

function fieldValue(name: string, text: string, around: Surroundings): Json {
  if (!text.startsWith('$')) return intrinsicValue(text, around)
  try {
    return valueAt(text, around)
  } catch (error) {
    if (!(error instanceof NoResults) && !(error instanceof JsonPathError)) throw error
    throw notFound(text, name, around)
  }
}

/** A path that leads nowhere, in AWS's words. */
export function notFound(text: string, field: string, around: Surroundings): FieldFailure {
  const input = textOf(around.input)
  return new FieldFailure(
    `The JSONPath '${text}' specified for the field '${field}' could not be found in the input '${input}'`,
    { aliases: ['States.ParameterPathFailure'] },
  )
}

/** The value of `States.Format(...)`. Throws `FieldFailure` (States.IntrinsicFailure). */
export function intrinsicValue(text: string, around: Surroundings): Json {
  let node = around.parsed.intrinsics.get(text)
  if (node === undefined) {
    try {
      node = parseIntrinsic(text)
    } catch (error) {
      if (!(error instanceof IntrinsicSyntaxError)) throw error
      throw new FieldFailure(
        `The function '${text}' had the following error: The function '${text}' is invalid`,
      )
    }
    around.parsed.intrinsics.set(text, node)
  }
  try {
    return nodeValue(node, around)
  } catch (error) {
    if (!(error instanceof IntrinsicFailure) && !(error instanceof NoResults)) throw error
    throw new FieldFailure(`The function '${text}' had the following error: ${error.message}`, {
      error: 'States.IntrinsicFailure',
    })
  }
}

function nodeValue(node: IntrinsicNode, around: Surroundings): Json {
  if (node.kind === 'literal') return node.value
  if (node.kind === 'path') return valueAt(node.text, around)
  const apply = intrinsicFunctions[node.name]
  if (apply === undefined) throw new IntrinsicFailure(`unknown function ${node.name}`)
  return apply(
    node.args.map((arg) => nodeValue(arg, around)),
    around.chance,
  )
}

/** Puts a result into the state's input at `ResultPath`. Throws `FieldFailure` (States.ResultPathMatchFailure). */
export function placed(input: Json, path: string, result: Json): Json {
  if (path === '$') return result
  const { segments } = parseJsonPath(path)
  const names = segments.map((segment) => {
    if (segment.kind === 'names' && segment.names.length === 1) return segment.names[0] ?? ''
    if (segment.kind === 'indexes' && segment.indexes.length === 1) return segment.indexes[0] ?? 0
    throw unfit(path, input)
  })
  return placedAt(input, names, result, () => unfit(path, input))
}

function placedAt(
  value: Json | undefined,
  names: readonly (string | number)[],
  result: Json,
  failure: () => FieldFailure,
): Json {
  const [name, ...rest] = names
  if (name === undefined) return result
  if (typeof name === 'number') {
    if (!isArray(value) || value[name] === undefined) throw failure()
    return value.with(name, placedAt(value[name], rest, result, failure))
  }
  if (value !== undefined && (typeof value !== 'object' || value === null || isArray(value))) {
    throw failure()
  }
  return { ...value, [name]: placedAt(value?.[name], rest, result, failure) }
}

function unfit(path: string, input: Json): FieldFailure {
  return new FieldFailure(`Unable to apply step "${path.slice(2)}" to input ${textOf(input)}`, {
    error: 'States.ResultPathMatchFailure',
  })
}
