import {
  AwsEc2Subnet,
  type AwsEc2SubnetProperties,
  AwsEc2Vpc,
  type AwsEc2VpcProperties,
  CreateSubnet,
  CreateVpc,
  DeleteSubnet,
  DeleteVpc,
  DescribeSubnets,
  DescribeVpcs,
  ModifySubnetAttribute,
  ModifyVpcAttribute,
} from '@cloud-orrery/models/ec2'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { subnets, vpcs } from '../state.ts'
import { unlessGone } from './gone.ts'
import { ownTags, retag, specification } from './tags.ts'

export const vpcType = resource(AwsEc2Vpc, {
  async create(ctx, properties) {
    refuse(properties, 'AWS::EC2::VPC', [
      'Ipv4IpamPoolId',
      'Ipv4NetmaskLength',
      'VpcEncryptionControl',
    ])
    const { Vpc } = await ctx.call(CreateVpc, {
      CidrBlock: properties.CidrBlock,
      InstanceTenancy: properties.InstanceTenancy,
      TagSpecifications: specification(ctx, 'vpc', properties.Tags),
    })
    const id = Vpc?.VpcId ?? ''
    await setDns(ctx, id, properties, {})
    return vpcState(ctx, id)
  },
  async update(ctx, properties, previous, { VpcId }) {
    await setDns(ctx, VpcId, properties, previous)
    await retag(ctx, VpcId, properties.Tags, previous.Tags)
    return vpcState(ctx, VpcId)
  },
  async delete(ctx, { VpcId }) {
    await unlessGone(ctx.call(DeleteVpc, { VpcId }))
  },
  async read(ctx, { VpcId }, properties) {
    const found = await unlessGone(ctx.call(DescribeVpcs, { VpcIds: [VpcId] }))
    const [vpc] = found?.Vpcs ?? []
    if (vpc === undefined) return undefined
    const record = vpcs.get(ctx, VpcId)
    return {
      CidrBlock: vpc.CidrBlock,
      InstanceTenancy: vpc.InstanceTenancy,
      ...(properties.EnableDnsHostnames === undefined
        ? {}
        : { EnableDnsHostnames: record?.dnsHostnames }),
      ...(properties.EnableDnsSupport === undefined
        ? {}
        : { EnableDnsSupport: record?.dnsSupport }),
      ...ownTags(ctx, vpc.Tags),
    }
  },
})

/** EC2 changes one attribute a call; names of hosts need the name server, so it comes first. */
async function setDns(
  ctx: ResourceContext,
  VpcId: string,
  { EnableDnsHostnames, EnableDnsSupport }: AwsEc2VpcProperties,
  previous: AwsEc2VpcProperties,
): Promise<void> {
  if (EnableDnsSupport !== previous.EnableDnsSupport) {
    const Value = EnableDnsSupport ?? true
    await ctx.call(ModifyVpcAttribute, { VpcId, EnableDnsSupport: { Value } })
  }
  if (EnableDnsHostnames !== previous.EnableDnsHostnames) {
    const Value = EnableDnsHostnames ?? false
    await ctx.call(ModifyVpcAttribute, { VpcId, EnableDnsHostnames: { Value } })
  }
}

function vpcState(ctx: ResourceContext, VpcId: string) {
  const vpc = vpcs.get(ctx, VpcId)
  return {
    VpcId,
    CidrBlock: vpc?.cidr ?? '',
    CidrBlockAssociations: [vpc?.associationId ?? ''],
    DefaultNetworkAcl: vpc?.networkAclId ?? '',
    DefaultSecurityGroup: vpc?.defaultGroupId ?? '',
    Ipv6CidrBlocks: [],
  }
}

/** Refuses by name what a template says and the model does not have. */
export function refuse<P extends object>(
  properties: P,
  typeName: string,
  names: readonly (keyof P & string)[],
): void {
  for (const name of names) {
    if (properties[name] !== undefined) throw notModelled(`${name} of ${typeName}`)
  }
}

