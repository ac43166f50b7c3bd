import type { Change, ResourceRecordSet } from '@cloud-orrery/models/route53'
import { normalName } from '../shared/dns/names.ts'
import type { RecordSet, RecordType, Routing } from '../shared/dns/state.ts'
import { notModelled } from '../shared/not-modelled.ts'
import { invalidRequest } from './errors.ts'
import { bareId } from './zone-access.ts'

/** A record set as Route 53 answers it; its wire order follows the model. */
export function recordSetView(set: RecordSet): ResourceRecordSet {
  const { name, type, setIdentifier, ttl, values, alias, healthCheckId } = set
  return {
    Name: name,
    Type: type,
    ...(setIdentifier === undefined ? {} : { SetIdentifier: setIdentifier }),
    ...routingView(set.routing),
    ...(ttl === undefined ? {} : { TTL: ttl }),
    ...(alias === undefined ? { ResourceRecords: values.map((Value) => ({ Value })) } : {}),
    ...(alias === undefined
      ? {}
      : {
          AliasTarget: {
            HostedZoneId: alias.zoneId,
            DNSName: alias.name,
            EvaluateTargetHealth: alias.evaluatesHealth,
          },
        }),
    ...(healthCheckId === undefined ? {} : { HealthCheckId: healthCheckId }),
  }
}

function routingView(routing: Routing | undefined): Partial<ResourceRecordSet> {
  switch (routing?.kind) {
    case undefined:
      return {}
    case 'weighted':
      return { Weight: routing.weight }
    case 'latency':
      return { Region: routing.region }
    case 'failover':
      return { Failover: routing.role }
    case 'multivalue':
      return { MultiValueAnswer: true }
    case 'geolocation': {
      const { continent, country, subdivision } = routing.location
      return {
        GeoLocation: {
          ...(continent === undefined ? {} : { ContinentCode: continent }),
          ...(country === undefined ? {} : { CountryCode: country }),
          ...(subdivision === undefined ? {} : { SubdivisionCode: subdivision }),
        },
      }
    }
    default:
      return routing satisfies never
  }
}

/** The record set that a change means. Throws InvalidInput where its parts do not go together. */
export function recordSetOf(zoneId: string, { Action, ResourceRecordSet: set }: Change): RecordSet {
  refuseUnmodelled(set)
  const { Name, Type, SetIdentifier, TTL, ResourceRecords, AliasTarget, HealthCheckId } = set
  const where = `in Change with [Action=${Action}, Name=${Name}, Type=${Type}, SetIdentifier=${SetIdentifier ?? 'null'}]`
  const isPlain = TTL !== undefined && ResourceRecords !== undefined
  const plainParts = TTL !== undefined || ResourceRecords !== undefined
  const exactly =
    'Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId], but found'
  if (AliasTarget !== undefined && plainParts)
    throw invalidRequest(`${exactly} more than one ${where}`)
  if (AliasTarget === undefined && !isPlain) throw invalidRequest(`${exactly} none ${where}`)
  const routing = routingOf(set, where)
  if (routing?.kind === 'multivalue' && AliasTarget !== undefined) {
    throw invalidRequest(`Invalid request: MultiValueAnswer is not supported for aliases ${where}`)
  }
  return {
    zoneId,
    name: normalName(Name) ?? Name,
    // The model's enum was checked; it is ours.
    type: Type as RecordType,
    ...(SetIdentifier === undefined ? {} : { setIdentifier: SetIdentifier }),
    ...(routing === undefined ? {} : { routing }),
    ...(TTL === undefined ? {} : { ttl: TTL }),
    values: (ResourceRecords ?? []).map(({ Value }) => Value),
    ...(AliasTarget === undefined
      ? {}
      : {
          alias: {
            zoneId: bareId(AliasTarget.HostedZoneId),
            name: normalName(AliasTarget.DNSName) ?? AliasTarget.DNSName,
            evaluatesHealth: AliasTarget.EvaluateTargetHealth,
          },
        }),
    ...(HealthCheckId === undefined ? {} : { healthCheckId: HealthCheckId }),
  }
}

function refuseUnmodelled(set: ResourceRecordSet): void {
  for (const part of [
    'CidrRoutingConfig',
    'GeoProximityLocation',
    'TrafficPolicyInstanceId',
  ] as const) {
    if (set[part] !== undefined) {
      throw notModelled(`${part} of route53:ChangeResourceRecordSets`)
    }
  }
}

const policies =
  '[Weight, Region, Failover, GeoLocation, MultiValueAnswer, GeoProximityLocation, or CidrRoutingConfig]'

function routingOf(set: ResourceRecordSet, where: string): Routing | undefined {
  const found: Routing[] = []
  if (set.Weight !== undefined) found.push({ kind: 'weighted', weight: set.Weight })
  if (set.Region !== undefined) found.push({ kind: 'latency', region: set.Region })
  if (set.Failover !== undefined) {
    found.push({ kind: 'failover', role: set.Failover === 'PRIMARY' ? 'PRIMARY' : 'SECONDARY' })
  }
  if (set.GeoLocation !== undefined) found.push(locationOf(set.GeoLocation, where))
  if (set.MultiValueAnswer === true) found.push({ kind: 'multivalue' })
  const [routing] = found
  if (found.length > 1) {
    throw invalidRequest(
      `Invalid request: Expected exactly one of ${policies}, but found more than one ${where}`,
    )
  }
  if (set.SetIdentifier !== undefined && routing === undefined) {
    throw invalidRequest(
      `Invalid request: Expected exactly one of ${policies}, but found none ${where}`,
    )
  }
  if (set.SetIdentifier === undefined && routing !== undefined) {
    throw invalidRequest(`Invalid request: Missing field 'SetIdentifier' ${where}`)
  }
  return routing
}

function locationOf(
  { ContinentCode, CountryCode, SubdivisionCode }: NonNullable<ResourceRecordSet['GeoLocation']>,
  where: string,
): Routing {
  if ((ContinentCode === undefined) === (CountryCode === undefined)) {
    throw invalidRequest(
      `Invalid request: Expected exactly one of [ContinentCode, or CountryCode], but found ${ContinentCode === undefined ? 'none' : 'more than one'} ${where}`,
    )
  }
  return {
    kind: 'geolocation',
    location: {
      ...(ContinentCode === undefined ? {} : { continent: ContinentCode }),
      ...(CountryCode === undefined ? {} : { country: CountryCode }),
      ...(SubdivisionCode === undefined ? {} : { subdivision: SubdivisionCode }),
    },
  }
}
