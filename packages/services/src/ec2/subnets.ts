import {
  CreateSubnet,
  DeleteSubnet,
  DescribeSubnets,
  type Subnet as ModelSubnet,
  ModifySubnetAttribute,
} from '@cloud-orrery/models/ec2'
import type { Context } from '../context.ts'
import { addressText, cidrOf, contains, overlaps, sizeOf, textOf } from './cidr.ts'
import { dependencyViolation, invalidValue, missingParameter, notFound, refusal } from './errors.ts'
import { ec2Arn, newId, suffixed } from './ids.ts'
import { reservedAddresses } from './limits.ts'
import { type Listing, listed } from './listings.ts'
import { anywhere, ec2Operation, making, on } from './operations.ts'
import { networkInterfaces, routeAssociations, type Subnet, subnets, tagSets } from './state.ts'
import { givenTags, putTags, tagsOf } from './tags.ts'
import { findVpc, hasNatGateway, malformedCidr } from './vpcs.ts'
import { type Zone, zonesOf } from './zones.ts'

export function findSubnet(ctx: Context, id: string): Subnet {
  const subnet = subnets.get(ctx, id)
  if (subnet === undefined) throw notFound('subnet', id)
  return subnet
}

/** Gives out the next address of a subnet. */
export function takeAddress(ctx: Context, subnet: Subnet): string {
  const cidr = cidrOf(subnet.cidr)
  const number = subnet.lastAddress + 1
  if (cidr === undefined || number > sizeOf(cidr) - reservedAddresses) {
    throw refusal(
      'InsufficientFreeAddressesInSubnet',
      `The specified subnet does not have enough free addresses to satisfy the request.`,
    )
  }
  subnets.update(ctx, subnet.id, { lastAddress: number })
  // The first four are AWS's: network, router, name server, one for later.
  return addressText(cidr.first + number + reservedAddresses - 2)
}

function freeAddresses(ctx: Context, { id, cidr }: Subnet): number {
  const block = cidrOf(cidr)
  if (block === undefined) return 0
  let used = reservedAddresses
  for (const _ of networkInterfaces.where(ctx, 'subnet', id)) used += 1
  return sizeOf(block) - used
}

function view(ctx: Context, subnet: Subnet): ModelSubnet {
  const { id, vpcId, zone, isDefault, mapsPublicIp, hostnameType, answersA } = subnet
  return {
    AvailabilityZoneId: zoneOf(ctx, zone)?.id ?? '',
    MapCustomerOwnedIpOnLaunch: false,
    OwnerId: ctx.accountId,
    AssignIpv6AddressOnCreation: false,
    Ipv6CidrBlockAssociationSet: [],
    Tags: tagsOf(ctx, id),
    SubnetArn: ec2Arn(ctx, 'subnet', id),
    EnableDns64: false,
    Ipv6Native: false,
    PrivateDnsNameOptionsOnLaunch: {
      HostnameType: hostnameType,
      EnableResourceNameDnsARecord: answersA,
      EnableResourceNameDnsAAAARecord: false,
    },
    SubnetId: id,
    State: 'available',
    VpcId: vpcId,
    CidrBlock: subnet.cidr,
    AvailableIpAddressCount: freeAddresses(ctx, subnet),
    AvailabilityZone: zone,
    DefaultForAz: isDefault,
    MapPublicIpOnLaunch: mapsPublicIp,
  }
}

function zoneOf({ region }: Context, name: string): Zone | undefined {
  return zonesOf(region).find((zone) => zone.name === name)
}

export const createSubnet = ec2Operation(CreateSubnet, {
  authorize: ({ VpcId, TagSpecifications }, ctx) => [
    ...making(ctx, 'subnet', 'CreateSubnet', TagSpecifications, {
      'ec2:Vpc': ec2Arn(ctx, 'vpc', VpcId ?? '*'),
    }),
    on(ctx, 'vpc', VpcId),
  ],
  provenance: 'modelled',
  refuses: [
    ...([
      'Ipv6CidrBlock',
      'OutpostArn',
      'Ipv6Native',
      'Ipv4IpamPoolId',
      'Ipv4NetmaskLength',
    ] as const),
    ...(['Ipv6IpamPoolId', 'Ipv6NetmaskLength'] as const),
  ],
  run(ctx, { VpcId, CidrBlock, AvailabilityZone, AvailabilityZoneId, TagSpecifications }) {
    const vpc = findVpc(ctx, VpcId)
    if (CidrBlock === undefined) throw missingParameter('cidrBlock')
    const cidr = cidrOf(CidrBlock)
    if (cidr === undefined) throw malformedCidr(CidrBlock)
    const outer = cidrOf(vpc.cidr)
    if (cidr.bits > 28 || outer === undefined || !contains(outer, cidr)) {
      throw refusal('InvalidSubnet.Range', `The CIDR '${CidrBlock}' is invalid.`)
    }
    for (const other of subnets.where(ctx, 'vpc', VpcId)) {
      const its = cidrOf(other.cidr)
      if (its !== undefined && overlaps(its, cidr)) {
        throw refusal(
          'InvalidSubnet.Conflict',
          `The CIDR '${CidrBlock}' conflicts with another subnet`,
        )
      }
    }
    const zone = chosenZone(ctx, AvailabilityZone, AvailabilityZoneId)
    const tags = givenTags(ctx, 'subnet', TagSpecifications)
    const subnet = subnets.put(ctx, {
      id: newId(ctx, 'subnet'),
      vpcId: VpcId,
      cidr: textOf(cidr),
      zone: zone.name,
      isDefault: false,
      mapsPublicIp: false,
      aclAssociationId: suffixed(ctx, 'aclassoc'),
      hostnameType: 'ip-name',
      answersA: false,
      lastAddress: 0,
    })
    putTags(ctx, 'subnet', subnet.id, tags)
    return { Subnet: view(ctx, subnet) }
  },
})

