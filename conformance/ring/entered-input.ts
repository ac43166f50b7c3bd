import type { OperationModel, ServiceModel } from '@cloud-orrery/models'
import { differenceOf, inForm, plainOf } from './round-trip.ts'
import type { Outcome } from './sender.ts'

type Input = Readonly<Record<string, unknown>>

/** Members that the SDK writes in its own way, with digests beside them: keys in base64. */
const rewritten = new Set([
  'SSECustomerKey',
  'SSECustomerKeyMD5',
  'CopySourceSSECustomerKey',
  'CopySourceSSECustomerKeyMD5',
])
/** Members that the SDK adds where a body has a checksum. */
const added = new Set(['ChecksumAlgorithm', 'ContentLength', 'ContentType', 'ContentMD5'])

/** Members that the installed SDK is too old to know: it leaves them out. */
const newer = new Set(['ContinueUpdateRollback.ForceRollback'])

/** Where what entered the cloud is not what was given to the client. */
export function inputProblems(
  service: ServiceModel,
  operation: OperationModel,
  input: Input,
  { entry, error }: Outcome,
): string[] {
  if (entry === undefined) return [`no call came of it: ${error?.name}: ${error?.message}`]
  const problems: string[] = []
  const plain = (it: Input): unknown => plainOf(operation.input, it, '', problems)
  const given = withoutRewritten(operation, input)
  const entered = entry.data['input'] as Input // Inputs are structures.
  const sides = [given, withoutRewritten(operation, withoutAdded(operation, given, entered))].map(
    (it) => withoutBound(operation, it),
  )
  // Forms, headers and flattened XML cannot say that something is there and empty.
  const [protocol] = service.protocols
  const saysEmpty = protocol !== 'awsQuery' && protocol !== 'ec2Query' && protocol !== 'restXml'
  const [left, right] = sides.map((it) => (saysEmpty ? plain(it) : inForm(plain(it))))
  const difference = differenceOf(left, right)
  return [...problems, difference].flatMap((it) => (it === undefined ? [] : [`sent ${it}`]))
}

/** Without what the SDK writes differently, and without empty texts that are a whole body or its type. */
function withoutRewritten({ name, input }: OperationModel, it: Input): Input {
  const isLost = (member: string, value: unknown): boolean =>
    rewritten.has(member) ||
    newer.has(`${name}.${member}`) ||
    (value === '' && (member === 'ContentType' || input.members?.[member]?.location === 'payload'))
  return Object.fromEntries(Object.entries(it).filter(([member, value]) => !isLost(member, value)))
}

function withoutAdded({ input, checksum }: OperationModel, given: Input, entered: Input): Input {
  const isAdded = (name: string): boolean =>
    input.members?.[name]?.idempotencyToken === true ||
    name.startsWith('Checksum') ||
    (checksum !== undefined && added.has(name))
  return Object.fromEntries(
    Object.entries(entered).filter(([name]) => name in given || !isAdded(name)),
  )
}

/**
 * A map of the query has those of other members too, as they are read (Smithy, `httpQueryParams`), which no client
 * gives there; a parameter without a name is none, and without any there is no map.
 */
function withoutBound({ input }: OperationModel, it: Input): Input {
  const members = Object.values(input.members ?? {})
  const map = members.find(({ location }) => location === 'queryParams')?.name
  if (map === undefined || it[map] === undefined) return it
  const bound = new Set(members.map((member) => member.location === 'query' && member.locationName))
  const { [map]: parameters, ...others } = it
  const own = Object.entries(parameters as Input).filter(([key]) => key !== '' && !bound.has(key)) // A map, by its location.
  return own.length === 0 ? others : { ...others, [map]: Object.fromEntries(own) }
}
