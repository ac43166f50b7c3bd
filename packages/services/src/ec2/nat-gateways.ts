import {
  CreateNatGateway,
  DeleteNatGateway,
  DescribeNatGateways,
  type NatGateway as ModelGateway,
} from '@cloud-orrery/models/ec2'
import type { Context } from '../context.ts'
import { task } from '../define.ts'
import { notModelled } from '../shared/not-modelled.ts'
import { findAddress } from './addresses.ts'
import { missingParameter, notFound, refusal } from './errors.ts'
import { newId, suffixed } from './ids.ts'
import { natGatewayDeletingMs, natGatewayListedMs, natGatewayPendingMs } from './limits.ts'
import { type Listing, listed } from './listings.ts'
import { makeInterface } from './network-interfaces.ts'
import { anywhere, ec2Operation, making, on } from './operations.ts'
import {
  addresses,
  internetGateways,
  type NatGateway,
  natGateways,
  networkInterfaces,
  tagSets,
} from './state.ts'
import { findSubnet } from './subnets.ts'
import { givenTags, putTags, tagsOf } from './tags.ts'

export const createNatGateway = ec2Operation(CreateNatGateway, {
  authorize: ({ SubnetId, AllocationId, TagSpecifications }, ctx) => [
    ...making(ctx, 'natgateway', 'CreateNatGateway', TagSpecifications),
    ...(SubnetId === undefined ? [] : [on(ctx, 'subnet', SubnetId)]),
    ...(AllocationId === undefined ? [] : [on(ctx, 'elastic-ip', AllocationId)]),
  ],
  provenance: 'modelled',
  refuses: [
    ...([
      'AvailabilityZoneAddresses',
      'VpcId',
      'PrivateIpAddress',
      'SecondaryAllocationIds',
    ] as const),
    ...(['SecondaryPrivateIpAddresses', 'SecondaryPrivateIpAddressCount'] as const),
  ],
  run(ctx, input) {
    const { SubnetId, AllocationId, ClientToken, ConnectivityType, AvailabilityMode } = input
    if (AvailabilityMode === 'regional') throw notModelled('regional NAT gateways')
    const same = ClientToken && natGateways.first(ctx, 'token', ClientToken)
    if (same) return { ClientToken, NatGateway: view(ctx, same) }
    if (SubnetId === undefined) throw missingParameter('subnetId')
    const subnet = findSubnet(ctx, SubnetId)
    const connectivity = ConnectivityType === 'private' ? 'private' : 'public'
    const address = addressFor(ctx, connectivity, AllocationId)
    if (
      connectivity === 'public' &&
      internetGateways.first(ctx, 'vpc', subnet.vpcId) === undefined
    ) {
      // Deviation: AWS makes the gateway and lets it fail with the same code.
      throw refusal(
        'Gateway.NotAttached',
        `Network ${subnet.vpcId} has no Internet gateway attached`,
      )
    }
    const tags = givenTags(ctx, 'natgateway', input.TagSpecifications)
    const id = newId(ctx, 'natgateway')
    const made = makeInterface(ctx, subnet, {
      description: `Interface for NAT Gateway ${id}`,
      groupIds: [],
      kind: 'nat_gateway',
      madeBy: 'ec2.amazonaws.com',
    })
    const associationId = suffixed(ctx, 'eipassoc')
    if (address !== undefined) {
      const { id: interfaceId, privateIp, subnetId } = made
      addresses.update(ctx, address.id, {
        use: { associationId, interfaceId, privateIp, subnetId },
      })
    }
    const gateway = natGateways.put(ctx, {
      id,
      subnetId: SubnetId,
      vpcId: subnet.vpcId,
      connectivity,
      state: 'pending',
      createdAtMs: ctx.now(),
      interfaceId: made.id,
      privateIp: made.privateIp,
      ...(address === undefined
        ? {}
        : { allocationId: address.id, publicIp: address.publicIp, associationId }),
      ...(ClientToken === undefined ? {} : { clientToken: ClientToken }),
    })
    putTags(ctx, 'natgateway', id, tags)
    ctx.after(natGatewayPendingMs, becomeAvailable, { id })
    return { ClientToken, NatGateway: view(ctx, gateway) }
  },
})

