import {
  CreateNetworkInterface,
  DeleteNetworkInterface,
  DescribeNetworkInterfaces,
  type NetworkInterface as ModelInterface,
} from '@cloud-orrery/models/ec2'
import type { Context } from '../context.ts'
import { notFound, refusal } from './errors.ts'
import { newId } from './ids.ts'
import { type Listing, listed } from './listings.ts'
import { anywhere, ec2Operation, making, on } from './operations.ts'
import { findGroup } from './security-groups.ts'
import {
  addresses,
  type NetworkInterface,
  networkInterfaces,
  type Subnet,
  securityGroups,
  tagSets,
  vpcs,
} from './state.ts'
import { findSubnet, takeAddress } from './subnets.ts'
import { givenTags, putTags, tagsOf } from './tags.ts'

/** An interface in a subnet, with the next free address. */
export function makeInterface(
  ctx: Context,
  subnet: Subnet,
  given: Pick<NetworkInterface, 'description' | 'groupIds' | 'kind' | 'madeBy' | 'clientToken'>,
): NetworkInterface {
  return networkInterfaces.put(ctx, {
    id: newId(ctx, 'network-interface'),
    subnetId: subnet.id,
    vpcId: subnet.vpcId,
    zone: subnet.zone,
    privateIp: takeAddress(ctx, subnet),
    macAddress: `02:${(ctx.ids.hex(10).match(/../g) ?? []).join(':')}`,
    createdAtMs: ctx.now(),
    ...given,
  })
}

export const createNetworkInterface = ec2Operation(CreateNetworkInterface, {
  authorize: ({ SubnetId, Groups, TagSpecifications }, ctx) => [
    ...making(ctx, 'network-interface', 'CreateNetworkInterface', TagSpecifications),
    on(ctx, 'subnet', SubnetId),
    ...(Groups ?? []).map((id) => on(ctx, 'security-group', id)),
  ],
  provenance: 'modelled',
  refuses: [
    ...(['Ipv4Prefixes', 'Ipv4PrefixCount', 'Ipv6Prefixes', 'Ipv6PrefixCount'] as const),
    ...(['InterfaceType', 'EnablePrimaryIpv6', 'ConnectionTrackingSpecification'] as const),
    ...(['Operator', 'PrivateIpAddress', 'PrivateIpAddresses'] as const),
    ...(['SecondaryPrivateIpAddressCount', 'Ipv6Addresses', 'Ipv6AddressCount'] as const),
  ],
  run(ctx, { SubnetId, Groups = [], Description, TagSpecifications, ClientToken }) {
    const same = ClientToken && networkInterfaces.first(ctx, 'token', ClientToken)
    if (same) return { NetworkInterface: view(ctx, same), ClientToken }
    const subnet = findSubnet(ctx, SubnetId)
    for (const id of Groups) {
      if (findGroup(ctx, id).vpcId !== subnet.vpcId) {
        throw refusal(
          'InvalidParameter',
          `You have specified two resources that belong to different networks.`,
        )
      }
    }
    const tags = givenTags(ctx, 'network-interface', TagSpecifications)
    const fallback = vpcs.get(ctx, subnet.vpcId)?.defaultGroupId
    const groupIds = Groups.length > 0 || fallback === undefined ? Groups : [fallback]
    const service = ctx.caller.invokedBy ?? serviceOf(ctx)
    const made = makeInterface(ctx, subnet, {
      description: Description ?? '',
      groupIds,
      kind: 'interface',
      ...(service === undefined ? {} : { madeBy: service }),
      ...(ClientToken === undefined ? {} : { clientToken: ClientToken }),
    })
    putTags(ctx, 'network-interface', made.id, tags)
    return { NetworkInterface: view(ctx, made), ClientToken }
  },
})

