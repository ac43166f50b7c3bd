import { templateError, validationError } from '../errors.ts'
import { cidrBlocks } from './cidr.ts'
import {
  checkFunctionShape,
  type FunctionCall,
  functionCall,
  unsupportedFunction,
} from './functions.ts'
import { isList, isObject, type Json, type JsonObject, sameJson, scalarText } from './json.ts'
import { attributeOf } from './references.ts'
import { substitutionParts } from './substitution.ts'

/** What AWS shows in a change set for a value that only the deployment brings. */
export const knownAfterApply = '{{changeSet:KNOWN_AFTER_APPLY}}'

/** What `{Ref: AWS::NoValue}` gives: the member or element is left out. */
export const noValue: unique symbol = Symbol('AWS::NoValue')

/** What functions look up. */
export interface Environment {
  /** Value of a parameter, pseudo parameter or resource; undefined where there is none of that name. */
  readonly ref: (name: string) => Json | typeof noValue | undefined
  readonly attribute: (logicalId: string, attribute: string) => Json
  readonly mapping: (map: string, key: string, attribute: string) => Json | undefined
  readonly hasMapping: (map: string) => boolean
  readonly condition: (name: string) => boolean
  readonly importValue: (name: string) => string
  readonly zones: (region: string) => readonly string[]
  /** Whether the template asked for AWS::LanguageExtensions. */
  readonly extended: boolean
}

/** A value with all functions worked out. Throws ValidationError with AWS's words. */
export function evaluate(value: Json, env: Environment): Json | typeof noValue {
  if (isList(value)) {
    return value.map((item) => evaluate(item, env)).filter((item) => item !== noValue)
  }
  if (!isObject(value)) return value
  const call = functionCall(value)
  if (call !== undefined && call.name !== 'Condition') return evaluateCall(call, env)
  const entries: [string, Json][] = []
  for (const [key, item] of Object.entries(value)) {
    const result = evaluate(item, env)
    if (result !== noValue) entries.push([key, result])
  }
  return Object.fromEntries(entries)
}

/** The same for the members of an object, which stays one. */
export function evaluateObject(value: JsonObject, env: Environment): JsonObject {
  const result = evaluate(value, env)
  return isObject(result as Json) ? (result as JsonObject) : {} // `noValue` was excluded by `isObject`.
}

/** A value that must come out as one string. */
export function evaluateText(value: Json, env: Environment, what: string): string {
  const result = evaluate(value, env)
  const text = result === noValue ? undefined : scalarText(result)
  if (text === undefined) throw templateError(`${what} must be a string.`)
  return text
}

/** A condition's expression. */
export function evaluateCondition(value: Json, env: Environment): boolean {
  if (isObject(value)) {
    const call = functionCall(value)
    if (call !== undefined) {
      checkFunctionShape(call)
      const conditions = isList(call.argument) ? call.argument : []
      switch (call.name) {
        case 'Condition':
          return env.condition(String(call.argument))
        case 'Fn::And':
          return conditions.every((item) => evaluateCondition(item, env))
        case 'Fn::Or':
          return conditions.some((item) => evaluateCondition(item, env))
        case 'Fn::Not':
          return !evaluateCondition(conditions[0] ?? null, env)
        case 'Fn::Equals':
          return equals(conditions, env)
        case 'Fn::Contains':
        case 'Fn::EachMemberEquals':
        case 'Fn::EachMemberIn':
          return membership(call, env)
        default:
      }
    }
  }
  const plain = evaluate(value, env)
  if (plain === true || plain === 'true') return true
  if (plain === false || plain === 'false') return false
  throw templateError('every Condition must be a boolean function of conditions and parameters.')
}

function equals([left = null, right = null]: readonly Json[], env: Environment): boolean {
  const [first, second] = [evaluate(left, env), evaluate(right, env)]
  return typeof first === 'symbol' || typeof second === 'symbol'
    ? first === second
    : sameJson(first, second)
}

