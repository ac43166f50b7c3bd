export type Claims = Readonly<Record<string, unknown>>

/** What a token says, read and not verified: whoever serves the API verifies it. */
export function claimsIn(token: string): Claims {
  const part = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')
  const bytes = Uint8Array.from(atob(part), (character) => character.charCodeAt(0))
  return JSON.parse(new TextDecoder().decode(bytes)) as Claims // A JWT's payload is an object.
}

/** Bytes that a token takes in a request: its header's name and scheme with it. */
export function sizeOf(token: string): number {
  return `Authorization: Bearer ${token}`.length
}

const ours = new Set(['userName', 'projects', 'projectsState'])
const attributes = new Set(['email', 'email_verified', 'cognito:username'])
const ofRequest = new Set(['aud', 'nonce'])

export interface ShownClaim {
  readonly name: string
  readonly value: string
  readonly origin: string
  readonly isOurs: boolean
}

/** Where each claim comes from; those of the table first. */
export function withOrigins(claims: Claims): ShownClaim[] {
  const shown = Object.entries(claims).map(([name, value]) => ({
    name,
    value: typeof value === 'string' ? value : JSON.stringify(value),
    origin: originOf(name),
    isOurs: ours.has(name),
  }))
  return shown.sort((one, other) => Number(other.isOurs) - Number(one.isOurs))
}

function originOf(name: string): string {
  if (ours.has(name)) return 'the table, by the trigger at sign-in'
  if (attributes.has(name)) return 'the user in the pool'
  return ofRequest.has(name) ? 'this page’s request' : 'Cognito'
}
