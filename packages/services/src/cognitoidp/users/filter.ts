import { invalidParameter } from '../errors.ts'
import type { User } from './state.ts'

export interface Filter {
  readonly name: string
  readonly comparison: '=' | '^='
  readonly value: string
}

/** Attributes that a filter may name. Source: ListUsers, `Filter`. */
const filterable = new Set([
  ...['username', 'email', 'phone_number', 'name', 'given_name', 'family_name'],
  ...['preferred_username', 'cognito:user_status', 'status', 'sub'],
])

/** Reads `email ^= "ann"`; undefined for an empty one. Throws InvalidParameterException. */
export function filterOf(text: string): Filter | undefined {
  if (text.trim() === '') return undefined
  const match = /^\s*"?([\w:-]+)"?\s*(\^=|=)\s*"((?:[^"\\]|\\.)*)"\s*$/.exec(text)
  if (match === null) throw invalidParameter('Error while parsing filter.')
  const [, name = '', comparison, raw = ''] = match
  if (!filterable.has(name)) {
    throw invalidParameter(`Invalid search attribute: ${name}`)
  }
  const value = raw.replace(/\\(.)/g, '$1')
  return { name, comparison: comparison === '^=' ? '^=' : '=', value }
}

/** Names of states and plain values, as a filter compares them. */
function fieldOf(user: User, name: string): string | undefined {
  switch (name) {
    case 'username':
      return user.username
    case 'sub':
      return user.sub
    case 'cognito:user_status':
      return user.status
    case 'status':
      return user.enabled ? 'Enabled' : 'Disabled'
    default:
      return user.attributes[name]
  }
}

export function passes(user: User, { name, comparison, value }: Filter): boolean {
  const found = fieldOf(user, name)
  if (found === undefined) return false
  // States are compared in or without regard to case alike.
  const isState = name === 'status' || name === 'cognito:user_status'
  const [have, want] = isState ? [found.toLowerCase(), value.toLowerCase()] : [found, value]
  return comparison === '=' ? have === want : have.startsWith(want)
}