/** Functions of rules: list against value, list against list. */
function membership({ name, argument }: FunctionCall, env: Environment): boolean {
  const [left = null, right = null] = isList(argument) ? argument : []
  const members = listOf(evaluate(left, env))
  const other = visible(evaluate(right, env))
  if (name === 'Fn::Contains') return members.some((item) => sameJson(item, other))
  if (name === 'Fn::EachMemberEquals') return members.every((item) => sameJson(item, other))
  const allowed = listOf(other)
  return members.every((item) => allowed.some((each) => sameJson(item, each)))
}

function listOf(value: Json | typeof noValue): readonly Json[] {
  if (value === noValue) return []
  return isList(value) ? value : [value]
}

function evaluateCall(call: FunctionCall, env: Environment): Json | typeof noValue {
  checkFunctionShape(call)
  const { name, argument } = call
  const list = isList(argument) ? argument : []
  switch (name) {
    case 'Ref':
      return evaluateRef(String(argument), env)
    case 'Fn::GetAtt': {
      const { name: logicalId, attribute } = attributeOf(argument)
      return env.attribute(logicalId, evaluateText(attribute, env, 'the attribute of Fn::GetAtt'))
    }
    case 'Fn::Sub':
      return substitute(argument, env)
    case 'Fn::Join':
      return join(list, env)
    case 'Fn::Split':
      return split(list, env)
    case 'Fn::Select':
      return select(list, env)
    case 'Fn::FindInMap':
      return findInMap(list, env)
    case 'Fn::If': {
      const [condition, whenTrue = null, whenFalse = null] = list
      return evaluate(env.condition(String(condition)) ? whenTrue : whenFalse, env)
    }
    case 'Fn::ImportValue':
      return importValue(argument, env)
    case 'Fn::Base64':
      return base64(argument, env)
    case 'Fn::Cidr':
      return cidr(list, env)
    case 'Fn::GetAZs': {
      const region = evaluateText(argument, env, 'the argument of Fn::GetAZs')
      return env.zones(
        region === '' ? evaluateText({ Ref: 'AWS::Region' }, env, 'AWS::Region') : region,
      )
    }
    case 'Fn::And':
    case 'Fn::Or':
    case 'Fn::Not':
    case 'Fn::Equals':
      return evaluateCondition({ [name]: argument }, env)
    case 'Fn::Length':
      if (env.extended) return lengthOf(argument, env)
      throw unsupportedFunction(name)
    case 'Fn::ToJsonString':
      if (env.extended) return JSON.stringify(visible(evaluate(argument, env)))
      throw unsupportedFunction(name)
    default:
      throw unsupportedFunction(name)
  }
}

function evaluateRef(name: string, env: Environment): Json | typeof noValue {
  const value = env.ref(name)
  if (value === undefined) {
    throw validationError(
      `Template format error: Unresolved resource dependencies [${name}] in the Resources block of the template`,
    )
  }
  return value
}

function substitute(argument: Json, env: Environment): Json {
  const [text, variables] = isList(argument) ? argument : [argument, {}]
  const own = isObject(variables) ? variables : {}
  let out = ''
  for (const part of substitutionParts(String(text))) {
    if ('text' in part) {
      out += part.text
      continue
    }
    const value = evaluate(variableValue(part.variable, own), env)
    const shown = value === noValue ? '' : scalarText(value)
    if (shown === undefined) {
      throw templateError(
        `Fn::Sub expression does not resolve to a string: variable ${part.variable} is a list`,
      )
    }
    if (shown.includes(knownAfterApply)) return knownAfterApply
    out += shown
  }
  return out
}

function variableValue(variable: string, own: JsonObject): Json {
  const value = own[variable]
  if (Object.hasOwn(own, variable) && value !== undefined) return value
  return variable.includes('.') ? { 'Fn::GetAtt': variable } : { Ref: variable }
}