/** The service whose linked role calls. */
function serviceOf({ caller: { principal } }: Context): string | undefined {
  const arn = 'arn' in principal ? principal.arn : ''
  return arn.includes('/AWSServiceRoleForElasticLoadBalancing/')
    ? 'elasticloadbalancing.amazonaws.com'
    : undefined
}

export const deleteNetworkInterface = ec2Operation(DeleteNetworkInterface, {
  authorize: ({ NetworkInterfaceId }, ctx) => on(ctx, 'network-interface', NetworkInterfaceId),
  provenance: 'modelled',
  run(ctx, { NetworkInterfaceId }) {
    const found = networkInterfaces.get(ctx, NetworkInterfaceId)
    if (found === undefined) throw notFound('network-interface', NetworkInterfaceId)
    if (found.madeBy !== undefined && found.madeBy !== (ctx.caller.invokedBy ?? serviceOf(ctx))) {
      throw refusal(
        'InvalidParameterValue',
        `Network interface '${NetworkInterfaceId}' is currently in use.`,
      )
    }
    networkInterfaces.delete(ctx, NetworkInterfaceId)
    tagSets.delete(ctx, NetworkInterfaceId)
    return {}
  },
})

function view(ctx: Context, it: NetworkInterface): ModelInterface {
  const address = [...addresses.scan(ctx)].find(({ use }) => use?.interfaceId === it.id)
  return {
    ...(address === undefined
      ? {}
      : {
          Association: {
            AllocationId: address.id,
            AssociationId: address.use?.associationId,
            IpOwnerId: ctx.accountId,
            PublicIp: address.publicIp,
          },
        }),
    AvailabilityZone: it.zone,
    Description: it.description,
    Groups: it.groupIds.map((id) => ({
      GroupId: id,
      GroupName: securityGroups.get(ctx, id)?.name ?? '',
    })),
    InterfaceType: it.kind,
    Ipv6Addresses: [],
    MacAddress: it.macAddress,
    NetworkInterfaceId: it.id,
    OwnerId: ctx.accountId,
    PrivateIpAddress: it.privateIp,
    PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: it.privateIp }],
    ...(it.madeBy === undefined ? {} : { RequesterId: it.madeBy }),
    RequesterManaged: it.madeBy !== undefined,
    SourceDestCheck: it.kind !== 'nat_gateway',
    Status: it.madeBy === undefined ? 'available' : 'in-use',
    SubnetId: it.subnetId,
    TagSet: tagsOf(ctx, it.id),
    VpcId: it.vpcId,
  }
}

const listing: Listing<NetworkInterface> = {
  table: networkInterfaces,
  missing: (id) => notFound('network-interface', id),
  filters: {
    'availability-zone': ({ zone }) => zone,
    description: ({ description }) => description,
    'group-id': ({ groupIds }) => groupIds,
    'interface-type': ({ kind }) => kind,
    'mac-address': ({ macAddress }) => macAddress,
    'network-interface-id': ({ id }) => id,
    'owner-id': (_, { accountId }) => accountId,
    'private-ip-address': ({ privateIp }) => privateIp,
    'addresses.private-ip-address': ({ privateIp }) => privateIp,
    'requester-managed': ({ madeBy }) => String(madeBy !== undefined),
    status: ({ madeBy }) => (madeBy === undefined ? 'available' : 'in-use'),
    'subnet-id': ({ subnetId }) => subnetId,
    'vpc-id': ({ vpcId }) => vpcId,
  },
}

export const describeNetworkInterfaces = ec2Operation(DescribeNetworkInterfaces, {
  authorize: anywhere,
  provenance: 'modelled',
  run(ctx, { NetworkInterfaceIds, Filters, NextToken, MaxResults }) {
    const { items, ...rest } = listed(ctx, listing, {
      ids: NetworkInterfaceIds,
      filters: Filters,
      token: NextToken,
      itemsMax: MaxResults,
    })
    return { NetworkInterfaces: items.map((it) => view(ctx, it)), ...rest }
  },
})
