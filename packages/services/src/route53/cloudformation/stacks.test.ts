import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackResourceCommand,
  DescribeStackResourceDriftsCommand,
  DescribeStacksCommand,
  DetectStackDriftCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation'
import {
  GetHealthCheckCommand,
  ListHostedZonesCommand,
  ListResourceRecordSetsCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-route-53'
import { client } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import {
  asRecorded,
  type Bindings,
  expectRecorded,
  recording,
  recordingsPresent,
} from '../../shared/recorded.test-support.ts'
import { zoneOf } from '../route53.test-support.ts'

const recorded = test.skipIf(!recordingsPresent)
const StackName = 'names'

/** A cloud with a zone, in which one stack is deployed again and again. */
async function stack() {
  const world = await zoneOf()
  const { cloud, zoneId, route53 } = world
  const cfn = client(cloud, CloudFormationClient)
  let exists = false
  return {
    ...world,
    cfn,
    async deploy(Resources: object, Outputs: object = {}) {
      const TemplateBody = JSON.stringify({ Resources, Outputs })
      const input = { StackName, TemplateBody }
      await cfn.send(exists ? new UpdateStackCommand(input) : new CreateStackCommand(input))
      exists = true
      await cloud.advance({ minutes: 5 })
      const { Stacks: [found] = [] } = await cfn.send(new DescribeStacksCommand({ StackName }))
      return found
    },
    async destroy() {
      await cfn.send(new DeleteStackCommand({ StackName }))
      await cloud.advance({ minutes: 5 })
    },
    sets: async (HostedZoneId = zoneId) => {
      const { ResourceRecordSets = [] } = await route53.send(
        new ListResourceRecordSetsCommand({ HostedZoneId }),
      )
      return ResourceRecordSets.filter(({ Type }) => Type !== 'NS' && Type !== 'SOA')
    },
  }
}

const zone = (properties: object = {}) => ({
  Zone: { Type: 'AWS::Route53::HostedZone', Properties: { Name: 'app.dev.', ...properties } },
})

test('a zone with its records is made, changed and taken away', async () => {
  const { deploy, destroy, sets, ask, route53 } = await stack()
  const records = (address: string, name = 'www.app.dev') => ({
    Www: {
      Type: 'AWS::Route53::RecordSet',
      Properties: {
        HostedZoneId: { Ref: 'Zone' },
        Name: name,
        Type: 'A',
        TTL: '60',
        ResourceRecords: [address],
      },
    },
    More: {
      Type: 'AWS::Route53::RecordSetGroup',
      DependsOn: 'Zone',
      Properties: {
        HostedZoneName: 'app.dev.',
        RecordSets: [
          { Name: 'a.app.dev', Type: 'TXT', TTL: '60', ResourceRecords: ['"one"'] },
          {
            Name: 'app.dev',
            Type: 'A',
            AliasTarget: { DNSName: 'd1.cloudfront.net', HostedZoneId: 'Z2FDTNDATAQYW2' },
          },
        ],
      },
    },
  })
  const tags = { HostedZoneTags: [{ Key: 'team', Value: 'web' }] }
  const made = await deploy(
    { ...zone(tags), ...records('192.0.2.1') },
    {
      Id: { Value: { Ref: 'Zone' } },
      Servers: { Value: { 'Fn::Join': [',', { 'Fn::GetAtt': ['Zone', 'NameServers'] }] } },
    },
  )
  expect(made?.StackStatus).toBe('CREATE_COMPLETE')
  const [{ OutputValue: ResourceId = '' } = {}, servers] = made?.Outputs ?? []
  expect(servers?.OutputValue?.split(',')).toHaveLength(4)
  const { ResourceTagSet } = await route53.send(
    new ListTagsForResourceCommand({ ResourceType: 'hostedzone', ResourceId }),
  )
  expect(ResourceTagSet?.Tags).toEqual([{ Key: 'team', Value: 'web' }])
  expect(ask('www.app.dev').answers[0]?.data).toBe('192.0.2.1')
  expect(ask('app.dev').canonical).toBe('d1.cloudfront.net.')

  expect((await deploy({ ...zone(), ...records('192.0.2.2', 'web.app.dev') }))?.StackStatus).toBe(
    'UPDATE_COMPLETE',
  )
  expect(ask('www.app.dev').rcode).toBe('NXDOMAIN')
  expect(ask('web.app.dev').answers[0]?.data).toBe('192.0.2.2')
  expect(await sets(ResourceId)).toHaveLength(3)

  await destroy()
  const { HostedZones } = await route53.send(new ListHostedZonesCommand({}))
  expect(HostedZones?.map(({ Name }) => Name)).toEqual(['orrery.dev.'])
})

test('a record that exists already fails the stack in AWS’s words', async () => {
  const { deploy, change, cfn } = await stack()
  await change('CREATE', {
    Name: 'a.orrery.dev',
    Type: 'TXT',
    TTL: 1,
    ResourceRecords: [{ Value: '"1"' }],
  })
  const made = await deploy({
    Record: {
      Type: 'AWS::Route53::RecordSet',
      Properties: {
        HostedZoneName: 'orrery.dev.',
        Name: 'a.orrery.dev.',
        Type: 'TXT',
        TTL: '60',
        ResourceRecords: ['"2"'],
      },
    },
  })
  expect(made?.StackStatus).toBe('ROLLBACK_COMPLETE')
  const { StackResourceDetail } = await cfn.send(
    new DescribeStackResourceCommand({ StackName, LogicalResourceId: 'Record' }),
  )
  expect(StackResourceDetail?.ResourceStatus).toBe('DELETE_COMPLETE')
})

test('a record that someone else changed has drifted, one that nobody touched has not', async () => {
  const { deploy, change, cfn, cloud, zoneId } = await stack()
  const set = (Name: string, more: object) => ({
    Type: 'AWS::Route53::RecordSet',
    Properties: { HostedZoneId: zoneId, Name, Type: 'A', ...more },
  })
  const plain = { TTL: '60', ResourceRecords: ['192.0.2.1'] }
  const AliasTarget = { DNSName: 'd1.cloudfront.net', HostedZoneId: 'Z2FDTNDATAQYW2' }
  await deploy({
    Changed: set('a.orrery.dev', plain),
    Kept: set('b.orrery.dev', plain),
    Alias: set('c.orrery.dev', { AliasTarget }),
    Weighted: set('d.orrery.dev', { ...plain, SetIdentifier: 'one', Weight: 3 }),
    ...zone(),
  })
  const ResourceRecords = [{ Value: '192.0.2.2' }]
  await change('UPSERT', { Name: 'a.orrery.dev', Type: 'A', TTL: 60, ResourceRecords })
  await cfn.send(new DetectStackDriftCommand({ StackName }))
  await cloud.advance({ minutes: 1 })
  const { StackResourceDrifts = [] } = await cfn.send(
    new DescribeStackResourceDriftsCommand({ StackName }),
  )
  const found = StackResourceDrifts.map((it) => [it.LogicalResourceId, it.StackResourceDriftStatus])
  expect(Object.fromEntries(found)).toEqual({
    Alias: 'IN_SYNC',
    Changed: 'MODIFIED',
    Kept: 'IN_SYNC',
    Weighted: 'IN_SYNC',
    Zone: 'IN_SYNC',
  })
})

test('a health check is a resource of its own', async () => {
  const { deploy, destroy, route53 } = await stack()
  const check = (Inverted: boolean) => ({
    Check: {
      Type: 'AWS::Route53::HealthCheck',
      Properties: {
        HealthCheckConfig: { Type: 'HTTP', FullyQualifiedDomainName: 'app.dev', Inverted },
      },
    },
  })
  const outputs = { Id: { Value: { Ref: 'Check' } } }
  const made = await deploy(check(false), outputs)
  const HealthCheckId = made?.Outputs?.[0]?.OutputValue
  await deploy(check(true), outputs)
  const { HealthCheck } = await route53.send(new GetHealthCheckCommand({ HealthCheckId }))
  expect([HealthCheck?.HealthCheckVersion, HealthCheck?.HealthCheckConfig?.Inverted]).toEqual([
    2,
    true,
  ])
  await destroy()
  await expect(route53.send(new GetHealthCheckCommand({ HealthCheckId }))).rejects.toThrow(
    'does not exist',
  )
})

const file = 'route53/resource_providers/test_aws_route53_recordset'

recorded('a record set at the name of its zone', async () => {
  const facts = recording(file, 'test_create_record_set_without_resource_record')
  const { deploy, route53, zoneId } = await stack()
  await deploy({
    Record: {
      Type: 'AWS::Route53::RecordSet',
      Properties: {
        HostedZoneId: zoneId,
        Name: 'orrery.dev',
        Type: 'A',
        TTL: '900',
        ResourceRecords: ['127.0.0.1'],
      },
    },
  })
  const list = asRecorded(route53.send(new ListResourceRecordSetsCommand({ HostedZoneId: zoneId })))
  expectListed(await list, facts['record-sets'])
})

recorded('weighted aliases keep their place while they change', async () => {
  const facts = recording(file, 'test_update_multiple_weighted_alias_target_record_sets')
  const { deploy, route53, zoneId } = await stack()
  const first = ['s3-website-us-east-1.amazonaws.com', 'Z3AQBSTGFYJSTF'] as const
  const second = ['s3-website-us-west-1.amazonaws.com', 'Z2F56UZL2M1ACD'] as const
  const set = (id: string, Weight: number, [DNSName, HostedZoneId]: readonly string[]) => ({
    Type: 'AWS::Route53::RecordSet',
    Properties: {
      HostedZoneId: zoneId,
      Name: 'orrery.dev',
      Type: 'A',
      SetIdentifier: id,
      Weight,
      AliasTarget: { DNSName, HostedZoneId },
    },
  })
  const list = async () =>
    asRecorded(route53.send(new ListResourceRecordSetsCommand({ HostedZoneId: zoneId })))
  const bindings: Bindings = new Map()
  const steps = [
    ['record-sets', set('region-1', 255, first), set('region-2', 0, second)],
    ['record-sets-update-weights', set('region-1', 50, first), set('region-2', 100, second)],
    ['record-sets-update-alias-target', set('region-1', 50, first), set('region-2', 100, first)],
    ['record-sets-update-set-identifier', set('region-1', 50, first), set('region-3', 100, first)],
  ] as const
  for (const [key, One, Two] of steps) {
    await deploy({ One, Two })
    expectListed(await list(), facts[key], bindings)
  }
})

function expectListed(actual: unknown, fact: unknown, bindings: Bindings = new Map()) {
  // This SDK reads MaxItems as a number.
  expectRecorded(actual, fact, bindings, ['ResponseMetadata.HTTPHeaders', 'MaxItems'])
}
