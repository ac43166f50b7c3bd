import {
  AssociateRouteTable,
  AttachInternetGateway,
  AwsEc2InternetGateway,
  AwsEc2Route,
  type AwsEc2RouteProperties,
  AwsEc2RouteTable,
  AwsEc2SubnetRouteTableAssociation,
  AwsEc2VpcGatewayAttachment,
  CreateInternetGateway,
  CreateRoute,
  CreateRouteTable,
  DeleteInternetGateway,
  DeleteRoute,
  DeleteRouteTable,
  DescribeInternetGateways,
  DescribeRouteTables,
  DetachInternetGateway,
  DisassociateRouteTable,
  ReplaceRoute,
  ReplaceRouteTableAssociation,
} from '@cloud-orrery/models/ec2'
import { resource } from '../../define.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { unlessGone } from './gone.ts'
import { ownTags, retag, specification } from './tags.ts'
import { refuse } from './vpcs.ts'

export const internetGatewayType = resource(AwsEc2InternetGateway, {
  async create(ctx, { Tags }) {
    const TagSpecifications = specification(ctx, 'internet-gateway', Tags)
    const { InternetGateway } = await ctx.call(CreateInternetGateway, { TagSpecifications })
    return { InternetGatewayId: InternetGateway?.InternetGatewayId ?? '' }
  },
  async update(ctx, { Tags }, previous, state) {
    await retag(ctx, state.InternetGatewayId, Tags, previous.Tags)
    return state
  },
  async delete(ctx, { InternetGatewayId }) {
    await unlessGone(ctx.call(DeleteInternetGateway, { InternetGatewayId }))
  },
  async read(ctx, { InternetGatewayId }) {
    const input = { InternetGatewayIds: [InternetGatewayId] }
    const found = await unlessGone(ctx.call(DescribeInternetGateways, input))
    const [gateway] = found?.InternetGateways ?? []
    return gateway === undefined ? undefined : ownTags(ctx, gateway.Tags)
  },
})

export const vpcGatewayAttachmentType = resource(AwsEc2VpcGatewayAttachment, {
  async create(ctx, { VpcId, InternetGatewayId, VpnGatewayId }) {
    if (VpnGatewayId !== undefined || InternetGatewayId === undefined) {
      throw notModelled('VpnGatewayId of AWS::EC2::VPCGatewayAttachment')
    }
    await ctx.call(AttachInternetGateway, { VpcId, InternetGatewayId })
    return { AttachmentType: 'IGW', physicalId: `IGW|${VpcId}` }
  },
  update() {
    throw notModelled('another gateway of an AWS::EC2::VPCGatewayAttachment that is there')
  },
  async delete(ctx, _state, { VpcId, InternetGatewayId = '' }) {
    await unlessGone(ctx.call(DetachInternetGateway, { VpcId, InternetGatewayId }))
  },
})

export const routeTableType = resource(AwsEc2RouteTable, {
  async create(ctx, { VpcId, Tags }) {
    const TagSpecifications = specification(ctx, 'route-table', Tags)
    const { RouteTable } = await ctx.call(CreateRouteTable, { VpcId, TagSpecifications })
    return { RouteTableId: RouteTable?.RouteTableId ?? '' }
  },
  async update(ctx, { Tags }, previous, state) {
    await retag(ctx, state.RouteTableId, Tags, previous.Tags)
    return state
  },
  async delete(ctx, { RouteTableId }) {
    await unlessGone(ctx.call(DeleteRouteTable, { RouteTableId }))
  },
  async read(ctx, { RouteTableId }) {
    const found = await unlessGone(ctx.call(DescribeRouteTables, { RouteTableIds: [RouteTableId] }))
    const [table] = found?.RouteTables ?? []
    return table === undefined
      ? undefined
      : { VpcId: table.VpcId ?? '', ...ownTags(ctx, table.Tags) }
  },
})

const unbuiltOfRoutes = [
  ...(['CarrierGatewayId', 'CoreNetworkArn', 'DestinationPrefixListId', 'InstanceId'] as const),
  ...(['EgressOnlyInternetGatewayId', 'LocalGatewayId', 'OdbNetworkArn'] as const),
  ...(['TransitGatewayId', 'VpcEndpointId', 'VpcPeeringConnectionId'] as const),
] as const

function destinationOf({ DestinationCidrBlock, DestinationIpv6CidrBlock }: AwsEc2RouteProperties) {
  return DestinationCidrBlock ?? DestinationIpv6CidrBlock ?? ''
}

export const routeType = resource(AwsEc2Route, {
  async create(ctx, properties) {
    refuse(properties, 'AWS::EC2::Route', unbuiltOfRoutes)
    await ctx.call(CreateRoute, properties)
    const CidrBlock = destinationOf(properties)
    return { CidrBlock, physicalId: `${properties.RouteTableId}|${CidrBlock}` }
  },
  async update(ctx, properties, _previous, state) {
    refuse(properties, 'AWS::EC2::Route', unbuiltOfRoutes)
    await ctx.call(ReplaceRoute, properties)
    return state
  },
  async delete(ctx, _state, { RouteTableId, DestinationCidrBlock, DestinationIpv6CidrBlock }) {
    const input = { RouteTableId, DestinationCidrBlock, DestinationIpv6CidrBlock }
    await unlessGone(ctx.call(DeleteRoute, input))
  },
  async read(ctx, { CidrBlock }, properties) {
    const { RouteTableId } = properties
    const found = await unlessGone(ctx.call(DescribeRouteTables, { RouteTableIds: [RouteTableId] }))
    const route = found?.RouteTables?.[0]?.Routes?.find(
      (it) => (it.DestinationCidrBlock ?? it.DestinationIpv6CidrBlock) === CidrBlock,
    )
    if (route === undefined) return undefined
    const { GatewayId, NatGatewayId, NetworkInterfaceId } = route
    const { DestinationCidrBlock, DestinationIpv6CidrBlock } = route
    return {
      RouteTableId,
      ...(DestinationCidrBlock === undefined ? {} : { DestinationCidrBlock }),
      ...(DestinationIpv6CidrBlock === undefined ? {} : { DestinationIpv6CidrBlock }),
      ...(GatewayId === undefined ? {} : { GatewayId }),
      ...(NatGatewayId === undefined ? {} : { NatGatewayId }),
      ...(NetworkInterfaceId === undefined ? {} : { NetworkInterfaceId }),
    }
  },
})

export const subnetRouteTableAssociationType = resource(AwsEc2SubnetRouteTableAssociation, {
  async create(ctx, { RouteTableId, SubnetId }) {
    const { AssociationId = '' } = await ctx.call(AssociateRouteTable, { RouteTableId, SubnetId })
    return { Id: AssociationId }
  },
  async update(ctx, { RouteTableId }, _previous, { Id }) {
    const input = { RouteTableId, AssociationId: Id }
    const { NewAssociationId = '' } = await ctx.call(ReplaceRouteTableAssociation, input)
    return { Id: NewAssociationId }
  },
  async delete(ctx, { Id }) {
    await unlessGone(ctx.call(DisassociateRouteTable, { AssociationId: Id }))
  },
  async read(ctx, { Id }) {
    const Filters = [{ Name: 'association.route-table-association-id', Values: [Id] }]
    const { RouteTables = [] } = await ctx.call(DescribeRouteTables, { Filters })
    const found = RouteTables.flatMap(({ Associations = [] }) => Associations).find(
      ({ RouteTableAssociationId }) => RouteTableAssociationId === Id,
    )
    return found && { RouteTableId: found.RouteTableId ?? '', SubnetId: found.SubnetId ?? '' }
  },
})
