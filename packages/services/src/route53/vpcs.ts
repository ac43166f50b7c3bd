import { orderedKey } from '@cloud-orrery/kernel'
import { AwsError } from '@cloud-orrery/models'
import { DescribeVpcs } from '@cloud-orrery/models/ec2'
import {
  AssociateVPCWithHostedZone,
  CreateVPCAssociationAuthorization,
  DeleteVPCAssociationAuthorization,
  DisassociateVPCFromHostedZone,
  ListVPCAssociationAuthorizations,
  type VPC,
} from '@cloud-orrery/models/route53'
import type { RequestContext } from '@cloud-orrery/policy'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { type ZoneRecord, type ZoneVpc, zones } from '../shared/dns/state.ts'
import { pageOf } from '../shared/pages.ts'
import { submitted } from './changes.ts'
import {
  conflictingDomainExists,
  invalidRequest,
  invalidVpcId,
  lastVpcAssociation,
  limitsExceeded,
  noSuchHostedZone,
  publicZoneVpcAssociation,
  vpcAssociationNotFound,
  vpcAuthorizationNotFound,
  vpcNotAuthorized,
} from './errors.ts'
import { vpcsPerZoneMax } from './limits.ts'
import { vpcAuthorizations } from './state.ts'
import { bareId, ownZone, zoneArn } from './zone-access.ts'

export function vpcView({ id, region }: ZoneVpc): VPC {
  return { VPCRegion: region, VPCId: id }
}

/** Source: Service Authorization Reference, `route53:VPCs`. */
export function vpcContext(vpc: VPC | undefined): RequestContext {
  const { VPCId, VPCRegion } = vpc ?? {}
  if (VPCId === undefined || VPCRegion === undefined) return {}
  return { 'route53:VPCs': [`VPCId=${VPCId},VPCRegion=${VPCRegion}`] }
}

function named({ VPCId, VPCRegion }: VPC): ZoneVpc {
  if (VPCId === undefined || VPCRegion === undefined) throw invalidVpcId()
  return { id: VPCId, region: VPCRegion }
}

/** A VPC that the caller's account has: whoever names one needs `ec2:DescribeVpcs`. Throws InvalidVPCId. */
export async function knownVpc(ctx: Context, vpc: VPC): Promise<ZoneVpc> {
  const { id, region } = named(vpc)
  try {
    const { Vpcs = [] } = await ctx.call(DescribeVpcs, { VpcIds: [id] }, { region })
    if (Vpcs.length === 0) throw invalidVpcId()
  } catch (error) {
    if (error instanceof AwsError && /^InvalidVpcI/.test(error.code)) throw invalidVpcId()
    throw error
  }
  return { id, region }
}

const zoneAndVpc = (input: { HostedZoneId: string; VPC: VPC }) => ({
  resource: zoneArn(input),
  context: vpcContext(input.VPC),
})

export const associateVpc = operation(AssociateVPCWithHostedZone, {
  authorize: zoneAndVpc,
  provenance: 'modelled',
  async run(ctx, { HostedZoneId, VPC, Comment }) {
    const vpc = await knownVpc(ctx, VPC)
    const zone = zones.get(ctx, bareId(HostedZoneId))
    if (zone === undefined) throw noSuchHostedZone(bareId(HostedZoneId))
    if (zone.accountId !== ctx.accountId) {
      // Whoever has the VPC associates it, once the owner of the zone has authorized that.
      if (vpcAuthorizations.get(ctx, orderedKey(zone.id, vpc.id, vpc.region)) === undefined) {
        throw vpcNotAuthorized()
      }
    }
    if (zone.vpcs === undefined) throw publicZoneVpcAssociation()
    const there = [...zones.where(ctx, 'vpc', vpc.id)].find(({ name }) => name === zone.name)
    if (there !== undefined) {
      throw conflictingDomainExists(
        `The VPC ${vpc.id} in region ${vpc.region} has already been associated with the hosted zone ${there.id} with the same domain name.`,
      )
    }
    if (zone.vpcs.length >= vpcsPerZoneMax) {
      throw limitsExceeded(`The hosted zone ${zone.id} is associated with ${vpcsPerZoneMax} VPCs.`)
    }
    zones.update(ctx, zone.id, { vpcs: [...zone.vpcs, vpc] })
    return { ChangeInfo: submitted(ctx, Comment) }
  },
})

export const disassociateVpc = operation(DisassociateVPCFromHostedZone, {
  authorize: zoneAndVpc,
  provenance: 'modelled',
  run(ctx, { HostedZoneId, VPC, Comment }) {
    const { id } = named(VPC)
    const zone = privateZone(ctx, HostedZoneId)
    const rest = zone.vpcs.filter((vpc) => vpc.id !== id)
    if (rest.length === zone.vpcs.length) throw vpcAssociationNotFound(zone.id, id)
    if (rest.length === 0) throw lastVpcAssociation()
    zones.update(ctx, zone.id, { vpcs: rest })
    return { ChangeInfo: submitted(ctx, Comment) }
  },
})

/** A private zone of the caller's account. */
function privateZone(ctx: Context, id: string): ZoneRecord & { vpcs: readonly ZoneVpc[] } {
  const { zone } = ownZone(ctx, id)
  const { vpcs } = zone
  if (vpcs === undefined) throw publicZoneVpcAssociation()
  return { ...zone, vpcs }
}

export const createVpcAssociationAuthorization = operation(CreateVPCAssociationAuthorization, {
  authorize: zoneAndVpc,
  provenance: 'modelled',
  run(ctx, { HostedZoneId, VPC }) {
    const zone = privateZone(ctx, HostedZoneId)
    const { id, region } = named(VPC)
    vpcAuthorizations.put(ctx, { zoneId: zone.id, vpcId: id, region })
    return { HostedZoneId: zone.id, VPC: vpcView({ id, region }) }
  },
})

export const deleteVpcAssociationAuthorization = operation(DeleteVPCAssociationAuthorization, {
  authorize: zoneAndVpc,
  provenance: 'modelled',
  run(ctx, { HostedZoneId, VPC }) {
    const zone = privateZone(ctx, HostedZoneId)
    const { id, region } = named(VPC)
    if (vpcAuthorizations.delete(ctx, orderedKey(zone.id, id, region)) === undefined) {
      throw vpcAuthorizationNotFound()
    }
    return {}
  },
})

/** Source: API reference, ListVPCAssociationAuthorizations, `MaxResults`. */
const authorizationsPerPage = 50

export const listVpcAssociationAuthorizations = operation(ListVPCAssociationAuthorizations, {
  authorize: zoneArn,
  provenance: 'modelled',
  run(ctx, { HostedZoneId, MaxResults, NextToken }) {
    const zone = privateZone(ctx, HostedZoneId)
    const prefix = orderedKey(zone.id, '')
    const { items, nextToken } = pageOf({
      list: (start) => vpcAuthorizations.scan(ctx, { prefix, ...start }),
      positionOf: (it) => vpcAuthorizations.options.key(it),
      itemsMax: MaxResults === undefined ? authorizationsPerPage : Number(MaxResults),
      token: NextToken,
      request: { zone: zone.id },
      refused: () => invalidRequest('The pagination token is invalid.'),
    })
    return {
      HostedZoneId: zone.id,
      VPCs: items.map(({ vpcId, region }) => vpcView({ id: vpcId, region })),
      ...(nextToken === undefined ? {} : { NextToken: nextToken }),
    }
  },
})