const unbuiltOfSubnets = [
  ...(['EnableDns64', 'EnableLniAtDeviceIndex', 'Ipv4IpamPoolId', 'Ipv4NetmaskLength'] as const),
  ...(['Ipv6CidrBlock', 'Ipv6IpamPoolId', 'Ipv6Native', 'Ipv6NetmaskLength'] as const),
  ...(['OutpostArn', 'AssignIpv6AddressOnCreation'] as const),
] as const

export const subnetType = resource(AwsEc2Subnet, {
  async create(ctx, properties) {
    refuse(properties, 'AWS::EC2::Subnet', unbuiltOfSubnets)
    const { Subnet } = await ctx.call(CreateSubnet, {
      VpcId: properties.VpcId,
      CidrBlock: properties.CidrBlock,
      AvailabilityZone: properties.AvailabilityZone,
      AvailabilityZoneId: properties.AvailabilityZoneId,
      TagSpecifications: specification(ctx, 'subnet', properties.Tags),
    })
    const id = Subnet?.SubnetId ?? ''
    await setSubnet(ctx, id, properties, {})
    return await subnetState(ctx, id)
  },
  async update(ctx, properties, previous, { SubnetId }) {
    refuse(properties, 'AWS::EC2::Subnet', unbuiltOfSubnets)
    await setSubnet(ctx, SubnetId, properties, previous)
    await retag(ctx, SubnetId, properties.Tags, previous.Tags)
    return await subnetState(ctx, SubnetId)
  },
  async delete(ctx, { SubnetId }) {
    await unlessGone(ctx.call(DeleteSubnet, { SubnetId }))
  },
  async read(ctx, { SubnetId }, properties) {
    const found = await unlessGone(ctx.call(DescribeSubnets, { SubnetIds: [SubnetId] }))
    const [subnet] = found?.Subnets ?? []
    if (subnet === undefined) return undefined
    return {
      VpcId: subnet.VpcId ?? '',
      CidrBlock: subnet.CidrBlock,
      AvailabilityZone: subnet.AvailabilityZone,
      ...(properties.MapPublicIpOnLaunch === undefined
        ? {}
        : { MapPublicIpOnLaunch: subnet.MapPublicIpOnLaunch }),
      ...ownTags(ctx, subnet.Tags),
    }
  },
})

async function setSubnet(
  ctx: ResourceContext,
  SubnetId: string,
  { MapPublicIpOnLaunch, PrivateDnsNameOptionsOnLaunch: names }: Partial<AwsEc2SubnetProperties>,
  previous: Partial<AwsEc2SubnetProperties>,
): Promise<void> {
  if (MapPublicIpOnLaunch !== previous.MapPublicIpOnLaunch) {
    const Value = MapPublicIpOnLaunch ?? false
    await ctx.call(ModifySubnetAttribute, { SubnetId, MapPublicIpOnLaunch: { Value } })
  }
  if (names?.HostnameType !== undefined) {
    const PrivateDnsHostnameTypeOnLaunch = names.HostnameType
    await ctx.call(ModifySubnetAttribute, { SubnetId, PrivateDnsHostnameTypeOnLaunch })
  }
  if (names?.EnableResourceNameDnsARecord !== undefined) {
    const EnableResourceNameDnsARecordOnLaunch = { Value: names.EnableResourceNameDnsARecord }
    await ctx.call(ModifySubnetAttribute, { SubnetId, EnableResourceNameDnsARecordOnLaunch })
  }
  if (names?.EnableResourceNameDnsAAAARecord === true) {
    throw notModelled('EnableResourceNameDnsAAAARecord of AWS::EC2::Subnet')
  }
}

async function subnetState(ctx: ResourceContext, SubnetId: string) {
  const { Subnets = [] } = await ctx.call(DescribeSubnets, { SubnetIds: [SubnetId] })
  const [subnet] = Subnets
  return {
    SubnetId,
    AvailabilityZone: subnet?.AvailabilityZone ?? '',
    AvailabilityZoneId: subnet?.AvailabilityZoneId ?? '',
    CidrBlock: subnet?.CidrBlock ?? '',
    Ipv6CidrBlocks: [],
    NetworkAclAssociationId: subnets.get(ctx, SubnetId)?.aclAssociationId ?? '',
    VpcId: subnet?.VpcId ?? '',
  }
}
