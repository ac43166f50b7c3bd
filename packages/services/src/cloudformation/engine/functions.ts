import type { AwsError } from '@cloud-orrery/models'
import { templateError } from '../errors.ts'
import { isList, isObject, type Json, type JsonObject } from './json.ts'

/** Functions of resource properties, outputs and conditions. */
const functionNames = [
  'Fn::And',
  'Fn::Base64',
  'Fn::Cidr',
  'Fn::Contains',
  'Fn::EachMemberEquals',
  'Fn::EachMemberIn',
  'Fn::Equals',
  'Fn::FindInMap',
  'Fn::GetAZs',
  'Fn::GetAtt',
  'Fn::If',
  'Fn::ImportValue',
  'Fn::Join',
  'Fn::Length',
  'Fn::Not',
  'Fn::Or',
  'Fn::RefAll',
  'Fn::Select',
  'Fn::Split',
  'Fn::Sub',
  'Fn::ToJsonString',
  'Fn::Transform',
  'Fn::ValueOf',
  'Fn::ValueOfAll',
  'Ref',
  'Condition',
] as const

export type FunctionName = (typeof functionNames)[number]

const known: ReadonlySet<string> = new Set(functionNames)

export interface FunctionCall {
  readonly name: FunctionName
  readonly argument: Json
}

/**
 * The function that an object calls, if it calls one. `Condition` is one only where conditions are
 * expected: elsewhere it is a member like any other (a policy statement has one).
 */
export function functionCall(value: JsonObject): FunctionCall | undefined {
  const keys = Object.keys(value)
  const [name] = keys
  if (keys.length !== 1 || name === undefined) return undefined
  const argument = value[name]
  if (argument === undefined) return undefined
  if (name === 'Condition' && typeof argument !== 'string') return undefined
  // `known` holds exactly the names of the type.
  if (known.has(name)) return { name: name as FunctionName, argument }
  if (name.startsWith('Fn::') && !name.startsWith('Fn::ForEach')) throw unsupportedFunction(name)
  return undefined
}

export function unsupportedFunction(name: string): AwsError {
  const supported = functionNames.filter((each) => each !== 'Fn::Transform').join(', ')
  return templateError(
    `Encountered unsupported function: ${name} Supported functions are: [${supported}]`,
  )
}

const joinMessage =
  'every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined.'
const subMessage =
  "One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string as first argument, and an optional second argument to specify a mapping of values to replace in the string"

/** Functions whose argument is a list of a fixed form, and what AWS says where it is not. */
const shapes: Readonly<Record<string, { fits: (argument: Json) => boolean; message: string }>> = {
  Ref: {
    fits: (argument) => typeof argument === 'string',
    message: 'every Ref object must have a single String value.',
  },
  'Fn::GetAtt': {
    fits: (argument) =>
      typeof argument === 'string'
        ? /^[^.]+\../.test(argument)
        : isListOf(argument, 2) &&
          typeof argument[0] === 'string' &&
          argument[0] !== '' &&
          argument[1] !== '' &&
          (typeof argument[1] === 'string' || isObject(argument[1])),
    message:
      'every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute',
  },
  'Fn::Join': {
    fits: (argument) =>
      isListOf(argument, 2) &&
      typeof argument[0] === 'string' &&
      (isList(argument[1]) || isObject(argument[1])),
    message: joinMessage,
  },
  'Fn::Split': {
    fits: (argument) =>
      isListOf(argument, 2) &&
      typeof argument[0] === 'string' &&
      (typeof argument[1] === 'string' || isObject(argument[1])),
    message:
      'every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be split or a function that returns a string to be split.',
  },
  'Fn::Select': {
    fits: selectFits,
    message: 'Fn::Select requires a list argument with two elements: an integer index and a list',
  },
  'Fn::FindInMap': {
    fits: (argument) => isList(argument) && (argument.length === 3 || argument.length === 4),
    message:
      'every Fn::FindInMap object requires three parameters, the map name, map key and the attribute for return value',
  },
  'Fn::If': {
    fits: (argument) => isListOf(argument, 3) && typeof argument[0] === 'string',
    message:
      'Fn::If requires a list argument with three elements: a condition name, the value if it is true and the value if it is false',
  },
  'Fn::Equals': {
    fits: (argument) => isListOf(argument, 2),
    message: 'every Fn::Equals object requires a list of 2 string parameters.',
  },
  'Fn::Not': {
    fits: (argument) => isListOf(argument, 1),
    message: 'every Fn::Not object requires one boolean parameter.',
  },
  'Fn::And': {
    fits: severalConditions,
    message:
      'every Fn::And object requires a list of at least 2 and at most 10 boolean parameters.',
  },
  'Fn::Or': {
    fits: severalConditions,
    message: 'every Fn::Or object requires a list of at least 2 and at most 10 boolean parameters.',
  },
  'Fn::Sub': {
    fits: (argument) =>
      typeof argument === 'string' ||
      (isListOf(argument, 2) && typeof argument[0] === 'string' && isObject(argument[1])),
    message: subMessage,
  },
  'Fn::Base64': {
    fits: (argument) => typeof argument === 'string' || isObject(argument),
    message: 'every Fn::Base64 object must have a String-typed value.',
  },
  'Fn::Cidr': {
    fits: (argument) => isListOf(argument, 2) || isListOf(argument, 3),
    message:
      'every Fn::Cidr object requires two parameters, the IP address block and the count, and optionally the cidrBits.',
  },
  'Fn::ImportValue': {
    fits: (argument) => typeof argument === 'string' || isObject(argument),
    message:
      'the attribute in Fn::ImportValue must be a string or a function that returns a string',
  },
  'Fn::GetAZs': {
    fits: (argument) => typeof argument === 'string' || isObject(argument),
    message: 'every Fn::GetAZs object must have a String-typed value.',
  },
}

/** Throws where a function is called with an argument of the wrong form. */
export function checkFunctionShape({ name, argument }: FunctionCall): void {
  const shape = shapes[name]
  if (shape !== undefined && !shape.fits(argument)) throw templateError(shape.message)
}

function isListOf(value: Json, length: number): value is readonly Json[] {
  return isList(value) && value.length === length
}

function severalConditions(argument: Json): boolean {
  return isList(argument) && argument.length >= 2 && argument.length <= 10
}

/** Recorded: test_invalid_select_index_type; an index past a literal list is refused in the same words. */
function selectFits(argument: Json): boolean {
  if (!isListOf(argument, 2)) return false
  const [index, list] = argument
  if (index === undefined || list === undefined) return false
  if (!isList(list) && !isObject(list)) return false
  if (isObject(index)) return true
  const number = Number(index)
  if (typeof index === 'boolean' || index === '' || !Number.isInteger(number) || number < 0)
    return false
  return !isList(list) || number < list.length
}