function join([delimiter, parts]: readonly Json[], env: Environment): Json {
  const values = evaluate(parts ?? [], env)
  if (values === knownAfterApply) return knownAfterApply
  if (values === noValue || !isList(values)) throw templateError(joinRefusal)
  const texts = values.map((value) => {
    const text = scalarText(value)
    if (text === undefined) throw templateError(joinRefusal)
    return text
  })
  if (texts.some((text) => text.includes(knownAfterApply))) return knownAfterApply
  return texts.join(String(delimiter))
}

const joinRefusal =
  'every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined.'

function split([delimiter, source]: readonly Json[], env: Environment): Json {
  const text = evaluateText(source ?? '', env, 'the source of Fn::Split')
  if (text.includes(knownAfterApply)) return knownAfterApply
  if (delimiter === '') throw templateError('the delimiter of Fn::Split must not be empty')
  return text.split(String(delimiter))
}

function select([index, list]: readonly Json[], env: Environment): Json {
  const at = evaluate(index ?? 0, env)
  const values = evaluate(list ?? [], env)
  if (at === knownAfterApply || values === knownAfterApply) return knownAfterApply
  const number = at === noValue ? Number.NaN : Number(scalarText(at) || Number.NaN)
  if (values === noValue || !isList(values) || !Number.isInteger(number)) {
    throw templateError(
      'Fn::Select requires a list argument with two elements: an integer index and a list',
    )
  }
  const selected = values[number]
  if (selected === undefined) {
    throw templateError(`Fn::Select cannot select nonexistent value at index ${number}`)
  }
  return selected
}

function findInMap(
  [map, key, attribute, options]: readonly Json[],
  env: Environment,
): Json | typeof noValue {
  const name = evaluateText(map ?? '', env, 'the map name of Fn::FindInMap')
  const first = evaluateText(key ?? '', env, 'the key of Fn::FindInMap')
  const second = evaluateText(attribute ?? '', env, 'the attribute of Fn::FindInMap')
  if ([name, first, second].some((text) => text.includes(knownAfterApply))) return knownAfterApply
  const value = env.mapping(name, first, second)
  if (value !== undefined) return value
  const fallback =
    env.extended && isObject(options ?? null) ? (options as JsonObject)['DefaultValue'] : undefined
  if (fallback !== undefined) return evaluate(fallback, env)
  if (!env.hasMapping(name)) {
    throw templateError(
      `Mapping named '${name}' is not present in the 'Mappings' section of template.`,
    )
  }
  throw templateError(`Unable to get mapping for ${name}::${first}::${second}`)
}

function importValue(argument: Json, env: Environment): Json {
  const name = evaluateText(argument, env, 'the attribute in Fn::ImportValue')
  return name.includes(knownAfterApply) ? knownAfterApply : env.importValue(name)
}

function base64(argument: Json, env: Environment): Json {
  const text = evaluateText(argument, env, 'the value of Fn::Base64')
  return text.includes(knownAfterApply) ? knownAfterApply : Buffer.from(text).toString('base64')
}

function cidr([block, count, bits]: readonly Json[], env: Environment): Json {
  const address = evaluateText(block ?? '', env, 'the IP address block of Fn::Cidr')
  if (address.includes(knownAfterApply)) return knownAfterApply
  const howMany = Number(evaluateText(count ?? '', env, 'the count of Fn::Cidr'))
  const hostBits =
    bits === undefined ? 8 : Number(evaluateText(bits, env, 'the cidrBits of Fn::Cidr'))
  return cidrBlocks(address, howMany, hostBits)
}

function lengthOf(argument: Json, env: Environment): Json {
  const value = evaluate(argument, env)
  if (value === knownAfterApply) return knownAfterApply
  if (value === noValue || !isList(value)) {
    throw templateError('Fn::Length requires a list or a function that returns a list.')
  }
  return value.length
}

function visible(value: Json | typeof noValue): Json {
  return value === noValue ? null : value
}
