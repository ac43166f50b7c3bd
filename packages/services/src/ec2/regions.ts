import {
  type AvailabilityZone,
  DescribeAvailabilityZones,
  DescribeRegions,
  type Filter,
  type Region,
} from '@cloud-orrery/models/ec2'
import type { Context } from '../context.ts'
import { invalidValue } from './errors.ts'
import { matcher } from './listings.ts'
import { anywhere, ec2Operation } from './operations.ts'
import { defaultRegions, groupTitle, type Zone, zonesOf } from './zones.ts'

/** Recorded: ec2, DescribeAvailabilityZones. */
function zoneView({ region }: Context, { name, id }: Zone): AvailabilityZone {
  return {
    OptInStatus: 'opt-in-not-required',
    Messages: [],
    RegionName: region,
    ZoneName: name,
    ZoneId: id,
    GroupName: `${region}-zg-1`,
    GroupLongName: groupTitle(region),
    NetworkBorderGroup: region,
    ZoneType: 'availability-zone',
    State: 'available',
  }
}

const zoneFilters: Readonly<Record<string, (zone: AvailabilityZone) => string | undefined>> = {
  'group-name': ({ GroupName }) => GroupName,
  'group-long-name': ({ GroupLongName }) => GroupLongName,
  'opt-in-status': ({ OptInStatus }) => OptInStatus,
  'region-name': ({ RegionName }) => RegionName,
  state: ({ State }) => State,
  'zone-id': ({ ZoneId }) => ZoneId,
  'zone-name': ({ ZoneName }) => ZoneName,
  'zone-type': ({ ZoneType }) => ZoneType,
}

function filtered<T>(
  items: readonly T[],
  filters: readonly Filter[],
  known: Readonly<Record<string, (item: T) => string | undefined>>,
): T[] {
  const tests = filters.map(({ Name = '', Values = [] }) => {
    const textOf = Object.hasOwn(known, Name) ? known[Name] : undefined
    if (textOf === undefined) throw invalidValue(`The filter '${Name}' is invalid`)
    const patterns = Values.map(matcher)
    return (item: T) => patterns.some((matches) => matches(textOf(item) ?? ''))
  })
  return items.filter((item) => tests.every((test) => test(item)))
}

export const describeAvailabilityZones = ec2Operation(DescribeAvailabilityZones, {
  authorize: anywhere,
  provenance: 'recorded',
  run(ctx, { ZoneNames = [], ZoneIds = [], Filters = [] }) {
    const zones = zonesOf(ctx.region)
    for (const [given, of] of [
      [ZoneNames, (zone: Zone) => zone.name],
      [ZoneIds, (zone: Zone) => zone.id],
    ] as const) {
      for (const value of given) {
        if (!zones.some((zone) => of(zone) === value)) {
          throw invalidValue(`Invalid availability zone: [${value}]`)
        }
      }
    }
    const asked = zones.filter(
      ({ name, id }) =>
        (ZoneNames.length === 0 || ZoneNames.includes(name)) &&
        (ZoneIds.length === 0 || ZoneIds.includes(id)),
    )
    const views = asked.map((zone) => zoneView(ctx, zone))
    return { AvailabilityZones: filtered(views, Filters, zoneFilters) }
  },
})

const regionFilters: Readonly<Record<string, (region: Region) => string | undefined>> = {
  endpoint: ({ Endpoint }) => Endpoint,
  'opt-in-status': ({ OptInStatus }) => OptInStatus,
  'region-name': ({ RegionName }) => RegionName,
}

/** Deviation: regions that an account has to ask for are left out, also with `AllRegions`. */
export const describeRegions = ec2Operation(DescribeRegions, {
  authorize: anywhere,
  provenance: 'simplified',
  run(_ctx, { RegionNames = [], Filters = [] }) {
    for (const name of RegionNames) {
      if (!defaultRegions.includes(name)) throw invalidValue(`Invalid region name: ${name}`)
    }
    const named = defaultRegions.filter(
      (name) => RegionNames.length === 0 || RegionNames.includes(name),
    )
    const views = named.map((RegionName) => ({
      OptInStatus: 'opt-in-not-required',
      RegionName,
      Endpoint: `ec2.${RegionName}.amazonaws.com`,
    }))
    return { Regions: filtered(views, Filters, regionFilters) }
  },
})
