import { zoneOf } from './delegation.ts'
import { hostOf, normalName } from './names.ts'
import {
  chainMax,
  type DnsAnswer,
  type DnsClient,
  type DnsContext,
  type DnsQuery,
  type DnsRecord,
  type Rcode,
} from './queries.ts'
import { isServed, servedAddress, servedTtl } from './served-names.ts'
import { type RecordType, setsOf, type ZoneRecord, zones } from './state.ts'
import { lookUp, type ZoneAnswer } from './zone-lookup.ts'

/**
 * What a resolver of the model's internet answers: over the public zones of all accounts, the private ones of the
 * VPC that asks, and the names that services serve. It changes nothing: within a TTL of model time everyone gets the
 * same answer.
 */
export function resolve(ctx: DnsContext, { name, type, from = {} }: DnsQuery): DnsAnswer {
  const asked = normalName(name)
  if (asked === undefined) {
    return { rcode: 'NXDOMAIN', answers: [], authority: [], canonical: name, outside: true }
  }
  const answers: DnsRecord[] = []
  const seen = new Set<string>()
  let current = asked
  for (let links = 0; links <= chainMax && !seen.has(current); links += 1) {
    seen.add(current)
    const zone = zones.count(ctx) === 0 ? undefined : zoneOf(ctx, current, from)
    if (zone === undefined) return servedAnswer(current, type, answers)
    if ('lame' in zone) return failure(answers, current)
    const found = lookUp(ctx, zone, current, type, { client: from })
    answers.push(...found.records)
    const next = found.next === undefined ? undefined : normalName(found.next)
    if (next === undefined) return zoneAnswer(ctx, zone, found, answers, current)
    current = next
  }
  return failure(answers, current)
}

function failure(answers: readonly DnsRecord[], canonical: string): DnsAnswer {
  return { rcode: 'SERVFAIL', answers, authority: [], canonical }
}

function zoneAnswer(
  ctx: DnsContext,
  zone: ZoneRecord,
  found: ZoneAnswer,
  answers: readonly DnsRecord[],
  current: string,
): DnsAnswer {
  const { rcode, records, canonical = current } = found
  return { rcode, answers, authority: records.length > 0 ? [] : negative(ctx, zone), canonical }
}

/** The SOA with the time for which a resolver keeps in mind that there is nothing. Source: RFC 2308, 3 and 5. */
function negative(ctx: DnsContext, zone: ZoneRecord): readonly DnsRecord[] {
  const [soa] = setsOf(ctx, zone.id, zone.name, 'SOA')
  const [data] = soa?.values ?? []
  if (soa?.ttl === undefined || data === undefined) return []
  const minimum = Number(data.trim().split(/\s+/).at(-1))
  return [{ name: zone.name, type: 'SOA', ttl: Math.min(soa.ttl, minimum), data }]
}

function servedAnswer(name: string, type: RecordType, answers: readonly DnsRecord[]): DnsAnswer {
  if (!isServed(name)) {
    const rcode: Rcode = 'NXDOMAIN'
    return { rcode, answers, authority: [], canonical: name, outside: true }
  }
  const data = type === 'A' || type === 'AAAA' ? servedAddress(name, type) : undefined
  const address = data === undefined ? [] : [{ name, type, ttl: servedTtl, data }]
  return { rcode: 'NOERROR', answers: [...answers, ...address], authority: [], canonical: name }
}

/**
 * Where a host's chain of CNAMEs and aliases ends, as hosts are written: the name that a service answers for, or the
 * host itself where no zone of the model has it. Cheap enough for each request.
 */
export function canonicalName(ctx: DnsContext, host: string, from?: DnsClient): string {
  if (zones.count(ctx) === 0) return host
  const { canonical } = resolve(ctx, {
    name: host,
    type: 'A',
    ...(from === undefined ? {} : { from }),
  })
  return hostOf(canonical)
}
