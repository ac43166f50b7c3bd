import {
  AllocateAddressCommand,
  AttachInternetGatewayCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateInternetGatewayCommand,
  CreateNatGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DeleteInternetGatewayCommand,
  DeleteNatGatewayCommand,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DeleteTagsCommand,
  DeleteVpcCommand,
  DescribeAddressesCommand,
  DescribeNatGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeTagsCommand,
  DescribeVpcsCommand,
  DetachInternetGatewayCommand,
  EC2Client,
  RevokeSecurityGroupIngressCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2'
import { client } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { accountId, limited, region, type Started, start } from './ec2.test-support.ts'

async function withVpc(started: Started = start()) {
  const { Vpc } = await started.ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))
  return { ...started, VpcId: Vpc?.VpcId ?? '' }
}

async function withSubnet() {
  const made = await withVpc()
  const { Subnet } = await made.ec2.send(
    new CreateSubnetCommand({ VpcId: made.VpcId, CidrBlock: '10.0.0.0/24' }),
  )
  return { ...made, SubnetId: Subnet?.SubnetId ?? '' }
}

test('an account has a default VPC in each region, with a subnet a zone and a way out', async () => {
  const { cloud, ec2 } = start()
  const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({}))
  expect(Vpcs.map(({ CidrBlock, IsDefault, State }) => [CidrBlock, IsDefault, State])).toEqual([
    ['172.31.0.0/16', true, 'available'],
  ])
  const VpcId = Vpcs[0]?.VpcId ?? ''
  expect(VpcId).toMatch(/^vpc-0[0-9a-f]{16}$/)
  const Filters = [{ Name: 'vpc-id', Values: [VpcId] }]
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ Filters }))
  expect(
    Subnets.map(
      (it) => `${it.AvailabilityZone} ${it.CidrBlock} ${it.AvailableIpAddressCount}`,
    ).sort(),
  ).toEqual([
    'us-east-1a 172.31.0.0/20 4091',
    'us-east-1b 172.31.16.0/20 4091',
    'us-east-1c 172.31.32.0/20 4091',
    'us-east-1d 172.31.48.0/20 4091',
    'us-east-1e 172.31.64.0/20 4091',
    'us-east-1f 172.31.80.0/20 4091',
  ])
  const { RouteTables = [] } = await ec2.send(new DescribeRouteTablesCommand({ Filters }))
  expect(
    RouteTables[0]?.Routes?.map((it) => [it.DestinationCidrBlock, it.GatewayId?.slice(0, 5)]),
  ).toEqual([
    ['172.31.0.0/16', 'local'],
    ['0.0.0.0/0', 'igw-0'],
  ])
  const ohio = client(cloud, EC2Client, { region: 'us-east-2' })
  const there = await ohio.send(new DescribeSubnetsCommand({}))
  expect(there.Subnets?.map(({ AvailabilityZone }) => AvailabilityZone).sort()).toEqual([
    'us-east-2a',
    'us-east-2b',
    'us-east-2c',
  ])
})

test("what every account has from the start is nobody's leftover", async () => {
  const { cloud, ec2 } = start()
  await ec2.send(new DescribeVpcsCommand({}))
  const { vpcs, subnets, securityGroups, internetGateways, routeTables } = await import(
    './state.ts'
  )
  const { store } = cloud.kernel
  const names = [vpcs, subnets, securityGroups, internetGateways, routeTables].flatMap((it) =>
    it.resources({ store }),
  )
  expect(names).toEqual([])
})

test('a block outside the VPC, or one that meets another subnet, is refused', async () => {
  const { ec2, VpcId } = await withSubnet()
  const make = (CidrBlock: string) => ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock }))
  await expect(make('10.1.0.0/24')).rejects.toMatchObject({
    name: 'InvalidSubnet.Range',
    message: "The CIDR '10.1.0.0/24' is invalid.",
  })
  await expect(make('10.0.0.128/25')).rejects.toMatchObject({
    name: 'InvalidSubnet.Conflict',
    message: "The CIDR '10.0.0.128/25' conflicts with another subnet",
  })
})

test('a VPC in which something was made cannot be deleted', async () => {
  const { ec2, VpcId, SubnetId } = await withSubnet()
  await expect(ec2.send(new DeleteVpcCommand({ VpcId }))).rejects.toMatchObject({
    name: 'DependencyViolation',
    message: `The vpc '${VpcId}' has dependencies and cannot be deleted.`,
  })
  await ec2.send(new DeleteSubnetCommand({ SubnetId }))
  await ec2.send(new DeleteVpcCommand({ VpcId }))
  await expect(ec2.send(new DescribeVpcsCommand({ VpcIds: [VpcId] }))).rejects.toMatchObject({
    name: 'InvalidVpcID.NotFound',
    message: `The vpc ID '${VpcId}' does not exist`,
  })
})

