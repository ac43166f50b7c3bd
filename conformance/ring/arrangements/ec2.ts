import {
  AllocateAddressCommand,
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateInternetGatewayCommand,
  CreateNatGatewayCommand,
  CreateNetworkInterfaceCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeSubnetsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2'
import { type Cloud, client } from '@cloud-orrery/cloud'
import type { KnownValues } from '../valid-values.ts'

/** A VPC with one part of each kind in use, and an empty one beside it with parts that can be deleted. */
export async function arrangeEc2(cloud: Cloud): Promise<KnownValues> {
  const ec2 = client(cloud, EC2Client)
  const vpc = async (CidrBlock: string) => {
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock }))
    return Vpc?.VpcId
  }
  const gateway = async () => {
    const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}))
    return InternetGateway?.InternetGatewayId
  }
  const VpcId = await vpc('10.0.0.0/16')
  const emptyVpcId = await vpc('10.1.0.0/16')
  const subnet = async (CidrBlock: string) => {
    const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock }))
    return Subnet?.SubnetId
  }
  const SubnetId = await subnet('10.0.0.0/24')
  const emptySubnetId = await subnet('10.0.1.0/24')
  const InternetGatewayId = await gateway()
  const freeGatewayId = await gateway()
  await ec2.send(new AttachInternetGatewayCommand({ VpcId, InternetGatewayId }))
  const detachable = { VpcId: await vpc('10.3.0.0/16'), InternetGatewayId: await gateway() }
  await ec2.send(new AttachInternetGatewayCommand(detachable))
  const table = async () => {
    const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId }))
    return RouteTable?.RouteTableId
  }
  const RouteTableId = await table()
  const freeTableId = await table()
  const { AssociationId } = await ec2.send(
    new AssociateRouteTableCommand({ RouteTableId, SubnetId }),
  )
  const DestinationCidrBlock = '203.0.113.0/24'
  await ec2.send(
    new CreateRouteCommand({ RouteTableId, DestinationCidrBlock, GatewayId: InternetGatewayId }),
  )
  const { GroupId } = await ec2.send(
    new CreateSecurityGroupCommand({ VpcId, GroupName: 'ring', Description: 'ring' }),
  )
  const free = await ec2.send(
    new CreateSecurityGroupCommand({ VpcId, GroupName: 'free', Description: 'ring' }),
  )
  const { SecurityGroupRules: [rule] = [] } = await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [permission] }),
  )
  const { NetworkInterface } = await ec2.send(
    new CreateNetworkInterfaceCommand({ SubnetId, Groups: [GroupId ?? ''] }),
  )
  const used = await ec2.send(new AllocateAddressCommand({}))
  const { AllocationId, PublicIp } = await ec2.send(new AllocateAddressCommand({}))
  const { NatGateway } = await ec2.send(
    new CreateNatGatewayCommand({ SubnetId, AllocationId: used.AllocationId }),
  )
  await cloud.advance({ minutes: 2 })
  const { NextToken } = await ec2.send(new DescribeSubnetsCommand({ MaxResults: 5 }))
  const InterfaceId = NetworkInterface?.NetworkInterfaceId
  return {
    ...{ VpcId, SubnetId, InternetGatewayId, RouteTableId, AssociationId, GroupId, AllocationId },
    ...{ PublicIp, DestinationCidrBlock },
    NetworkInterfaceId: InterfaceId,
    NatGatewayId: NatGateway?.NatGatewayId,
    GatewayId: InternetGatewayId,
    'VpcIds[]': VpcId,
    'SubnetIds[]': SubnetId,
    'GroupIds[]': GroupId,
    'Groups[]': GroupId,
    'SecurityGroupRuleIds[]': rule?.SecurityGroupRuleId,
    'InternetGatewayIds[]': InternetGatewayId,
    'RouteTableIds[]': RouteTableId,
    'AllocationIds[]': AllocationId,
    'PublicIps[]': PublicIp,
    'NatGatewayIds[]': NatGateway?.NatGatewayId,
    'NetworkInterfaceIds[]': InterfaceId,
    'ZoneNames[]': 'us-east-1a',
    'ZoneIds[]': 'use1-az1',
    'RegionNames[]': 'us-east-1',
    AvailabilityZone: 'us-east-1a',
    AvailabilityZoneId: 'use1-az1',
    'Resources[]': VpcId,
    Tags: [{ Key: 'ring', Value: 'one' }],
    'TagSpecifications[].Tags': [{ Key: 'ring', Value: 'one' }],
    ...resourceTypes,
    'CreateVpc.': { CidrBlock: '10.2.0.0/16' },
    'CreateVpc.CidrBlock': '10.2.0.0/16',
    'CreateSubnet.': { VpcId, CidrBlock: '10.0.2.0/24' },
    'CreateSubnet.CidrBlock': '10.0.2.0/24',
    'DescribeSubnets.NextToken': NextToken,
    'DeleteVpc.VpcId': emptyVpcId,
    'DeleteSubnet.SubnetId': emptySubnetId,
    'DeleteSecurityGroup.': { GroupId: free.GroupId },
    'DeleteSecurityGroup.GroupId': free.GroupId,
    'AssociateRouteTable.': { RouteTableId, SubnetId: emptySubnetId },
    'AssociateRouteTable.SubnetId': emptySubnetId,
    'CreateSecurityGroup.GroupName': 'new',
    'DescribeSecurityGroups.GroupNames[]': 'default',
    'AttachInternetGateway.InternetGatewayId': freeGatewayId,
    'AttachInternetGateway.VpcId': emptyVpcId,
    'DetachInternetGateway.InternetGatewayId': detachable.InternetGatewayId,
    'DetachInternetGateway.VpcId': detachable.VpcId,
    'DeleteInternetGateway.InternetGatewayId': freeGatewayId,
    'DeleteRouteTable.RouteTableId': freeTableId,
    'ReplaceRouteTableAssociation.RouteTableId': freeTableId,
    'CreateRoute.': {
      RouteTableId,
      DestinationCidrBlock: '198.51.100.0/24',
      GatewayId: InternetGatewayId,
    },
    'CreateRoute.DestinationCidrBlock': '198.51.100.0/24',
    'ReplaceRoute.': { RouteTableId, DestinationCidrBlock, GatewayId: InternetGatewayId },
    'DeleteRoute.': { RouteTableId, DestinationCidrBlock },
    'ReleaseAddress.': { AllocationId },
    'CreateNatGateway.': { SubnetId, AllocationId },
    DestinationIpv6CidrBlock: '2001:db8::/32',
    EnableDnsHostnames: { Value: true },
    EnableDnsSupport: { Value: true },
    EnableNetworkAddressUsageMetrics: { Value: true },
    ...filters,
    'AuthorizeSecurityGroupIngress.': { GroupId, IpPermissions: [other] },
    'AuthorizeSecurityGroupEgress.': { GroupId, IpPermissions: [other] },
    'RevokeSecurityGroupIngress.': { GroupId, IpPermissions: [permission] },
    'RevokeSecurityGroupEgress.': { GroupId, IpPermissions: [everything] },
    'IpPermissions[]': other,
    'RevokeSecurityGroupIngress.IpPermissions[]': permission,
    'RevokeSecurityGroupEgress.IpPermissions[]': everything,
    'RevokeSecurityGroupEgress.IpPermissions[].IpProtocol': '-1',
    'AuthorizeSecurityGroupIngress.IpPermissions[].FromPort': 78,
    'IpPermissions[].FromPort': 80,
    'IpPermissions[].ToPort': 80,
    'IpPermissions[].IpProtocol': 'tcp',
    'IpPermissions[].UserIdGroupPairs[]': { GroupId },
    'IpPermissions[].UserIdGroupPairs[].GroupId': GroupId,
    'IpPermissions[].IpRanges[]': { CidrIp: '192.0.2.0/24' },
    'IpPermissions[].IpRanges[].CidrIp': '192.0.2.0/24',
    'IpPermissions[].Ipv6Ranges[]': { CidrIpv6: '2001:db8::/32' },
    'IpPermissions[].Ipv6Ranges[].CidrIpv6': '2001:db8::/32',
    IpProtocol: 'tcp',
    CidrIp: '192.0.2.0/24',
    FromPort: 80,
    ToPort: 80,
    MaxResults: 5,
    Attribute: 'enableDnsSupport',
    ConnectivityType: 'public',
  }
}

