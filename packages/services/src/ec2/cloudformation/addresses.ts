import {
  AllocateAddress,
  AwsEc2Eip,
  AwsEc2NatGateway,
  CreateNatGateway,
  DeleteNatGateway,
  DescribeAddresses,
  DescribeNatGateways,
  ReleaseAddress,
} from '@cloud-orrery/models/ec2'
import { resource } from '../../define.ts'
import { natGatewayDeletingMs, natGatewayPendingMs } from '../limits.ts'
import { unlessGone } from './gone.ts'
import { ownTags, retag, specification } from './tags.ts'
import { refuse } from './vpcs.ts'

export const eipType = resource(AwsEc2Eip, {
  async create(ctx, properties) {
    refuse(properties, 'AWS::EC2::EIP', [
      ...(['Address', 'InstanceId', 'IpamPoolId', 'PublicIpv4Pool', 'TransferAddress'] as const),
    ])
    const { AllocationId = '', PublicIp = '' } = await ctx.call(AllocateAddress, {
      Domain: properties.Domain ?? 'vpc',
      NetworkBorderGroup: properties.NetworkBorderGroup,
      TagSpecifications: specification(ctx, 'elastic-ip', properties.Tags),
    })
    return { AllocationId, PublicIp }
  },
  async update(ctx, properties, previous, state) {
    refuse(properties, 'AWS::EC2::EIP', ['InstanceId', 'PublicIpv4Pool'])
    await retag(ctx, state.AllocationId, properties.Tags, previous.Tags)
    return state
  },
  async delete(ctx, { AllocationId }) {
    await unlessGone(ctx.call(ReleaseAddress, { AllocationId }))
  },
  async read(ctx, { AllocationId }) {
    const call = ctx.call(DescribeAddresses, { AllocationIds: [AllocationId] })
    const [address] = (await unlessGone(call))?.Addresses ?? []
    return address && { Domain: address.Domain, ...ownTags(ctx, address.Tags) }
  },
})

/** CloudFormation waits for the gateway to come, and to go. */
export const natGatewayType = resource(AwsEc2NatGateway, {
  durationMs: { create: natGatewayPendingMs + 1000, delete: natGatewayDeletingMs + 1000 },
  async create(ctx, properties) {
    refuse(properties, 'AWS::EC2::NatGateway', [
      ...(['AvailabilityZoneAddresses', 'PrivateIpAddress', 'SecondaryAllocationIds'] as const),
      ...(['SecondaryPrivateIpAddressCount', 'SecondaryPrivateIpAddresses', 'VpcId'] as const),
    ])
    const { NatGateway } = await ctx.call(CreateNatGateway, {
      AllocationId: properties.AllocationId,
      AvailabilityMode: properties.AvailabilityMode,
      ClientToken: ctx.ids.uuid(),
      ConnectivityType: properties.ConnectivityType,
      SubnetId: properties.SubnetId,
      TagSpecifications: specification(ctx, 'natgateway', properties.Tags),
    })
    return {
      NatGatewayId: NatGateway?.NatGatewayId ?? '',
      EniId: NatGateway?.NatGatewayAddresses?.[0]?.NetworkInterfaceId ?? '',
    }
  },
  async update(ctx, { Tags }, previous, state) {
    await retag(ctx, state.NatGatewayId, Tags, previous.Tags)
    return state
  },
  async delete(ctx, { NatGatewayId }) {
    await unlessGone(ctx.call(DeleteNatGateway, { NatGatewayId }))
  },
  async read(ctx, { NatGatewayId }, { AllocationId }) {
    const call = ctx.call(DescribeNatGateways, { NatGatewayIds: [NatGatewayId] })
    const [gateway] = (await unlessGone(call))?.NatGateways ?? []
    if (gateway === undefined || gateway.State === 'deleted') return undefined
    return {
      SubnetId: gateway.SubnetId,
      ...(AllocationId === undefined
        ? {}
        : { AllocationId: gateway.NatGatewayAddresses?.[0]?.AllocationId }),
      ...ownTags(ctx, gateway.Tags),
    }
  },
})
