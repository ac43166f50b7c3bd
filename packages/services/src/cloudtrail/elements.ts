import type { Member, Shape } from '@cloud-orrery/models'
import { elementsBytesMax } from './limits.ts'

type Json = Readonly<Record<string, unknown>>

/** What stands in a record for a value that must not be read there. Source: SQS Developer Guide, "Logging API calls". */
export const hidden = 'HIDDEN_DUE_TO_SECURITY_REASONS'

/** How secrets are kept out of a service's records. */
export type Secrecy = 'leave-out' | 'hide'

/**
 * IAM, STS and KMS leave their secrets out; others hide what their models call sensitive.
 * Source: KMS Developer Guide, "Logging AWS KMS API calls with AWS CloudTrail", Encrypt.
 */
export function secrecyOf(service: string): Secrecy {
  return /^(iam|kms|sts)$/.test(service) ? 'leave-out' : 'hide'
}

/**
 * `requestParameters` or `responseElements`: the members by their names with a small first letter, in
 * the model's order; null where there are none.
 */
export function elements(shape: Shape, value: Json, secrecy: Secrecy): Json | null {
  const members = structure(shape, value, secrecy)
  return Object.keys(members).length === 0 ? null : members
}

/** The elements, or a note in their place where they are too large for a record. */
export function fitting(name: string, value: Json | null): Json | null {
  if (value === null) return null
  const originalSize = Buffer.byteLength(JSON.stringify(value))
  if (originalSize <= elementsBytesMax) return value
  return { omitted: true, originalSize, reason: `${name} too large` }
}

function structure({ members = {} }: Shape, value: Json, secrecy: Secrecy): Json {
  const out: Record<string, unknown> = {}
  for (const [name, member] of Object.entries(members)) {
    const element = elementOf(member, value[name], secrecy)
    if (element !== undefined) out[lowerFirst(name)] = element
  }
  return out
}

/** Undefined for what a record does not show: absent members, secrets that are left out, raw bytes. */
export function elementOf({ shape }: Member, value: unknown, secrecy: Secrecy): unknown {
  if (value === undefined || value === null) return undefined
  if (shape.sensitive === true) return secrecy === 'hide' ? hidden : undefined
  switch (shape.type) {
    case 'structure':
    case 'union':
      return isRecord(value) ? structure(shape, value, secrecy) : undefined
    case 'list':
      return listOf(shape, value, secrecy)
    case 'map':
      return mapOf(shape, value, secrecy)
    case 'timestamp':
      return typeof value === 'number' ? dateText(value) : undefined
    case 'blob':
      return undefined // Deviation: some services show the bytes; here no record does.
    default:
      return value
  }
}

function listOf({ member }: Shape, value: unknown, secrecy: Secrecy): unknown {
  if (!Array.isArray(value) || member === undefined) return undefined
  return value
    .map((item: unknown) => elementOf(member, item, secrecy))
    .filter((item) => item !== undefined)
}

function mapOf({ value: of }: Shape, value: unknown, secrecy: Secrecy): unknown {
  if (!isRecord(value) || of === undefined) return undefined
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, elementOf(of, item, secrecy)]),
  )
}

export function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function lowerFirst(name: string): string {
  return name.slice(0, 1).toLowerCase() + name.slice(1)
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `Mar 20, 2024, 11:16:09 PM`: how records write the moments in requests and answers. */
export function dateText(ms: number): string {
  const date = new Date(ms)
  const hours = date.getUTCHours()
  const clock = [
    hours % 12 === 0 ? 12 : hours % 12,
    two(date.getUTCMinutes()),
    two(date.getUTCSeconds()),
  ]
  const day = `${months[date.getUTCMonth()]} ${date.getUTCDate()}, ${date.getUTCFullYear()}`
  return `${day}, ${clock.join(':')} ${hours < 12 ? 'AM' : 'PM'}`
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
