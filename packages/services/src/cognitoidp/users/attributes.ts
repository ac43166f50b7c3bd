import type { AttributeType, SchemaAttributeType } from '@cloud-orrery/models/cognitoidp'
import type { Client } from '../clients/state.ts'
import { invalidParameter, notAuthorized } from '../errors.ts'
import type { Pool } from '../pools/state.ts'
import type { User } from './state.ts'

/** Attributes that the user's apps may never write. */
const keptByCognito = new Set(['sub', 'identities', 'email_verified', 'phone_number_verified'])

/**
 * Checks attributes that are to be written against the pool's schema; gives them as a record. An empty value removes an
 * attribute. `before`: the user where there is one already. Throws InvalidParameterException.
 */
export function checkAttributes(
  pool: Pool,
  given: readonly AttributeType[],
  before?: User,
): Record<string, string> {
  const problems: string[] = []
  const values: Record<string, string> = {}
  for (const { Name, Value = '' } of given) {
    const attribute = pool.schema.find((one) => one.Name === Name)
    if (attribute === undefined || Name === 'sub' || Name === 'identities') {
      problems.push(`${Name}: Attribute does not exist in the schema.\n`)
      continue
    }
    if (before !== undefined && attribute.Mutable === false && before.attributes[Name] !== Value) {
      throw invalidParameter(`user.${Name}: Attribute cannot be updated.\n`)
    }
    const problem = Value === '' ? undefined : problemOf(attribute, Value)
    if (problem !== undefined) problems.push(`${Name}: ${problem}\n`)
    values[Name] = Value
  }
  for (const name of before === undefined ? missing(pool, values) : emptied(pool, values)) {
    problems.push(`${name}: The attribute ${name} is required\n`)
  }
  if (problems.length > 0) {
    throw invalidParameter(`Attributes did not conform to the schema: ${problems.join('')}`)
  }
  checkFormats(values)
  return values
}

const isRequired = ({ Name, Required }: SchemaAttributeType): boolean =>
  Required === true && Name !== 'sub'

function missing(pool: Pool, values: Readonly<Record<string, string>>): string[] {
  return pool.schema
    .filter((attribute) => isRequired(attribute) && !values[attribute.Name ?? ''])
    .map(({ Name = '' }) => Name)
}

function emptied(pool: Pool, values: Readonly<Record<string, string>>): string[] {
  return pool.schema
    .filter((attribute) => isRequired(attribute) && values[attribute.Name ?? ''] === '')
    .map(({ Name = '' }) => Name)
}

/** The words of length and size are ours. */
function problemOf(attribute: SchemaAttributeType, value: string): string | undefined {
  const { AttributeDataType, StringAttributeConstraints, NumberAttributeConstraints } = attribute
  if (AttributeDataType === 'Boolean') {
    return /^(?:true|false)$/i.test(value) ? undefined : 'Value must be true or false.'
  }
  if (AttributeDataType === 'Number') {
    if (!/^-?\d+$/.test(value)) return 'Value must be a number.'
    const { MinValue = '-Infinity', MaxValue = 'Infinity' } = NumberAttributeConstraints ?? {}
    const inRange = Number(value) >= Number(MinValue) && Number(value) <= Number(MaxValue)
    return inRange ? undefined : `Value must be between ${MinValue} and ${MaxValue}.`
  }
  const { MinLength = '0', MaxLength = '2048' } = StringAttributeConstraints ?? {}
  if (value.length < Number(MinLength)) return `String must be at least ${MinLength} characters.`
  if (value.length > Number(MaxLength)) return `String must be at most ${MaxLength} characters.`
  return undefined
}

export const isEmail = (value: string): boolean =>
  value.length <= 320 && /^[^\s@,;<>"()]+@[^\s@.,;<>"()]+(?:\.[^\s@.,;<>"()]+)+$/.test(value)

export const isPhoneNumber = (value: string): boolean => /^\+\d{5,15}$/.test(value)

function checkFormats({ email, phone_number }: Readonly<Record<string, string>>): void {
  if (email && !isEmail(email)) throw invalidParameter('Invalid email address format.')
  if (phone_number && !isPhoneNumber(phone_number)) {
    throw invalidParameter('Invalid phone number format.')
  }
}

/** Throws NotAuthorizedException where the client may not write one of them. */
export function checkWritable({ settings }: Client, names: readonly string[]): void {
  const { WriteAttributes } = settings
  const isWritable = (name: string): boolean =>
    !keptByCognito.has(name) &&
    !name.startsWith('dev:') &&
    (WriteAttributes === undefined || WriteAttributes.includes(name))
  if (!names.every(isWritable)) {
    throw notAuthorized('A client attempted to write unauthorized attribute')
  }
}

/**
 * Whether a client's tokens and answers show an attribute: where the client names none, all of them. Source: AWS CDK,
 * `UserPoolClientProps.readAttributes`, "all standard and custom attributes".
 */
export function isReadable({ settings }: Client, name: string): boolean {
  if (name.startsWith('dev:')) return false
  const { ReadAttributes } = settings
  return name === 'sub' || ReadAttributes === undefined || ReadAttributes.includes(name)
}

/** Attributes after a change: an empty value removes, and a new address is not verified yet. */
export function changedAttributes(
  before: Readonly<Record<string, string>>,
  changes: Readonly<Record<string, string>>,
): Record<string, string> {
  const next: Record<string, string> = { ...before }
  for (const name of ['email', 'phone_number']) {
    const flag = `${name}_verified`
    const value = changes[name]
    if (value === undefined || value === before[name]) continue
    if (value === '') delete next[flag]
    else next[flag] = 'false'
  }
  for (const [name, value] of Object.entries(changes)) {
    if (value === '') delete next[name]
    else next[name] = value
  }
  return next
}
