import { orderedKey, type TableContext, table } from '@cloud-orrery/kernel'
import { reversedName } from './names.ts'

/** Types of records that the model's DNS knows. Source: Route 53 developer guide, "Supported DNS record types". */
export type RecordType =
  | 'A'
  | 'AAAA'
  | 'CAA'
  | 'CNAME'
  | 'DS'
  | 'HTTPS'
  | 'MX'
  | 'NAPTR'
  | 'NS'
  | 'PTR'
  | 'SOA'
  | 'SPF'
  | 'SRV'
  | 'SSHFP'
  | 'SVCB'
  | 'TLSA'
  | 'TXT'

export interface ZoneVpc {
  readonly id: string
  readonly region: string
}

/** A zone: Route 53's hosted zone, or one that another service keeps. */
export interface ZoneRecord {
  readonly id: string
  readonly accountId: string
  /** In the normal form. */
  readonly name: string
  /** Place in the order in which all zones of the cloud were made. */
  readonly number: number
  /** In the normal form. A private zone has some too, which nobody can ask. */
  readonly nameServers: readonly string[]
  /** Present for a private zone: whose names only these see. */
  readonly vpcs?: readonly ZoneVpc[]
}

export const zones = table<ZoneRecord, 'name' | 'account' | 'accountName' | 'vpc'>('dns.zones', {
  key: (zone) => zone.id,
  partition: 'cloud',
  indexes: {
    name: (zone) => zone.name,
    account: (zone) => zone.accountId,
    accountName: (zone) => orderedKey(zone.accountId, reversedName(zone.name)),
    vpc: (zone) => zone.vpcs?.map(({ id }) => id),
  },
})

/** How many zones were ever made. */
export const zoneCounts = table<{ readonly name: 'made'; readonly count: number }>(
  'dns.zone-counts',
  {
    key: (it) => it.name,
    partition: 'cloud',
  },
)

/** The `number` of a zone that is about to be made. */
export function nextZoneNumber(ctx: TableContext): number {
  const count = (zoneCounts.get(ctx, 'made')?.count ?? 0) + 1
  zoneCounts.put(ctx, { name: 'made', count })
  return count
}

export interface AliasTarget {
  readonly zoneId: string
  /** In the normal form. */
  readonly name: string
  readonly evaluatesHealth: boolean
}

export interface GeoLocation {
  readonly continent?: string
  /** `*`: the default, for whom no other record is meant. */
  readonly country?: string
  readonly subdivision?: string
}

/** Which of several record sets of one name and type answers. Absent: simple routing. */
export type Routing =
  | { readonly kind: 'weighted'; readonly weight: number }
  | { readonly kind: 'latency'; readonly region: string }
  | { readonly kind: 'failover'; readonly role: 'PRIMARY' | 'SECONDARY' }
  | { readonly kind: 'geolocation'; readonly location: GeoLocation }
  | { readonly kind: 'multivalue' }

export interface RecordSet {
  readonly zoneId: string
  /** In the normal form. */
  readonly name: string
  readonly type: RecordType
  /** Tells the sets of one name and type apart; present with `routing` alone. */
  readonly setIdentifier?: string
  readonly routing?: Routing
  /** In s; absent for aliases. */
  readonly ttl?: number
  /** Each as a master file has its data (RFC 1035, 5): `10 mail.example.com.`; empty for aliases. */
  readonly values: readonly string[]
  readonly alias?: AliasTarget
  readonly healthCheckId?: string
}

export const recordSets = table<RecordSet>('dns.record-sets', {
  key: recordSetKey,
  partition: 'cloud',
})

/** The record sets of one name and type. Names come in the normal form. */
export function setsOf(
  ctx: TableContext,
  zoneId: string,
  name: string,
  type: RecordType,
): readonly RecordSet[] {
  return [...recordSets.scan(ctx, { prefix: recordSetKey({ zoneId, name, type }) })]
}

/** Whether a zone has a record at a name, of a type that is meant. */
export function hasRecordsAt(
  ctx: TableContext,
  zoneId: string,
  name: string,
  isMeant: (type: RecordType) => boolean,
): boolean {
  for (const { type } of recordSets.scan(ctx, {
    prefix: orderedKey(zoneId, reversedName(name), ''),
  })) {
    if (isMeant(type)) return true
  }
  return false
}

/** Whether a zone has a record of any type at a name, or under it: then the name exists. */
export function hasRecords(ctx: TableContext, zoneId: string, name: string): boolean {
  for (const _ of recordSets.scan(ctx, { prefix: orderedKey(zoneId, reversedName(name)) })) {
    return true
  }
  return false
}

type RecordSetName = Pick<RecordSet, 'zoneId' | 'name' | 'type' | 'setIdentifier'>

/** In Route 53's order: names with their labels reversed, then types, then set identifiers. */
export function recordSetKey({ zoneId, name, type, setIdentifier }: RecordSetName): string {
  return orderedKey(zoneId, reversedName(name), type, setIdentifier ?? '')
}

/** What a record set's health check says, kept by whoever runs the check. */
export interface HealthRecord {
  readonly healthCheckId: string
  readonly healthy: boolean
}

/** Checks that are not listed are healthy. */
export const healthStates = table<HealthRecord>('dns.health', {
  key: (it) => it.healthCheckId,
  partition: 'cloud',
})
