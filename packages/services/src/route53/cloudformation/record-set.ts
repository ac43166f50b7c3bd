import {
  AwsRoute53RecordSet,
  AwsRoute53RecordSetGroup,
  type Change,
  ChangeResourceRecordSets,
  ListHostedZonesByName,
  ListResourceRecordSets,
  type ResourceRecordSet,
} from '@cloud-orrery/models/route53'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'
import { normalName } from '../../shared/dns/names.ts'
import { invalidRequest } from '../errors.ts'
import { bareId } from '../zone-access.ts'

/** A record set as templates have it. */
interface Properties {
  readonly Name: string
  readonly Type: string
  readonly TTL?: string | undefined
  readonly ResourceRecords?: readonly string[] | undefined
  readonly AliasTarget?:
    | {
        readonly DNSName: string
        readonly HostedZoneId: string
        readonly EvaluateTargetHealth?: boolean | undefined
      }
    | undefined
  readonly SetIdentifier?: string | undefined
  readonly Weight?: number | undefined
  readonly Region?: string | undefined
  readonly Failover?: string | undefined
  readonly GeoLocation?: ResourceRecordSet['GeoLocation']
  readonly MultiValueAnswer?: boolean | undefined
  readonly HealthCheckId?: string | undefined
  readonly CidrRoutingConfig?: ResourceRecordSet['CidrRoutingConfig']
  readonly GeoProximityLocation?: unknown
}

function recordSetOf(properties: Properties): ResourceRecordSet {
  const { TTL, ResourceRecords, AliasTarget, GeoProximityLocation: _, ...rest } = properties
  // Absent properties stay away: they are none of the record set's.
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
  return {
    ...given,
    Name: properties.Name,
    Type: properties.Type,
    ...(TTL === undefined ? {} : { TTL: Number(TTL) }),
    ...(ResourceRecords === undefined
      ? {}
      : { ResourceRecords: ResourceRecords.map((Value) => ({ Value })) }),
    ...(AliasTarget === undefined
      ? {}
      : { AliasTarget: { EvaluateTargetHealth: false, ...AliasTarget } as AliasOf }),
  }
}

// `EvaluateTargetHealth` has a default, so that all members are there.
type AliasOf = NonNullable<ResourceRecordSet['AliasTarget']>

interface ZoneProperties {
  readonly HostedZoneId?: string | undefined
  readonly HostedZoneName?: string | undefined
}

/** The zone that a template names by its id, or by a name that only one of the account's zones has. */
async function zoneIdOf(
  ctx: ResourceContext,
  { HostedZoneId, HostedZoneName }: ZoneProperties,
): Promise<string> {
  if (HostedZoneId !== undefined && HostedZoneId !== '') return bareId(HostedZoneId)
  if (HostedZoneName === undefined) {
    throw invalidRequest('Either HostedZoneId or HostedZoneName must be specified.')
  }
  const { HostedZones } = await ctx.call(ListHostedZonesByName, { DNSName: HostedZoneName })
  const name = normalName(HostedZoneName)
  const [zone, other] = HostedZones.filter(({ Name }) => Name === name)
  if (zone === undefined) {
    throw invalidRequest(`No hosted zones named ${HostedZoneName} found`)
  }
  if (other !== undefined) {
    throw invalidRequest(`Found multiple hosted zones with name ${HostedZoneName}`)
  }
  return bareId(zone.Id)
}

async function change(
  ctx: ResourceContext,
  HostedZoneId: string,
  changes: readonly Change[],
): Promise<void> {
  if (changes.length === 0) return
  await ctx.call(ChangeResourceRecordSets, { HostedZoneId, ChangeBatch: { Changes: changes } })
}

/** One record set of a zone as it stands; undefined where it is gone. */
async function currentSet(
  ctx: ResourceContext,
  HostedZoneId: string,
  { Name, Type, SetIdentifier }: Properties,
): Promise<ResourceRecordSet | undefined> {
  const { ResourceRecordSets } = await ctx.call(ListResourceRecordSets, {
    HostedZoneId,
    StartRecordName: Name,
    StartRecordType: Type,
    ...(SetIdentifier === undefined ? {} : { StartRecordIdentifier: SetIdentifier }),
    MaxItems: '1',
  })
  const name = normalName(Name)
  return ResourceRecordSets.find(
    (set) => set.Name === name && set.Type === Type && set.SetIdentifier === SetIdentifier,
  )
}

