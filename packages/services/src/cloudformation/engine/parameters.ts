import { compilePattern } from '@cloud-orrery/models'
import { BoundedPattern } from '../../shared/bounded-pattern.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { templateFormatError, validationError } from '../errors.ts'
import { parameterValueBytesMax } from '../limits.ts'
import type { ParameterDefinition } from './template.ts'

/** A parameter as a stack keeps it. Lists stay as they were given: with commas. */
export interface ParameterValue {
  readonly key: string
  readonly value: string
  /** What the SSM parameter held, for the SSM types. */
  readonly resolved?: string
  readonly noEcho?: boolean
}

/** A parameter of a request. */
export interface GivenParameter {
  readonly key: string
  readonly value?: string
  readonly usePrevious?: boolean
}

const plainTypes = new Set([
  'String',
  'Number',
  'CommaDelimitedList',
  'List<Number>',
  'List<String>',
])

/** Types whose values AWS looks up in other services. */
const lookedUpTypes = new Set([
  'AWS::EC2::AvailabilityZone::Name',
  'AWS::EC2::Image::Id',
  'AWS::EC2::Instance::Id',
  'AWS::EC2::KeyPair::KeyName',
  'AWS::EC2::SecurityGroup::GroupName',
  'AWS::EC2::SecurityGroup::Id',
  'AWS::EC2::Subnet::Id',
  'AWS::EC2::VPC::Id',
  'AWS::EC2::Volume::Id',
  'AWS::Route53::HostedZone::Id',
  'AWS::SSM::Parameter::Name',
])

/** `AWS::SSM::Parameter::Value<T>`: T; undefined for all other types. */
export function ssmValueType(type: string): string | undefined {
  return /^AWS::SSM::Parameter::Value<(.+)>$/.exec(type)?.[1]
}

export function isListType(type: string): boolean {
  const inner = ssmValueType(type) ?? type
  return inner === 'CommaDelimitedList' || inner.startsWith('List<')
}

/** Throws for a type that AWS does not have, or that the model can not look up. */
export function checkParameterType(type: string): void {
  const inner = ssmValueType(type) ?? type
  const element = /^List<(.+)>$/.exec(inner)?.[1] ?? inner
  if (plainTypes.has(inner) || element === 'AWS::SSM::Parameter::Name') return
  // With availability zones the model knows what AWS would look up.
  if (element === 'AWS::EC2::AvailabilityZone::Name') return
  if (!lookedUpTypes.has(element)) {
    throw templateFormatError(`Unrecognized parameter type: ${type}`)
  }
  // The value of an SSM parameter that names an image is taken as it is: nothing here could start one.
  if (ssmValueType(type) !== undefined) return
  throw notModelled(`the parameter type ${type}, whose values it can not look up`)
}

/**
 * The values of a template's parameters, from what the request gives, the previous values and the
 * defaults, in this order. Throws ValidationError in AWS's words. SSM types are resolved by the caller.
 */
export function chooseParameters(
  definitions: Readonly<Record<string, ParameterDefinition>>,
  given: readonly GivenParameter[],
  previous: readonly ParameterValue[] | undefined,
): readonly ParameterValue[] {
  const unknown = given.filter(({ key }) => !Object.hasOwn(definitions, key)).map(({ key }) => key)
  if (unknown.length > 0) {
    throw validationError(`Parameters: [${unknown.join(', ')}] do not exist in the template`)
  }
  refuseDuplicates(given)
  const missing: string[] = []
  const values: ParameterValue[] = []
  for (const [key, definition] of Object.entries(definitions)) {
    const value = chosenValue(key, definition, given, previous)
    if (value === undefined) missing.push(key)
    else values.push({ key, value, ...(definition.noEcho ? { noEcho: true } : {}) })
  }
  refuseMissing(missing, definitions)
  for (const { key, value } of values) {
    const definition = definitions[key]
    if (definition !== undefined) checkValue(key, value, definition)
  }
  return values
}

function refuseDuplicates(given: readonly GivenParameter[]): void {
  const seen = new Set<string>()
  for (const { key } of given) {
    if (seen.has(key)) throw validationError(`Duplicate parameter key ${key}`)
    seen.add(key)
  }
}

