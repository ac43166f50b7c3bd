import { accessDenied, s3Error } from '../errors.ts'

/** A condition of a form's policy. */
type Condition =
  | { readonly kind: 'eq' | 'starts-with'; readonly field: string; readonly value: string }
  | { readonly kind: 'content-length-range'; readonly min: number; readonly max: number }

interface PostPolicy {
  readonly expiresAtMs: number
  readonly conditions: readonly { readonly condition: Condition; readonly shown: string }[]
}

/** What a policy is judged by. */
export interface Posted {
  readonly bucket: string
  /** By name in lower case. */
  readonly fields: ReadonlyMap<string, string>
  readonly sizeBytes: number
}

/**
 * Judges a form by the policy that its page's owner signed. Source: S3 API Reference, "Creating a POST policy".
 * Recorded: S3, POST with policies, February 2026. Throws AccessDenied, InvalidPolicyDocument, EntityTooLarge,
 * EntityTooSmall.
 */
export function checkPostPolicy(text: string, posted: Posted, nowMs: number): void {
  const { expiresAtMs, conditions } = readPolicy(text)
  if (expiresAtMs <= nowMs) throw refused('Policy expired.')
  const covered = new Set(uncovered)
  const values = new Map([...posted.fields, ['bucket', posted.bucket]])
  for (const { condition, shown } of conditions) {
    if (condition.kind === 'content-length-range') {
      checkSize(condition, posted.sizeBytes)
      continue
    }
    const { kind, field, value } = condition
    const actual = field.startsWith('$')
      ? (values.get(field.slice(1).toLowerCase()) ?? '')
      : undefined
    const holds =
      actual !== undefined && (kind === 'eq' ? actual === value : startsWith(field, actual, value))
    if (!holds) throw refused(`Policy Condition failed: ${shown}`)
    covered.add(field.slice(1).toLowerCase())
  }
  const extra = [...values.keys()].filter(
    (name) => !covered.has(name) && !name.startsWith('x-ignore-'),
  )
  if (extra.length > 0) throw refused(`Extra input fields: ${extra.join(', ')}`)
}

/** Fields that need no condition. */
const uncovered = ['awsaccesskeyid', 'file', 'policy', 'signature', 'x-amz-signature']

/** A list of content types starts with a value if each of them does. */
function startsWith(field: string, actual: string, value: string): boolean {
  if (field.toLowerCase() !== '$content-type') return actual.startsWith(value)
  return actual.split(',').every((one) => one.trim().startsWith(value))
}

function checkSize({ min, max }: { min: number; max: number }, sizeBytes: number): void {
  if (sizeBytes > max) {
    throw s3Error('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', {
      ProposedSize: String(sizeBytes),
      MaxSizeAllowed: String(max),
    })
  }
  if (sizeBytes >= min) return
  throw s3Error('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', {
    ProposedSize: String(sizeBytes),
    MinSizeAllowed: String(min),
  })
}

function readPolicy(text: string): PostPolicy {
  const document = parsed(Buffer.from(text, 'base64').toString())
  if (typeof document !== 'object' || document === null) throw invalid('Invalid JSON.')
  const { expiration, conditions } = document as { expiration?: unknown; conditions?: unknown }
  if (expiration === undefined) throw invalid('Policy missing expiration.')
  if (conditions === undefined) throw invalid('Policy missing conditions.')
  const expiresAtMs = typeof expiration === 'string' ? Date.parse(expiration) : Number.NaN
  if (Number.isNaN(expiresAtMs)) {
    throw invalid(`Invalid 'expiration' value: '${String(expiration)}'`)
  }
  if (!Array.isArray(conditions)) throw invalid("Invalid 'conditions' value: must be a List.")
  return { expiresAtMs, conditions: conditions.map(readCondition) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function readCondition(condition: unknown): { condition: Condition; shown: string } {
  if (Array.isArray(condition)) return readList(condition)
  if (typeof condition !== 'object' || condition === null) {
    throw invalid('Invalid Condition: must be a List or an Object.')
  }
  const [[name, value] = ['', undefined], ...more] = Object.entries(condition)
  if (name === '' || more.length > 0) {
    throw invalid(
      'Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.',
    )
  }
  if (typeof value !== 'string') {
    throw invalid('Invalid Simple-Condition: value must be a string.')
  }
  return readList(['eq', `$${name}`, value])
}

function readList(list: readonly unknown[]): { condition: Condition; shown: string } {
  const [operator, first, second] = list
  const kind = typeof operator === 'string' ? operator.toLowerCase() : ''
  const shown = `[${list.map((item) => JSON.stringify(item)).join(', ')}]`
  if (list.length !== 3) throw invalid(`Invalid Condition: wrong number of arguments: ${shown}`)
  if (kind === 'content-length-range') {
    const condition = { kind, min: Number(first), max: Number(second) } as const
    if (Number.isNaN(condition.min) || Number.isNaN(condition.max)) {
      throw invalid(`Invalid content-length-range: ${shown}`)
    }
    return { condition, shown }
  }
  if ((kind !== 'eq' && kind !== 'starts-with') || typeof first !== 'string') {
    throw invalid(`Invalid Condition: unknown operation '${String(operator)}'.`)
  }
  return { condition: { kind, field: first, value: String(second) }, shown }
}

function refused(why: string) {
  return accessDenied(`Invalid according to Policy: ${why}`)
}

function invalid(why: string) {
  return s3Error('InvalidPolicyDocument', `Invalid Policy: ${why}`)
}