const permission = {
  IpProtocol: 'tcp',
  FromPort: 80,
  ToPort: 80,
  IpRanges: [{ CidrIp: '192.0.2.0/24' }],
}
const other = { ...permission, FromPort: 79 }
/** What every new group lets out. */
const everything = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }

const filters = {
  'Filters[]': { Name: 'tag:ring', Values: ['one'] },
  'Filters[].Name': 'tag-key',
  'Filter[]': { Name: 'tag:ring', Values: ['one'] },
  'Filter[].Name': 'tag-key',
  'DescribeTags.Filters[]': { Name: 'key', Values: ['ring'] },
  'DescribeTags.Filters[].Name': 'key',
  'DescribeRegions.Filters[]': { Name: 'region-name', Values: ['us-*'] },
  'DescribeRegions.Filters[].Name': 'region-name',
  'DescribeAvailabilityZones.Filters[]': { Name: 'zone-name', Values: ['us-*'] },
  'DescribeAvailabilityZones.Filters[].Name': 'zone-name',
}

const makers = {
  CreateVpc: 'vpc',
  CreateSubnet: 'subnet',
  CreateSecurityGroup: 'security-group',
  AuthorizeSecurityGroupIngress: 'security-group-rule',
  AuthorizeSecurityGroupEgress: 'security-group-rule',
  CreateInternetGateway: 'internet-gateway',
  CreateRouteTable: 'route-table',
  AllocateAddress: 'elastic-ip',
  CreateNatGateway: 'natgateway',
  CreateNetworkInterface: 'network-interface',
}

const resourceTypes = Object.fromEntries(
  Object.entries(makers).map(([name, type]) => [`${name}.TagSpecifications[].ResourceType`, type]),
)
