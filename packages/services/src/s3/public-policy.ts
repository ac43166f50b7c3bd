import type { OneOrMany, PolicyDocument, PrincipalElement, Statement } from '@cloud-orrery/policy'

/**
 * Keys that narrow a grant to everyone down to someone, when they are compared with fixed values.
 * Source: S3 User Guide, "Blocking public access to your Amazon S3 storage", "The meaning of public".
 */
const narrowingKeys: ReadonlySet<string> = new Set([
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:sourceaccount',
  'aws:sourcearn',
  'aws:sourceip',
  'aws:sourceorgid',
  'aws:sourceorgpaths',
  'aws:sourceowner',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:userid',
  'aws:vpcsourceip',
  's3:dataaccesspointaccount',
  's3:dataaccesspointarn',
  's3:x-amz-server-side-encryption-aws-kms-key-id',
])

const narrowingOperators =
  /^(?:ForAnyValue:|ForAllValues:)?(?:StringEquals|StringEqualsIgnoreCase|StringLike|ArnEquals|ArnLike|IpAddress)$/i

/** Whether S3 calls a bucket policy public: some statement lets everyone in, narrowed by nothing fixed. */
export function isPublicPolicy({ Statement }: PolicyDocument): boolean {
  const statements = Array.isArray(Statement) ? Statement : [Statement as Statement]
  return statements.some(
    (statement) =>
      statement.Effect === 'Allow' && admitsEveryone(statement) && !isNarrowed(statement),
  )
}

function admitsEveryone({ Principal, NotPrincipal }: Statement): boolean {
  return NotPrincipal !== undefined || namesEveryone(Principal)
}

function namesEveryone(principal: PrincipalElement | undefined): boolean {
  if (principal === undefined) return false
  if (principal === '*') return true
  return [principal.AWS, principal.Federated, principal.CanonicalUser].some((names) =>
    list(names).some((name) => name.includes('*')),
  )
}

function isNarrowed({ Condition = {} }: Statement): boolean {
  return Object.entries(Condition).some(
    ([operator, keys]) =>
      narrowingOperators.test(operator) &&
      Object.entries(keys).some(
        ([key, values]) =>
          narrowingKeys.has(key.toLowerCase()) &&
          list(values).every((value) => isFixed(key.toLowerCase(), String(value))),
      ),
  )
}

/** No wildcard and no policy variable; of addresses, no range so wide that it is nearly everyone. */
function isFixed(key: string, value: string): boolean {
  if (value.includes('${')) return false
  if (key === 'aws:sourceip') return !isWideRange(value)
  if (key === 'aws:sourcearn' || key === 'aws:principalarn') return !accountOf(value).includes('*')
  if (key === 'aws:userid') return !value.startsWith('*')
  return !value.includes('*') && !value.includes('?')
}

/** Wider than /8 (IPv4) or /32 (IPv6) is public, private ranges excepted. Source: as above. */
function isWideRange(value: string): boolean {
  const [address = '', bits] = value.split('/')
  if (bits === undefined) return false
  const min = address.includes(':') ? 32 : 8
  return Number(bits) < min
}

function accountOf(arn: string): string {
  return arn.split(':')[4] ?? '*'
}

function list<T>(value: OneOrMany<T> | undefined): readonly T[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value as T]
}