/** Creations, replacements and deletions that turn one list of sets into another. */
function difference(before: readonly Properties[], now: readonly Properties[]): readonly Change[] {
  const keyOf = ({ Name, Type, SetIdentifier }: Properties) =>
    JSON.stringify([normalName(Name), Type, SetIdentifier])
  const kept = new Set(now.map(keyOf))
  const known = new Set(before.map(keyOf))
  return [
    ...before
      .filter((set) => !kept.has(keyOf(set)))
      .map((set) => ({ Action: 'DELETE', ResourceRecordSet: recordSetOf(set) })),
    ...now.map((set) => ({
      Action: known.has(keyOf(set)) ? 'UPSERT' : 'CREATE',
      ResourceRecordSet: recordSetOf(set),
    })),
  ]
}

async function removeSets(
  ctx: ResourceContext,
  HostedZoneId: string,
  sets: readonly Properties[],
): Promise<void> {
  const there = await Promise.all(sets.map((set) => currentSet(ctx, HostedZoneId, set)))
  await change(
    ctx,
    HostedZoneId,
    there
      .filter((set) => set !== undefined)
      .map((set) => ({ Action: 'DELETE', ResourceRecordSet: set })),
  )
}

export const recordSetType = resource(AwsRoute53RecordSet, {
  async create(ctx, properties) {
    const zoneId = await zoneIdOf(ctx, properties)
    await change(ctx, zoneId, [{ Action: 'CREATE', ResourceRecordSet: recordSetOf(properties) }])
    return { physicalId: properties.Name }
  },

  async update(ctx, properties, previous) {
    const zoneId = await zoneIdOf(ctx, properties)
    await change(ctx, zoneId, difference([previous], [properties]))
    return { physicalId: properties.Name }
  },

  async delete(ctx, _state, properties) {
    await removeSets(ctx, await zoneIdOf(ctx, properties), [properties])
  },

  async read(ctx, _state, properties) {
    const set = await currentSet(ctx, await zoneIdOf(ctx, properties), properties)
    return set === undefined ? undefined : asWritten(set, properties)
  },
})

/** A record set as it is now, in the form in which its template has it: names with or without the dot at the end. */
function asWritten(set: ResourceRecordSet, properties: Properties & ZoneProperties) {
  const { Name: _, TTL, ResourceRecords = [], AliasTarget, ...rest } = set
  const written = properties.AliasTarget
  const isSame = written !== undefined && normalName(written.DNSName) === AliasTarget?.DNSName
  return {
    ...rest,
    Name: properties.Name,
    ...(properties.HostedZoneId === undefined ? {} : { HostedZoneId: properties.HostedZoneId }),
    ...(properties.HostedZoneName === undefined
      ? {}
      : { HostedZoneName: properties.HostedZoneName }),
    ...(TTL === undefined ? {} : { TTL: String(TTL) }),
    ...(ResourceRecords.length === 0
      ? {}
      : { ResourceRecords: ResourceRecords.map(({ Value }) => Value) }),
    ...(AliasTarget === undefined
      ? {}
      : {
          AliasTarget: {
            HostedZoneId: AliasTarget.HostedZoneId,
            DNSName: isSame ? written.DNSName : AliasTarget.DNSName,
            // Its default may be left out.
            ...(AliasTarget.EvaluateTargetHealth || written?.EvaluateTargetHealth !== undefined
              ? { EvaluateTargetHealth: AliasTarget.EvaluateTargetHealth }
              : {}),
          },
        }),
  }
}

export const recordSetGroupType = resource(AwsRoute53RecordSetGroup, {
  async create(ctx, properties) {
    const zoneId = await zoneIdOf(ctx, properties)
    await change(ctx, zoneId, difference([], properties.RecordSets ?? []))
    const Id = `${ctx.stackName}-${ctx.logicalId}-${ctx.ids.hex(12)}`
    return { Id }
  },

  async update(ctx, properties, previous, { Id }) {
    const zoneId = await zoneIdOf(ctx, properties)
    await change(ctx, zoneId, difference(previous.RecordSets ?? [], properties.RecordSets ?? []))
    return { Id }
  },

  async delete(ctx, _state, properties) {
    await removeSets(ctx, await zoneIdOf(ctx, properties), properties.RecordSets ?? [])
  },
})
