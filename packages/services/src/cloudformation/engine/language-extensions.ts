import { TransformFailure } from '../errors.ts'
import { expandedTemplateBytesMax } from '../limits.ts'
import { type Environment, evaluate, noValue } from './evaluate.ts'
import { type FunctionCall, functionCall } from './functions.ts'
import { isList, isObject, type Json, type JsonObject, scalarText } from './json.ts'
import { substitutionParts } from './substitution.ts'

/**
 * `AWS::LanguageExtensions`: writes `Fn::ForEach` loops out, and works out every function that depends on
 * nothing that only a resource can tell. Recorded: TestLanguageExtensionsTransform.
 */
export interface Extension {
  readonly env: Environment
  /** Names that `Ref` may be replaced for: parameters without NoEcho, and pseudo parameters. */
  readonly known: (name: string) => boolean
}

/** Functions that stay as they are until the stack is made, whatever they hold. */
const kept = new Set([
  'Fn::GetAtt',
  'Fn::If',
  'Fn::ImportValue',
  'Fn::And',
  'Fn::Or',
  'Fn::Not',
  'Fn::Equals',
  'Condition',
])

const worked = ['Conditions', 'Resources', 'Outputs'] as const

export function extendTemplate(body: JsonObject, extension: Extension): JsonObject {
  const budget = { left: expandedTemplateBytesMax }
  const sections: [string, Json][] = Object.entries(body).map(([key, value]) => {
    const section = worked.some((name) => name === key)
    if (!section) return [key, value]
    const expanded = expand(value, extension, budget)
    return [key, key === 'Conditions' ? expanded : simplified(expanded, extension)]
  })
  return Object.fromEntries(sections)
}

interface Budget {
  left: number
}

/** Loops written out, also those inside loops. */
function expand(value: Json, extension: Extension, budget: Budget): Json {
  if (isList(value)) return value.map((item) => expand(item, extension, budget))
  if (!isObject(value)) {
    spend(budget, typeof value === 'string' ? value.length : 8)
    return value
  }
  const members: [string, Json][] = []
  for (const [key, item] of Object.entries(value)) {
    spend(budget, key.length)
    if (key.startsWith('Fn::ForEach::')) members.push(...loop(key, item, extension, budget))
    else members.push([key, expand(item, extension, budget)])
  }
  return Object.fromEntries(members)
}

/** Nested loops multiply: what they write may not pass a template's own bound. */
function spend(budget: Budget, bytes: number): void {
  budget.left -= bytes
  if (budget.left < 0) {
    throw transformFailed(`the expanded template exceeds ${expandedTemplateBytesMax} bytes`)
  }
}

function transformFailed(message: string) {
  return new TransformFailure(`Transform AWS::LanguageExtensions failed with: ${message}`)
}

function loop(key: string, argument: Json, extension: Extension, budget: Budget): [string, Json][] {
  const [identifier, collection, output] = isList(argument) ? argument : []
  if (typeof identifier !== 'string' || collection === undefined || !isObject(output ?? null)) {
    throw transformFailed(`${key} layout is incorrect`)
  }
  const values = evaluate(collection, extension.env)
  if (values === noValue || !isList(values)) {
    throw transformFailed(`${key} could not be resolved: its collection is not a list`)
  }
  const members: [string, Json][] = []
  for (const value of values) {
    const text = scalarText(value)
    if (text === undefined) throw transformFailed(`${key} values must be strings`)
    const written = replaceIdentifier(output as JsonObject, identifier, text)
    const expanded = expand(written, extension, budget)
    if (isObject(expanded)) members.push(...Object.entries(expanded))
  }
  return members
}

/** `${Identifier}` in keys and values, `&{Identifier}` with only letters and digits, and `{Ref: Identifier}`. */
function replaceIdentifier(value: Json, identifier: string, text: string): Json {
  if (typeof value === 'string') return replaceInText(value, identifier, text)
  if (isList(value)) return value.map((item) => replaceIdentifier(item, identifier, text))
  if (!isObject(value)) return value
  if (value['Ref'] === identifier && Object.keys(value).length === 1) return text
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      replaceInText(key, identifier, text),
      replaceIdentifier(item, identifier, text),
    ]),
  )
}

function replaceInText(value: string, identifier: string, text: string): string {
  return value
    .replaceAll(`\${${identifier}}`, text)
    .replaceAll(`&{${identifier}}`, text.replace(/[^a-zA-Z0-9]/g, ''))
}

/** A value with every function worked out that can be; the others keep what was worked out inside them. */
function simplified(value: Json, extension: Extension): Json {
  if (isList(value)) return value.map((item) => simplified(item, extension))
  if (!isObject(value)) return value
  const call = functionCall(value)
  if (call === undefined || call.name === 'Condition') {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, simplified(item, extension)]),
    )
  }
  return simplifiedCall(call, extension)
}

function simplifiedCall({ name, argument }: FunctionCall, extension: Extension): Json {
  if (name === 'Ref') {
    return typeof argument === 'string' && extension.known(argument)
      ? workedOut({ Ref: argument }, extension)
      : { Ref: argument }
  }
  const inner = simplified(argument, extension)
  const call = { [name]: inner }
  if (kept.has(name) || holdsFunction(inner)) return call
  if (name === 'Fn::Sub' && !substitutable(inner, extension)) return call
  return workedOut(call, extension)
}

function workedOut(call: JsonObject, { env }: Extension): Json {
  const result = evaluate(call, env)
  return result === noValue ? call : result
}

function holdsFunction(value: Json): boolean {
  if (isList(value)) return value.some(holdsFunction)
  if (!isObject(value)) return false
  return functionCall(value) !== undefined || Object.values(value).some(holdsFunction)
}

function substitutable(argument: Json, extension: Extension): boolean {
  const [text, variables] = isList(argument) ? argument : [argument, {}]
  const own = isObject(variables ?? null) ? (variables as JsonObject) : {}
  return substitutionParts(String(text)).every(
    (part) => 'text' in part || Object.hasOwn(own, part.variable) || extension.known(part.variable),
  )
}
