import { suffixesOf, wildcardLabel } from './names.ts'
import { type DnsContext, type DnsRecord, maxValuesPerAnswer } from './queries.ts'
import { chosenSets, type Draw } from './routing.ts'
import { isServed, servedAddress, servedTtl } from './served-names.ts'
import { hasRecords, type RecordSet, type RecordType, setsOf, type ZoneRecord } from './state.ts'

/** What one zone says to one question. */
export interface ZoneAnswer {
  readonly rcode: 'NOERROR' | 'NXDOMAIN'
  readonly records: readonly DnsRecord[]
  /** Where the question goes on: a CNAME leads there. */
  readonly next?: string
  /** Where an alias led, though its own name is what the answer shows. */
  readonly canonical?: string
}

/** Aliases that lead to aliases of one zone. */
const aliasDepthMax = 10

/** Answers a question for a name of a zone by its records alone. Source: RFC 1034, 4.3.2; RFC 4592. */
export function lookUp(
  ctx: DnsContext,
  zone: ZoneRecord,
  name: string,
  type: RecordType,
  draw: Draw,
): ZoneAnswer {
  const owner = hasRecords(ctx, zone.id, name) ? name : wildcardFor(ctx, zone, name)
  if (owner === undefined) return { rcode: 'NXDOMAIN', records: [] }
  return answerAt(ctx, zone, { owner, shown: name, type }, draw, 0)
}

/** The `*` below the nearest name that exists; undefined where that has none. */
function wildcardFor(ctx: DnsContext, zone: ZoneRecord, name: string): string | undefined {
  for (const encloser of suffixesOf(name).slice(1)) {
    if (encloser.length < zone.name.length) return undefined
    if (encloser !== zone.name && !hasRecords(ctx, zone.id, encloser)) continue
    const wildcard = `${wildcardLabel}.${encloser}`
    return hasRecords(ctx, zone.id, wildcard) ? wildcard : undefined
  }
  return undefined
}

interface Question {
  /** Whose records answer. */
  readonly owner: string
  /** The name that the answer shows: what was asked, where a wildcard or an alias answers. */
  readonly shown: string
  readonly type: RecordType
}

function answerAt(
  ctx: DnsContext,
  zone: ZoneRecord,
  { owner, shown, type }: Question,
  draw: Draw,
  depth: number,
): ZoneAnswer {
  const sets = setsOf(ctx, zone.id, owner, type)
  const found = sets.length > 0 || type === 'CNAME' ? sets : setsOf(ctx, zone.id, owner, 'CNAME')
  const chosen = chosenSets(ctx, found, draw)
  const [first] = chosen
  if (first === undefined) return { rcode: 'NOERROR', records: [] }
  if (first.alias !== undefined) {
    return aliasAnswer(ctx, zone, first, { owner, shown, type }, draw, depth)
  }
  const records = chosen.flatMap((set) => recordsOf(set, shown))
  const next = first.type === 'CNAME' && type !== 'CNAME' ? first.values[0] : undefined
  if (next !== undefined) return { rcode: 'NOERROR', records, next }
  return {
    rcode: 'NOERROR',
    records: multivalue(first) ? records.slice(0, maxValuesPerAnswer) : records,
  }
}

function multivalue(set: RecordSet): boolean {
  return set.routing?.kind === 'multivalue'
}

function recordsOf({ type, ttl = servedTtl, values }: RecordSet, name: string): DnsRecord[] {
  return values.map((data) => ({ name, type, ttl, data }))
}

/** What the alias's target answers, under the alias's own name. Source: developer guide, "Choosing between alias and non-alias records". */
function aliasAnswer(
  ctx: DnsContext,
  zone: ZoneRecord,
  set: RecordSet,
  { shown, type }: Question,
  draw: Draw,
  depth: number,
): ZoneAnswer {
  const { alias } = set
  if (alias === undefined || depth === aliasDepthMax) return { rcode: 'NOERROR', records: [] }
  if (alias.zoneId === zone.id && !isServed(alias.name)) {
    const owner = hasRecords(ctx, zone.id, alias.name)
      ? alias.name
      : wildcardFor(ctx, zone, alias.name)
    if (owner === undefined) return { rcode: 'NOERROR', records: [] }
    const answer = answerAt(ctx, zone, { owner, shown, type }, draw, depth + 1)
    return { canonical: alias.name, ...answer, rcode: 'NOERROR' }
  }
  const address = type === 'A' || type === 'AAAA' ? servedAddress(alias.name, type) : undefined
  const records =
    address === undefined ? [] : [{ name: shown, type, ttl: servedTtl, data: address }]
  return { rcode: 'NOERROR', records, canonical: alias.name }
}
