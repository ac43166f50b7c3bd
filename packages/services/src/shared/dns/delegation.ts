import type { TableContext } from '@cloud-orrery/kernel'
import { suffixesOf } from './names.ts'
import type { DnsClient } from './queries.ts'
import { setsOf, type ZoneRecord, zones } from './state.ts'

/** A zone delegates a name to name servers that no zone of the model has. */
export interface LameDelegation {
  readonly lame: string
}

/**
 * The zone that a resolver finds for a name, in the normal form. From a VPC that is the private zone with the longest
 * name, if any fits. On the internet it is the topmost public zone (of several by one name the first made, as if its
 * name servers stood at the registrar), and from there on whatever zone the NS records lead to: a zone below another
 * that has no NS records for it is not found by anyone.
 */
export function zoneOf(
  ctx: TableContext,
  name: string,
  from: DnsClient = {},
): ZoneRecord | LameDelegation | undefined {
  const suffixes = suffixesOf(name)
  const own = from.vpcId === undefined ? undefined : privateZone(ctx, suffixes, from.vpcId)
  return own ?? publicZone(ctx, suffixes)
}

function privateZone(
  ctx: TableContext,
  suffixes: readonly string[],
  vpcId: string,
): ZoneRecord | undefined {
  for (const suffix of suffixes) {
    for (const zone of zones.where(ctx, 'name', suffix)) {
      if (zone.vpcs?.some(({ id }) => id === vpcId)) return zone
    }
  }
  return undefined
}

function publicZone(
  ctx: TableContext,
  suffixes: readonly string[],
): ZoneRecord | LameDelegation | undefined {
  let zone: ZoneRecord | undefined
  for (const suffix of suffixes.toReversed()) {
    if (zone === undefined) {
      zone = firstPublic(ctx, suffix)
      continue
    }
    const [delegation] = setsOf(ctx, zone.id, suffix, 'NS')
    if (delegation === undefined) continue
    const next = zoneAt(ctx, suffix, delegation.values)
    if (next === undefined) return { lame: suffix }
    zone = next
  }
  return zone
}

/** Of the public zones by one name, the one made first. */
export function firstPublic(ctx: TableContext, name: string): ZoneRecord | undefined {
  let first: ZoneRecord | undefined
  for (const zone of zones.where(ctx, 'name', name)) {
    if (zone.vpcs !== undefined) continue
    if (first === undefined || zone.number < first.number) first = zone
  }
  return first
}

function zoneAt(
  ctx: TableContext,
  name: string,
  nameServers: readonly string[],
): ZoneRecord | undefined {
  const asked = new Set(nameServers.map((server) => server.toLowerCase().replace(/\.$/, '')))
  for (const zone of zones.where(ctx, 'name', name)) {
    if (zone.vpcs !== undefined) continue
    if (zone.nameServers.some((server) => asked.has(server.replace(/\.$/, '')))) return zone
  }
  return undefined
}
