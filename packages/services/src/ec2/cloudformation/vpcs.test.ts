import {
  DescribeNatGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
} from '@aws-sdk/client-ec2'
import { expect, test } from 'vitest'
import { stackIn, start } from '../ec2.test-support.ts'

const ref = (Ref: string) => ({ Ref })
const attribute = (...names: string[]) => ({ 'Fn::GetAtt': names })
const named = (Value: string) => [{ Key: 'Name', Value }]

function subnetOf(name: string, at: number, MapPublicIpOnLaunch: boolean) {
  return {
    [`${name}Subnet`]: {
      Type: 'AWS::EC2::Subnet',
      Properties: {
        AvailabilityZone: { 'Fn::Select': [at, { 'Fn::GetAZs': '' }] },
        CidrBlock: `10.0.${MapPublicIpOnLaunch ? at * 64 : 128 + at * 64}.0/18`,
        MapPublicIpOnLaunch,
        Tags: named(`net/Vpc/${name}`),
        VpcId: ref('Vpc'),
      },
    },
    [`${name}Table`]: {
      Type: 'AWS::EC2::RouteTable',
      Properties: { Tags: named(`net/Vpc/${name}`), VpcId: ref('Vpc') },
    },
    [`${name}Association`]: {
      Type: 'AWS::EC2::SubnetRouteTableAssociation',
      Properties: { RouteTableId: ref(`${name}Table`), SubnetId: ref(`${name}Subnet`) },
    },
  }
}

/** What CDK's `ec2.Vpc` of two zones and one NAT gateway synthesises. */
const template = {
  Resources: {
    Vpc: {
      Type: 'AWS::EC2::VPC',
      Properties: {
        CidrBlock: '10.0.0.0/16',
        EnableDnsHostnames: true,
        EnableDnsSupport: true,
        InstanceTenancy: 'default',
        Tags: named('net/Vpc'),
      },
    },
    ...subnetOf('Public1', 0, true),
    ...subnetOf('Public2', 1, true),
    ...subnetOf('Private1', 0, false),
    Public1Route: {
      Type: 'AWS::EC2::Route',
      DependsOn: ['Attachment'],
      Properties: {
        DestinationCidrBlock: '0.0.0.0/0',
        GatewayId: ref('Igw'),
        RouteTableId: ref('Public1Table'),
      },
    },
    Address: {
      Type: 'AWS::EC2::EIP',
      Properties: { Domain: 'vpc', Tags: named('net/Vpc/Public1') },
    },
    Nat: {
      Type: 'AWS::EC2::NatGateway',
      DependsOn: ['Public1Route', 'Public1Association'],
      Properties: {
        AllocationId: attribute('Address', 'AllocationId'),
        SubnetId: ref('Public1Subnet'),
        Tags: named('net/Vpc/Public1'),
      },
    },
    Private1Route: {
      Type: 'AWS::EC2::Route',
      Properties: {
        DestinationCidrBlock: '0.0.0.0/0',
        NatGatewayId: ref('Nat'),
        RouteTableId: ref('Private1Table'),
      },
    },
    Igw: { Type: 'AWS::EC2::InternetGateway', Properties: { Tags: named('net/Vpc') } },
    Attachment: {
      Type: 'AWS::EC2::VPCGatewayAttachment',
      Properties: { InternetGatewayId: ref('Igw'), VpcId: ref('Vpc') },
    },
  },
  Outputs: {
    Group: { Value: attribute('Vpc', 'DefaultSecurityGroup') },
    Zone: { Value: attribute('Public2Subnet', 'AvailabilityZone') },
  },
}

test('the network that CDK makes is deployed, changed and deleted without a rest', async () => {
  const { cloud, ec2 } = start()
  const stack = stackIn({ cloud })
  const { status, reasons, ids, outputs } = await stack.create(template)
  expect([status, reasons]).toEqual(['CREATE_COMPLETE', []])
  const VpcId = ids['Vpc'] ?? ''
  expect([outputs['Group']?.slice(0, 4), outputs['Zone'], ids['Attachment']]).toEqual([
    'sg-0',
    'us-east-1b',
    `IGW|${VpcId}`,
  ])
  const Filters = [{ Name: 'vpc-id', Values: [VpcId] }]
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ Filters }))
  expect(Subnets.map((it) => `${it.CidrBlock} ${it.MapPublicIpOnLaunch}`).sort()).toEqual([
    '10.0.0.0/18 true',
    '10.0.128.0/18 false',
    '10.0.64.0/18 true',
  ])
  const { NatGateways = [] } = await ec2.send(new DescribeNatGatewaysCommand({}))
  expect(NatGateways.map(({ State }) => State)).toEqual(['available'])
  const changed = structuredClone(template)
  changed.Resources.Vpc.Properties.Tags = named('other')
  expect((await stack.update(changed)).status).toBe('UPDATE_COMPLETE')
  const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({ VpcIds: [VpcId] }))
  expect(Vpcs[0]?.Tags).toContainEqual({ Key: 'Name', Value: 'other' })

  await stack.delete()
  const rest = await ec2.send(new DescribeVpcsCommand({}))
  expect(rest.Vpcs?.map(({ IsDefault }) => IsDefault)).toEqual([true])
  const { RouteTables = [] } = await ec2.send(new DescribeRouteTablesCommand({ Filters }))
  expect(RouteTables).toEqual([])
})

test('rules of a security group follow its template, and those of their own go alone', async () => {
  const { cloud, ec2 } = start()
  const stack = stackIn({ cloud })
  const group = (SecurityGroupIngress: object[]) => ({
    Type: 'AWS::EC2::SecurityGroup',
    Properties: {
      GroupDescription: 'web',
      SecurityGroupEgress: [
        {
          CidrIp: '255.255.255.255/32',
          Description: 'Disallow all traffic',
          FromPort: 252,
          IpProtocol: 'icmp',
          ToPort: 86,
        },
      ],
      SecurityGroupIngress,
    },
  })
  const open = (port: number) => ({
    CidrIp: '0.0.0.0/0',
    FromPort: port,
    IpProtocol: 'tcp',
    ToPort: port,
  })
  const own = {
    Type: 'AWS::EC2::SecurityGroupIngress',
    Properties: {
      GroupId: attribute('Web', 'GroupId'),
      IpProtocol: 'tcp',
      FromPort: 22,
      ToPort: 22,
      SourceSecurityGroupId: attribute('Web', 'GroupId'),
    },
  }
  const { ids, reasons } = await stack.create({ Resources: { Web: group([open(80)]), Own: own } })
  expect(reasons).toEqual([])
  const rules = async () => {
    const { SecurityGroups = [] } = await ec2.send(
      new DescribeSecurityGroupsCommand({ GroupIds: [ids['Web'] ?? ''] }),
    )
    const { IpPermissions = [], IpPermissionsEgress = [] } = SecurityGroups[0] ?? {}
    return [IpPermissions, IpPermissionsEgress].map((it) =>
      it.map(({ FromPort }) => FromPort).sort(),
    )
  }
  expect(await rules()).toEqual([[22, 80], [252]])
  await stack.update({ Resources: { Web: group([open(443)]) } })
  expect(await rules()).toEqual([[443], [252]])
})