test('filters take wildcards, tags and several values; one that is none is refused', async () => {
  const { ec2, VpcId } = await withVpc()
  const Tags = [{ Key: 'Name', Value: 'main-net' }]
  await ec2.send(new CreateTagsCommand({ Resources: [VpcId], Tags }))
  const found = async (Name: string, ...Values: string[]) => {
    const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({ Filters: [{ Name, Values }] }))
    return Vpcs.map((it) => it.VpcId)
  }
  expect(await found('tag:Name', 'main*')).toEqual([VpcId])
  expect(await found('tag:Name', 'nothing', 'm?in-net')).toEqual([VpcId])
  expect(await found('tag-key', 'Other')).toEqual([])
  expect(await found('cidr', '10.0.0.0/16')).toEqual([VpcId])
  await expect(found('colour', 'red')).rejects.toMatchObject({
    name: 'InvalidParameterValue',
    message: "The filter 'colour' is invalid",
  })
})

test('tags given at creation are listed, and go with their resource', async () => {
  const { ec2 } = start()
  const TagSpecifications = [
    { ResourceType: 'vpc' as const, Tags: [{ Key: 'team', Value: 'blue' }] },
  ]
  const { Vpc } = await ec2.send(
    new CreateVpcCommand({ CidrBlock: '10.0.0.0/16', TagSpecifications }),
  )
  const VpcId = Vpc?.VpcId ?? ''
  const Filters = [{ Name: 'resource-id', Values: [VpcId] }]
  const listed = async () => (await ec2.send(new DescribeTagsCommand({ Filters }))).Tags
  expect(await listed()).toEqual([
    { Key: 'team', ResourceId: VpcId, ResourceType: 'vpc', Value: 'blue' },
  ])
  await ec2.send(
    new DeleteTagsCommand({ Resources: [VpcId], Tags: [{ Key: 'team', Value: 'red' }] }),
  )
  expect((await listed())?.length).toBe(1)
  await ec2.send(new DeleteTagsCommand({ Resources: [VpcId], Tags: [{ Key: 'team' }] }))
  expect(await listed()).toEqual([])
})

test('a rule that is there is refused, one that another group names keeps the group', async () => {
  const { ec2, VpcId } = await withVpc()
  const group = async (GroupName: string) => {
    const input = { GroupName, Description: 'of a test', VpcId }
    return (await ec2.send(new CreateSecurityGroupCommand(input))).GroupId ?? ''
  }
  const web = await group('web')
  const data = await group('data')
  const IpPermissions = [
    { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, UserIdGroupPairs: [{ GroupId: web }] },
  ]
  const add = new AuthorizeSecurityGroupIngressCommand({ GroupId: data, IpPermissions })
  const { SecurityGroupRules = [] } = await ec2.send(add)
  expect(SecurityGroupRules.map((it) => [it.IsEgress, it.ReferencedGroupInfo])).toEqual([
    [false, { GroupId: web, UserId: accountId }],
  ])
  await expect(ec2.send(add)).rejects.toMatchObject({
    name: 'InvalidPermission.Duplicate',
    message: `the specified rule "peer: ${web}, TCP, from port: 443, to port: 443, ALLOW" already exists`,
  })
  await expect(ec2.send(new DeleteSecurityGroupCommand({ GroupId: web }))).rejects.toMatchObject({
    name: 'DependencyViolation',
    message: `resource ${web} has a dependent object`,
  })
  await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: data, IpPermissions }))
  await ec2.send(new DeleteSecurityGroupCommand({ GroupId: web }))
  const Filters = [{ Name: 'vpc-id', Values: [VpcId] }]
  const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters }))
  expect(SecurityGroups.map(({ GroupName }) => GroupName).sort()).toEqual(['data', 'default'])
})