function addressFor(ctx: Context, connectivity: string, allocationId: string | undefined) {
  if (connectivity === 'private') {
    if (allocationId === undefined) return undefined
    throw refusal(
      'InvalidParameter',
      'AllocationId cannot be given for a NAT gateway with private connectivity.',
    )
  }
  if (allocationId === undefined) throw missingParameter('allocationId')
  const address = findAddress(ctx, allocationId)
  if (address.use !== undefined) {
    throw refusal(
      'Resource.AlreadyAssociated',
      `Elastic IP address [${allocationId}] is already associated`,
    )
  }
  return address
}

export const becomeAvailable = task<{ id: string }>('ec2.becomeAvailable', {
  run(ctx, { id }) {
    if (natGateways.get(ctx, id)?.state !== 'pending') return
    natGateways.update(ctx, id, { state: 'available' })
  },
})

export const deleteNatGateway = ec2Operation(DeleteNatGateway, {
  authorize: ({ NatGatewayId }, ctx) => on(ctx, 'natgateway', NatGatewayId),
  provenance: 'modelled',
  run(ctx, { NatGatewayId }) {
    const gateway = natGateways.get(ctx, NatGatewayId)
    if (gateway === undefined) throw notFound('natgateway', NatGatewayId)
    if (gateway.state === 'pending' || gateway.state === 'available') {
      natGateways.update(ctx, NatGatewayId, { state: 'deleting', deletedAtMs: ctx.now() })
      ctx.after(natGatewayDeletingMs, finishDeleting, { id: NatGatewayId })
    }
    return { NatGatewayId }
  },
})

/** The address is free again only when the gateway is gone. */
export const finishDeleting = task<{ id: string }>('ec2.finishDeleting', {
  run(ctx, { id }) {
    const gateway = natGateways.get(ctx, id)
    if (gateway === undefined) return
    natGateways.update(ctx, id, { state: 'deleted' })
    networkInterfaces.delete(ctx, gateway.interfaceId)
    const address = addresses.get(ctx, gateway.allocationId ?? '')
    if (address !== undefined) addresses.put(ctx, { id: address.id, publicIp: address.publicIp })
    ctx.after(natGatewayListedMs, forgetNatGateway, { id })
  },
})

export const forgetNatGateway = task<{ id: string }>('ec2.forgetNatGateway', {
  run(ctx, { id }) {
    natGateways.delete(ctx, id)
    tagSets.delete(ctx, id)
  },
})

function view(ctx: Context, gateway: NatGateway): ModelGateway {
  const { state, createdAtMs, deletedAtMs, allocationId, publicIp, associationId } = gateway
  return {
    CreateTime: createdAtMs,
    ...(deletedAtMs === undefined ? {} : { DeleteTime: deletedAtMs }),
    NatGatewayAddresses: [
      {
        ...(allocationId === undefined ? {} : { AllocationId: allocationId }),
        NetworkInterfaceId: gateway.interfaceId,
        PrivateIp: gateway.privateIp,
        ...(publicIp === undefined ? {} : { PublicIp: publicIp }),
        ...(associationId === undefined ? {} : { AssociationId: associationId }),
        IsPrimary: true,
        Status: state === 'pending' ? 'associating' : 'succeeded',
      },
    ],
    NatGatewayId: gateway.id,
    State: state,
    SubnetId: gateway.subnetId,
    VpcId: gateway.vpcId,
    Tags: tagsOf(ctx, gateway.id),
    ConnectivityType: gateway.connectivity,
    AvailabilityMode: 'zonal',
  }
}

const listing: Listing<NatGateway> = {
  table: natGateways,
  missing: (id) => notFound('natgateway', id),
  filters: {
    'nat-gateway-id': ({ id }) => id,
    state: ({ state }) => state,
    'subnet-id': ({ subnetId }) => subnetId,
    'vpc-id': ({ vpcId }) => vpcId,
  },
}

export const describeNatGateways = ec2Operation(DescribeNatGateways, {
  authorize: anywhere,
  provenance: 'modelled',
  run(ctx, { NatGatewayIds, Filter, NextToken, MaxResults }) {
    const { items, ...rest } = listed(ctx, listing, {
      ids: NatGatewayIds,
      filters: Filter,
      token: NextToken,
      itemsMax: MaxResults,
    })
    return { NatGateways: items.map((gateway) => view(ctx, gateway)), ...rest }
  },
})