/** Where the caller names no zone, AWS takes one of its own choice. */
function chosenZone(ctx: Context, name: string | undefined, id: string | undefined): Zone {
  const zones = zonesOf(ctx.region)
  const [first, ...others] = zones
  if (name === undefined && id === undefined && first !== undefined) {
    return ctx.choose('ec2.zone', [first, ...others])
  }
  const zone = zones.find((it) => (name === undefined ? it.id === id : it.name === name))
  if (zone !== undefined) return zone
  const all = zones.map((it) => it.name).join(', ')
  throw invalidValue(
    `Value (${name ?? id ?? ''}) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: ${all}.`,
  )
}

export const deleteSubnet = ec2Operation(DeleteSubnet, {
  authorize: ({ SubnetId }, ctx) => on(ctx, 'subnet', SubnetId),
  provenance: 'modelled',
  run(ctx, { SubnetId }) {
    findSubnet(ctx, SubnetId)
    const isUsed =
      networkInterfaces.first(ctx, 'subnet', SubnetId) !== undefined || hasNatGateway(ctx, SubnetId)
    if (isUsed) {
      throw dependencyViolation(`The subnet '${SubnetId}' has dependencies and cannot be deleted.`)
    }
    for (const { id } of [...routeAssociations.where(ctx, 'subnet', SubnetId)]) {
      routeAssociations.delete(ctx, id)
    }
    subnets.delete(ctx, SubnetId)
    tagSets.delete(ctx, SubnetId)
    return {}
  },
})

const listing: Listing<Subnet> = {
  table: subnets,
  missing: (id) => notFound('subnet', id),
  filters: {
    'availability-zone': ({ zone }) => zone,
    availabilityZone: ({ zone }) => zone,
    'availability-zone-id': ({ zone }, ctx) => zoneOf(ctx, zone)?.id,
    'available-ip-address-count': (subnet, ctx) => String(freeAddresses(ctx, subnet)),
    cidr: ({ cidr }) => cidr,
    'cidr-block': ({ cidr }) => cidr,
    cidrBlock: ({ cidr }) => cidr,
    'default-for-az': ({ isDefault }) => String(isDefault),
    defaultForAz: ({ isDefault }) => String(isDefault),
    'map-public-ip-on-launch': ({ mapsPublicIp }) => String(mapsPublicIp),
    'owner-id': (_, { accountId }) => accountId,
    state: () => 'available',
    'subnet-arn': ({ id }, ctx) => ec2Arn(ctx, 'subnet', id),
    'subnet-id': ({ id }) => id,
    'vpc-id': ({ vpcId }) => vpcId,
  },
}

export const describeSubnets = ec2Operation(DescribeSubnets, {
  authorize: anywhere,
  provenance: 'modelled',
  run(ctx, { SubnetIds, Filters, NextToken, MaxResults }) {
    const request = { ids: SubnetIds, filters: Filters, token: NextToken, itemsMax: MaxResults }
    const { items, ...rest } = listed(ctx, listing, request)
    return { Subnets: items.map((subnet) => view(ctx, subnet)), ...rest }
  },
})

export const modifySubnetAttribute = ec2Operation(ModifySubnetAttribute, {
  authorize: ({ SubnetId }, ctx) => on(ctx, 'subnet', SubnetId),
  provenance: 'modelled',
  refuses: [
    ...(['AssignIpv6AddressOnCreation', 'MapCustomerOwnedIpOnLaunch', 'EnableDns64'] as const),
    ...(['CustomerOwnedIpv4Pool', 'EnableResourceNameDnsAAAARecordOnLaunch'] as const),
    ...(['EnableLniAtDeviceIndex', 'DisableLniAtDeviceIndex'] as const),
  ],
  run(ctx, input) {
    const { SubnetId, MapPublicIpOnLaunch, PrivateDnsHostnameTypeOnLaunch } = input
    const { EnableResourceNameDnsARecordOnLaunch } = input
    findSubnet(ctx, SubnetId)
    subnets.update(ctx, SubnetId, {
      ...(MapPublicIpOnLaunch === undefined
        ? {}
        : { mapsPublicIp: MapPublicIpOnLaunch.Value === true }),
      ...(PrivateDnsHostnameTypeOnLaunch === undefined
        ? {}
        : { hostnameType: PrivateDnsHostnameTypeOnLaunch }),
      ...(EnableResourceNameDnsARecordOnLaunch === undefined
        ? {}
        : { answersA: EnableResourceNameDnsARecordOnLaunch.Value === true }),
    })
    return {}
  },
})
