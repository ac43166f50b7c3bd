import type { Context } from '../context.ts'
import {
  hasRecordsAt,
  type RecordSet,
  type Routing,
  setsOf,
  type ZoneRecord,
} from '../shared/dns/state.ts'

/** Why a record set can't stand beside those that are there, in AWS's words. Itself, replaced, is none of them. */
export function conflictsOf(ctx: Context, zone: ZoneRecord, set: RecordSet): readonly string[] {
  const { name, type } = set
  const named = `RRSet of type ${type} with DNS name ${name}`
  if (type === 'CNAME' && name === zone.name) {
    return [`${named} is not permitted at apex in zone ${zone.name}`]
  }
  if (type === 'SOA' && name !== zone.name) {
    return [`${named} is not permitted in zone ${zone.name}`]
  }
  if (type === 'CNAME' && hasRecordsAt(ctx, zone.id, name, (other) => other !== 'CNAME')) {
    return [
      `${named} is not permitted as it conflicts with other records with the same DNS name in zone ${zone.name}`,
    ]
  }
  if (type !== 'CNAME' && setsOf(ctx, zone.id, name, 'CNAME').length > 0) {
    // AWS's own words have two spaces before CNAME.
    return [
      `${named} is not permitted because a conflicting RRSet of type  CNAME with the same DNS name already exists in zone ${zone.name}`,
    ]
  }
  if (type === 'CNAME' && set.values.length > 1) {
    return [`${named} must have exactly one resource record in zone ${zone.name}`]
  }
  const others = setsOf(ctx, zone.id, name, type).filter(
    ({ setIdentifier }) => setIdentifier !== set.setIdentifier,
  )
  const conflict = routingConflict(set, others)
  return conflict === undefined ? [] : [conflict]
}

// Deviation: the words for latency, geolocation, multivalue and simple records are AWS's; weighted and failover follow them.
function routingConflict(set: RecordSet, others: readonly RecordSet[]): string | undefined {
  const { name, type, setIdentifier, routing } = set
  if (others.length === 0) return undefined
  const named = `RRSet with DNS name ${name}, type ${type}`
  if (routing === undefined) {
    return `${named} cannot be created as other RRSets exist with the same name and type.`
  }
  const mixed = others.some((other) => other.routing?.kind !== routing.kind)
  const identified = `${named}, SetIdentifier ${setIdentifier ?? ''}`
  if (mixed) {
    switch (routing.kind) {
      case 'weighted':
        return `${identified} cannot be created because a non-weighted RRSet with the same name and type already exists.`
      case 'latency':
        return `${identified}, and Region Name=${routing.region} cannot be created because a non-latency RRSet with the same name and type already exists.`
      case 'geolocation':
        return `${identified}, and routing to [${place(routing)}] cannot be created because a non-GEO RRSet with the same name and type already exists.`
      case 'failover':
        return `${identified}, and Failover=${routing.role} cannot be created because a non-failover RRSet with the same name and type already exists.`
      case 'multivalue':
        return `${identified} cannot be created because a non multivalue answer rrset exists with the same name and type.`
      default:
        return routing satisfies never
    }
  }
  const same = others.find((other) => isSameTarget(routing, other.routing))
  if (same === undefined) return undefined
  return `${identified} cannot be created because an RRSet with the same name, type, and routing already exists.`
}

function place({ location }: Routing & { kind: 'geolocation' }): string {
  const { continent, country, subdivision } = location
  if (continent !== undefined) return `continent = ${continent}`
  return `country = ${country ?? ''}${subdivision === undefined ? '' : `, subdivision = ${subdivision}`}`
}

/** Two records of one region, role or place; weights and multivalue answers may be alike. */
function isSameTarget(a: Routing, b: Routing | undefined): boolean {
  if (a.kind === 'weighted' || a.kind === 'multivalue') return false
  return JSON.stringify(a) === JSON.stringify(b)
}
