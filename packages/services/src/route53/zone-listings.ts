import { orderedKey } from '@cloud-orrery/kernel'
import {
  GetAccountLimit,
  GetHostedZoneCount,
  GetHostedZoneLimit,
  ListHostedZones,
  ListHostedZonesByName,
  ListHostedZonesByVPC,
} from '@cloud-orrery/models/route53'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { normalName, reversedName } from '../shared/dns/names.ts'
import { type ZoneRecord, zones } from '../shared/dns/state.ts'
import { pageOf } from '../shared/pages.ts'
import { nameProblem } from './domain-names.ts'
import { invalidDomainName, invalidRequest, noSuchHostedZone } from './errors.ts'
import { zoneView } from './hosted-zones.ts'
import {
  delegationSetsPerAccountMax,
  healthChecksPerAccountMax,
  pageItemsDefault,
  recordsPerZoneMax,
  vpcsPerZoneMax,
  zonesPerAccountMax,
} from './limits.ts'
import { delegationSets, healthChecks, hostedZones } from './state.ts'
import { arnOf, bareId, type OwnZone, ownZone } from './zone-access.ts'

/** `MaxItems` comes as text; more than a page holds is a page. */
export function pageSize(maxItems: string | undefined, most = pageItemsDefault): number {
  if (maxItems === undefined) return pageItemsDefault
  const items = Number(maxItems)
  if (!Number.isInteger(items) || items < 1) {
    throw invalidRequest(`Invalid value '${maxItems}' for MaxItems.`)
  }
  return Math.min(items, most)
}

function withDetails(ctx: Context, zone: ZoneRecord): OwnZone {
  const details = hostedZones.get(ctx, zone.id)
  if (details === undefined) throw noSuchHostedZone(zone.id)
  return { zone, details }
}

export const listHostedZones = operation(ListHostedZones, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx, { Marker = '', MaxItems, DelegationSetId, HostedZoneType }) {
    const itemsMax = pageSize(MaxItems)
    const setId = DelegationSetId === undefined ? undefined : bareId(DelegationSetId)
    const page: OwnZone[] = []
    let next: string | undefined
    for (const zone of zones.where(ctx, 'account', ctx.accountId)) {
      if (zone.id < bareId(Marker)) continue
      const own = withDetails(ctx, zone)
      if (setId !== undefined && own.details.delegationSetId !== setId) continue
      if (HostedZoneType === 'PrivateHostedZone' && zone.vpcs === undefined) continue
      if (page.length === itemsMax) {
        next = zone.id
        break
      }
      page.push(own)
    }
    return {
      HostedZones: page.map(zoneView),
      Marker,
      IsTruncated: next !== undefined,
      ...(next === undefined ? {} : { NextMarker: next }),
      MaxItems: String(itemsMax),
    }
  },
})

/** Names in order of their labels from the right, then ids. */
export const listHostedZonesByName = operation(ListHostedZonesByName, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx, { DNSName, HostedZoneId, MaxItems }) {
    const itemsMax = pageSize(MaxItems)
    if (HostedZoneId !== undefined && DNSName === undefined) {
      throw invalidRequest('The DNSName is required when HostedZoneId is specified.')
    }
    const problem = DNSName === undefined ? undefined : nameProblem(DNSName)
    if (problem !== undefined) throw invalidDomainName(problem)
    const first = DNSName === undefined ? '' : reversedName(normalName(DNSName) ?? '.')
    const account = orderedKey(ctx.accountId, '')
    const from = orderedKey(
      ctx.accountId,
      first,
      HostedZoneId === undefined ? '' : bareId(HostedZoneId),
    )
    const page: ZoneRecord[] = []
    let next: ZoneRecord | undefined
    for (const zone of zones.scanIndex(ctx, 'accountName', { prefix: account, from })) {
      if (page.length === itemsMax) {
        next = zone
        break
      }
      page.push(zone)
    }
    return {
      HostedZones: page.map((zone) => zoneView(withDetails(ctx, zone))),
      ...(DNSName === undefined ? {} : { DNSName }),
      ...(HostedZoneId === undefined ? {} : { HostedZoneId }),
      IsTruncated: next !== undefined,
      ...(next === undefined ? {} : { NextDNSName: next.name, NextHostedZoneId: next.id }),
      MaxItems: String(itemsMax),
    }
  },
})

export const listHostedZonesByVpc = operation(ListHostedZonesByVPC, {
  authorize: ({ VPCId, VPCRegion }, { accountId }) =>
    `arn:aws:ec2:${VPCRegion}:${accountId}:vpc/${VPCId}`,
  provenance: 'modelled',
  run(ctx, { VPCId, VPCRegion, MaxItems, NextToken }) {
    const itemsMax = pageSize(MaxItems)
    const { items, nextToken } = pageOf({
      list: (start) => zones.where(ctx, 'vpc', VPCId, start),
      positionOf: (zone) => zone.id,
      wanted: ({ vpcs }) =>
        vpcs?.some(({ id, region }) => id === VPCId && region === VPCRegion) === true,
      itemsMax,
      token: NextToken,
      request: { VPCId, VPCRegion },
      refused: () => invalidRequest('The pagination token is invalid.'),
    })
    return {
      HostedZoneSummaries: items.map(({ id, name, accountId }) => ({
        HostedZoneId: id,
        Name: name,
        Owner: { OwningAccount: accountId },
      })),
      MaxItems: String(itemsMax),
      ...(nextToken === undefined ? {} : { NextToken: nextToken }),
    }
  },
})

function zoneCount(ctx: Context): number {
  let count = 0
  for (const _ of zones.where(ctx, 'account', ctx.accountId)) count += 1
  return count
}

export const getHostedZoneCount = operation(GetHostedZoneCount, {
  authorize: () => '*',
  provenance: 'modelled',
  run: (ctx) => ({ HostedZoneCount: zoneCount(ctx) }),
})

export const getHostedZoneLimit = operation(GetHostedZoneLimit, {
  authorize: ({ HostedZoneId }) => arnOf('hostedzone', HostedZoneId),
  provenance: 'modelled',
  run(ctx, { HostedZoneId, Type }) {
    const { zone, details } = ownZone(ctx, HostedZoneId)
    if (Type === 'MAX_RRSETS_BY_ZONE') {
      return { Limit: { Type, Value: recordsPerZoneMax }, Count: details.recordSetCount }
    }
    if (zone.vpcs === undefined) {
      throw invalidRequest(`The limit ${Type} is for private hosted zones only.`)
    }
    return { Limit: { Type, Value: vpcsPerZoneMax }, Count: zone.vpcs.length }
  },
})

export const getAccountLimit = operation(GetAccountLimit, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx, { Type }) {
    switch (Type) {
      case 'MAX_HOSTED_ZONES_BY_OWNER':
        return { Limit: { Type, Value: zonesPerAccountMax }, Count: zoneCount(ctx) }
      case 'MAX_HEALTH_CHECKS_BY_OWNER':
        return { Limit: { Type, Value: healthChecksPerAccountMax }, Count: healthChecks.count(ctx) }
      case 'MAX_REUSABLE_DELEGATION_SETS_BY_OWNER':
        return {
          Limit: { Type, Value: delegationSetsPerAccountMax },
          Count: delegationSets.count(ctx),
        }
      default:
        // Traffic policies are not modelled, so that an account has none. Source: "Quotas on traffic flow".
        return {
          Limit: { Type, Value: Type === 'MAX_TRAFFIC_POLICIES_BY_OWNER' ? 50 : 5 },
          Count: 0,
        }
    }
  },
})
