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
  const permission = {
    IpProtocol: 'tcp',
    FromPort: 80,
    ToPort: 80,
    IpRanges: [{ CidrIp: '192.0.2.0/24' }],
  }
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
  const InterfaceId = NetworkInterface?.NetworkInterfaceId
  return {
    ...{ VpcId, SubnetId, InternetGatewayId, RouteTableId, AssociationId, GroupId, AllocationId },
    ...{ PublicIp, DestinationCidrBlock },
    GroupName: 'ring',
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
    'CreateVpc.CidrBlock': '10.2.0.0/16',
    'CreateSubnet.CidrBlock': '10.0.2.0/24',
    'DeleteVpc.VpcId': emptyVpcId,
    'DeleteSubnet.SubnetId': emptySubnetId,
    'AssociateRouteTable.SubnetId': emptySubnetId,
    'CreateSecurityGroup.GroupName': 'new',
    'AttachInternetGateway.InternetGatewayId': freeGatewayId,
    'AttachInternetGateway.VpcId': emptyVpcId,
    'DeleteInternetGateway.InternetGatewayId': freeGatewayId,
    'DeleteRouteTable.RouteTableId': freeTableId,
    'ReplaceRouteTableAssociation.RouteTableId': freeTableId,
    'CreateRoute.DestinationCidrBlock': '198.51.100.0/24',
    DestinationIpv6CidrBlock: '2001:db8::/32',
    'IpPermissions[]': permission,
    IpPermissions: [permission],
    'AuthorizeSecurityGroupIngress.IpPermissions': [{ ...permission, FromPort: 79 }],
    'IpPermissions[].UserIdGroupPairs[]': { GroupId },
    'IpPermissions[].IpRanges[]': { CidrIp: '192.0.2.0/24' },
    'IpPermissions[].Ipv6Ranges[]': { CidrIpv6: '2001:db8::/32' },
    IpProtocol: 'tcp',
    CidrIp: '192.0.2.0/24',
    FromPort: 80,
    ToPort: 80,
    MaxResults: 5,
    Attribute: 'enableDnsSupport',
    ConnectivityType: 'public',
  }
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
