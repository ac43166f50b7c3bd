import {
  AssociateRouteTableCommand,
  CreateRouteTableCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeAvailabilityZonesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DisassociateRouteTableCommand,
} from '@aws-sdk/client-ec2'
import { describe, expect, test } from 'vitest'
import {
  asRecorded,
  expectRecorded,
  recording,
  recordingsPresent,
} from '../shared/recorded.test-support.ts'
import { stackIn, start } from './ec2.test-support.ts'

describe.skipIf(!recordingsPresent)('networks as recorded', () => {
  test('zones are found by their ids', async () => {
    const recorded = recording(
      'ec2/test_ec2',
      'test_describe_availability_zones_filter_with_zone_ids',
    )
    const { ec2 } = start({ accountId: '111111111111' })
    const Filters = [{ Name: 'zone-id', Values: ['use1-az1'] }]
    const answer = ec2.send(new DescribeAvailabilityZonesCommand({ Filters }))
    expectRecorded(await asRecorded(answer), recorded['availability_zones'])
  })

  test('a route table is associated with a subnet', async () => {
    const recorded = recording('ec2/test_ec2', 'test_create_route_table_association')
    const { ec2 } = start({ accountId: '111111111111' })
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))
    const VpcId = Vpc?.VpcId ?? ''
    const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: '10.0.0.0/24' }))
    const SubnetId = Subnet?.SubnetId ?? ''
    const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId }))
    const RouteTableId = RouteTable?.RouteTableId ?? ''
    const { AssociationId = '' } = await ec2.send(
      new AssociateRouteTableCommand({ RouteTableId, SubnetId }),
    )
    const { RouteTables } = await ec2.send(
      new DescribeRouteTablesCommand({
        Filters: [{ Name: 'association.route-table-association-id', Values: [AssociationId] }],
      }),
    )
    expectRecorded(
      {
        vpc_id: VpcId,
        subnet_id: SubnetId,
        route_table_id: RouteTableId,
        association_id: AssociationId,
        route_tables: RouteTables,
      },
      recorded,
    )
    await ec2.send(new DisassociateRouteTableCommand({ AssociationId }))
    const after = await ec2.send(new DescribeRouteTablesCommand({ RouteTableIds: [RouteTableId] }))
    expect(after.RouteTables?.[0]?.Associations).toEqual([])
  })

  test('a security group of a stack has the tags of both', async () => {
    const recorded = recording(
      'cloudformation/resource_providers/ec2/test_ec2_resource_provider',
      'test_deploy_security_group_with_tags',
    )
    const started = start({ accountId: '111111111111' })
    const { ids } = await stackIn(started).create({
      Resources: {
        SecurityGroup: {
          Type: 'AWS::EC2::SecurityGroup',
          Properties: {
            GroupDescription: 'Security Group',
            Tags: [
              { Key: 'key1', Value: 'value1' },
              { Key: 'key2', Value: 'value2' },
            ],
          },
        },
      },
    })
    const { SecurityGroups = [] } = await started.ec2.send(
      new DescribeSecurityGroupsCommand({ GroupIds: [ids['SecurityGroup'] ?? ''] }),
    )
    const [group] = SecurityGroups
    const Tags = [...(group?.Tags ?? [])].sort((a, b) => ((a.Key ?? '') < (b.Key ?? '') ? -1 : 1))
    expectRecorded({ ...group, Tags }, recorded['security-group'])
  })
})