/** Recorded: test_resolve_ssm_missing_parameter (SSM types have words of their own). */
function refuseMissing(
  missing: readonly string[],
  definitions: Readonly<Record<string, ParameterDefinition>>,
): void {
  const [first] = missing
  if (first === undefined) return
  const ssm = missing.find((key) => ssmValueType(definitions[key]?.type ?? '') !== undefined)
  throw validationError(
    ssm === undefined
      ? `Parameters: [${missing.join(', ')}] must have values`
      : `Parameter ${ssm} should either have input value or default value`,
  )
}

function chosenValue(
  key: string,
  definition: ParameterDefinition,
  given: readonly GivenParameter[],
  previous: readonly ParameterValue[] | undefined,
): string | undefined {
  const own = given.find((each) => each.key === key)
  if (own?.usePrevious === true) {
    if (own.value !== undefined) {
      throw validationError(
        `Invalid input for parameter key ${key}. Cannot specify usePreviousValue as true and non empty value for a parameter`,
      )
    }
    const before = previous?.find((each) => each.key === key)
    if (before === undefined) {
      throw validationError(
        `Invalid input for parameter key ${key}. Cannot specify usePreviousValue as true for a parameter key not in the previous template`,
      )
    }
    return before.value
  }
  return own?.value ?? definition.default
}

/** Constraints of a parameter, in AWS's words. */
export function checkValue(key: string, value: string, definition: ParameterDefinition): void {
  const { type } = definition
  if (Buffer.byteLength(value) > parameterValueBytesMax) {
    throw validationError(
      `Parameter '${key}' must contain at most ${parameterValueBytesMax} characters`,
    )
  }
  if (ssmValueType(type) !== undefined) return
  const elements = isListType(type) ? value.split(',').map((item) => item.trim()) : [value]
  if (type === 'Number' || type === 'List<Number>') {
    for (const element of elements) checkNumber(key, element, definition)
  }
  const { allowedValues, allowedPattern } = definition
  if (allowedValues !== undefined && elements.some((element) => !allowedValues.includes(element))) {
    refuse(key, definition, 'must be one of AllowedValues')
  }
  if (
    allowedPattern !== undefined &&
    elements.some((element) => !matches(element, allowedPattern))
  ) {
    refuse(key, definition, `must match pattern ${allowedPattern}`)
  }
  if (type !== 'String') return
  const { minLength, maxLength } = definition
  if (minLength !== undefined && value.length < minLength) {
    refuse(key, definition, `must contain at least ${minLength} characters`)
  }
  if (maxLength !== undefined && value.length > maxLength) {
    refuse(key, definition, `must contain at most ${maxLength} characters`)
  }
}

/** Recorded: test_invalid_parameter_type. */
function checkNumber(key: string, value: string, definition: ParameterDefinition): void {
  const number = Number(value)
  if (value === '' || Number.isNaN(number)) {
    throw validationError(`Parameter '${key}' must be a number.`)
  }
  const { minValue, maxValue } = definition
  if (minValue !== undefined && number < minValue) {
    refuse(key, definition, `must be a number not less than ${minValue}`)
  }
  if (maxValue !== undefined && number > maxValue) {
    refuse(key, definition, `must be a number not greater than ${maxValue}`)
  }
}

function refuse(key: string, { constraintDescription }: ParameterDefinition, words: string): never {
  throw validationError(
    constraintDescription === undefined
      ? `Parameter '${key}' ${words}`
      : `Parameter '${key}' failed to satisfy constraint: ${constraintDescription}`,
  )
}

/**
 * Whether a whole value has the form of a pattern.
 * Deviation: look-around, back references, word boundaries and flags are refused by name.
 */
function matches(value: string, pattern: string): boolean {
  if (compilePattern(pattern) === undefined) {
    throw templateFormatError(`AllowedPattern ${pattern} is not a valid regular expression`)
  }
  const unbuilt = (part: string) => notModelled(`${part} in AllowedPattern`)
  return new BoundedPattern(pattern, unbuilt).matches(value)
}