test('a NAT gateway is pending, then available; its address is free when it is gone', async () => {
  const { cloud, ec2, VpcId, SubnetId } = await withSubnet()
  const { AllocationId = '' } = await ec2.send(new AllocateAddressCommand({ Domain: 'vpc' }))
  const input = { SubnetId, AllocationId }
  await expect(ec2.send(new CreateNatGatewayCommand(input))).rejects.toMatchObject({
    name: 'Gateway.NotAttached',
  })
  const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}))
  const InternetGatewayId = InternetGateway?.InternetGatewayId ?? ''
  await ec2.send(new AttachInternetGatewayCommand({ VpcId, InternetGatewayId }))
  const { NatGateway } = await ec2.send(new CreateNatGatewayCommand(input))
  const NatGatewayId = NatGateway?.NatGatewayId ?? ''
  const state = async () => {
    const { NatGateways = [] } = await ec2.send(
      new DescribeNatGatewaysCommand({ NatGatewayIds: [NatGatewayId] }),
    )
    return NatGateways[0]?.State
  }
  expect([NatGateway?.State, await state()]).toEqual(['pending', 'pending'])
  await cloud.advance({ seconds: 90 })
  expect(await state()).toBe('available')
  const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId }))
  const RouteTableId = RouteTable?.RouteTableId ?? ''
  await ec2.send(
    new CreateRouteCommand({ RouteTableId, DestinationCidrBlock: '0.0.0.0/0', NatGatewayId }),
  )
  await expect(ec2.send(new DeleteSubnetCommand({ SubnetId }))).rejects.toMatchObject({
    message: `The subnet '${SubnetId}' has dependencies and cannot be deleted.`,
  })
  await ec2.send(new DeleteNatGatewayCommand({ NatGatewayId }))
  const detach = new DetachInternetGatewayCommand({ VpcId, InternetGatewayId })
  await expect(ec2.send(detach)).rejects.toMatchObject({ name: 'DependencyViolation' })
  await cloud.advance({ minutes: 1 })
  const { RouteTables = [] } = await ec2.send(
    new DescribeRouteTablesCommand({ RouteTableIds: [RouteTableId] }),
  )
  expect([await state(), RouteTables[0]?.Routes?.map(({ State }) => State)]).toEqual([
    'deleted',
    ['active', 'blackhole'],
  ])
  const { Addresses = [] } = await ec2.send(new DescribeAddressesCommand({}))
  expect(Addresses.map(({ AssociationId }) => AssociationId)).toEqual([undefined])
  await ec2.send(detach)
  await ec2.send(new DeleteInternetGatewayCommand({ InternetGatewayId }))
})

test('who may not is told which permission is missing, on which resource', async () => {
  const made = await withVpc()
  const ec2 = limited(made, {
    Effect: 'Allow',
    Action: ['ec2:CreateSubnet', 'ec2:DescribeVpcs'],
    Resource: '*',
    Condition: { StringEquals: { 'ec2:Region': region } },
  })
  expect((await ec2.send(new DescribeVpcsCommand({}))).Vpcs?.length).toBe(2)
  await expect(ec2.send(new DeleteVpcCommand({ VpcId: made.VpcId }))).rejects.toMatchObject({
    name: 'UnauthorizedOperation',
    $metadata: { httpStatusCode: 403 },
    message: expect.stringMatching(
      new RegExp(
        `^You are not authorized to perform this operation\\. User: arn:aws:iam::${accountId}:user/limited is not authorized to perform: ec2:DeleteVpc on resource: arn:aws:ec2:us-east-1:${accountId}:vpc/${made.VpcId} because no identity-based policy allows the ec2:DeleteVpc action\\. Encoded authorization failure message: [\\w-]+$`,
      ),
    ),
  })
  const tagged = new CreateSubnetCommand({
    VpcId: made.VpcId,
    CidrBlock: '10.0.0.0/24',
    TagSpecifications: [{ ResourceType: 'subnet', Tags: [{ Key: 'a', Value: 'b' }] }],
  })
  await expect(ec2.send(tagged)).rejects.toMatchObject({
    message: expect.stringContaining('is not authorized to perform: ec2:CreateTags'),
  })
})

test('a dry run has no effect, and says whether the call would be allowed', async () => {
  const { ec2 } = start()
  const dry = new CreateVpcCommand({ CidrBlock: '10.0.0.0/16', DryRun: true })
  await expect(ec2.send(dry)).rejects.toMatchObject({
    name: 'DryRunOperation',
    message: 'Request would have succeeded, but DryRun flag is set.',
    $metadata: { httpStatusCode: 412 },
  })
  expect((await ec2.send(new DescribeVpcsCommand({}))).Vpcs?.length).toBe(1)
})

test('what is not built is refused by name', async () => {
  const { ec2 } = start()
  const run = new RunInstancesCommand({ MinCount: 1, MaxCount: 1, ImageId: 'ami-1' })
  await expect(ec2.send(run)).rejects.toMatchObject({
    $metadata: { httpStatusCode: 501 },
    message: expect.stringContaining('ec2:RunInstances'),
  })
})

test('the same seed makes the same networks', async () => {
  const digest = async () => (await withSubnet()).cloud.kernel.journal.digest()
  expect(await digest()).toBe(await digest())
})
