import { DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2'
import {
  AssociateVPCWithHostedZoneCommand,
  ChangeResourceRecordSetsCommand,
  ChangeTagsForResourceCommand,
  CreateHealthCheckCommand,
  CreateHostedZoneCommand,
  CreateReusableDelegationSetCommand,
  CreateVPCAssociationAuthorizationCommand,
  DeleteHostedZoneCommand,
  DeleteReusableDelegationSetCommand,
  GetHostedZoneCommand,
  ListHostedZonesByNameCommand,
  ListHostedZonesByVPCCommand,
  ListHostedZonesCommand,
  ListTagsForResourceCommand,
  Route53Client,
  UpdateHealthCheckCommand,
} from '@aws-sdk/client-route-53'
import { client } from '@cloud-orrery/cloud'
import { describe, expect, test } from 'vitest'
import { accessKeys, users } from '../shared/identity/state.ts'
import {
  asRecorded,
  expectRecorded,
  recording,
  recordingsPresent,
} from '../shared/recorded.test-support.ts'
import { record, refusal, zoneOf } from './route53.test-support.ts'

const recorded = test.skipIf(!recordingsPresent)
const headers = ['ResponseMetadata.HTTPHeaders']

describe('hosted zones', () => {
  test('a public zone has four name servers of four top-level domains', async () => {
    const { made, zoneId, route53 } = await zoneOf('Orrery.DEV')
    expect(made.HostedZone).toMatchObject({ Name: 'orrery.dev.', ResourceRecordSetCount: 2 })
    const servers = made.DelegationSet?.NameServers ?? []
    expect(servers.map((name) => name.replace(/\d+/g, '')).sort()).toEqual([
      'ns-.awsdns-.co.uk',
      'ns-.awsdns-.com',
      'ns-.awsdns-.net',
      'ns-.awsdns-.org',
    ])
    expect(made.Location).toBe(`https://route53.amazonaws.com/2013-04-01/hostedzone/${zoneId}`)
    const got = await route53.send(new GetHostedZoneCommand({ Id: zoneId }))
    expect(got.DelegationSet?.NameServers).toEqual(servers)
  })

  test('names that AWS keeps, a used reference and a full zone are refused', async () => {
    const { route53, zoneId, change } = await zoneOf()
    const create = (Name: string, CallerReference: string) =>
      refusal(route53.send(new CreateHostedZoneCommand({ Name, CallerReference })))
    expect(await create('api.example.com', '1')).toEqual([
      'InvalidDomainName',
      'api.example.com is reserved by AWS!',
    ])
    expect(await create('other.dev', 'zone')).toEqual([
      'HostedZoneAlreadyExists',
      'A hosted zone has already been created with the specified caller reference.',
    ])
    await change('CREATE', record('a.orrery.dev', 'A', '192.0.2.1'))
    expect(await refusal(route53.send(new DeleteHostedZoneCommand({ Id: zoneId })))).toEqual([
      'HostedZoneNotEmpty',
      'The specified hosted zone contains non-required resource record sets and so cannot be deleted.',
    ])
  })

  test('they are listed by id, and by name from the right', async () => {
    const { route53 } = await zoneOf('b.dev')
    for (const Name of ['a.b.dev', 'c.app', 'a.dev'])
      await route53.send(new CreateHostedZoneCommand({ Name, CallerReference: Name }))
    const { HostedZones = [] } = await route53.send(new ListHostedZonesCommand({}))
    const ids = HostedZones.map(({ Id = '' }) => Id)
    expect(ids).toEqual([...ids].sort())
    const byName = await route53.send(
      new ListHostedZonesByNameCommand({ DNSName: 'a.dev', MaxItems: 2 }),
    )
    expect(byName.HostedZones?.map(({ Name }) => Name)).toEqual(['a.dev.', 'b.dev.'])
    expect([byName.NextDNSName, byName.IsTruncated]).toEqual(['a.b.dev.', true])
  })

  test('tags come back in the order of their keys', async () => {
    const { route53, zoneId } = await zoneOf()
    const resource = { ResourceType: 'hostedzone', ResourceId: zoneId } as const
    const AddTags = [
      { Key: 'b', Value: '1' },
      { Key: 'a', Value: '2' },
    ]
    await route53.send(new ChangeTagsForResourceCommand({ ...resource, AddTags }))
    const { ResourceTagSet } = await route53.send(new ListTagsForResourceCommand(resource))
    expect(ResourceTagSet).toEqual({ ...resource, Tags: AddTags.toReversed() })
  })

  test('zones of one reusable delegation set have its name servers', async () => {
    const { route53 } = await zoneOf()
    const { DelegationSet } = await route53.send(
      new CreateReusableDelegationSetCommand({ CallerReference: 'set' }),
    )
    const DelegationSetId = DelegationSet?.Id?.replace('/delegationset/', '') ?? ''
    const zone = { Name: 'shared.dev', CallerReference: 'shared', DelegationSetId }
    const made = await route53.send(new CreateHostedZoneCommand(zone))
    expect(made.DelegationSet?.NameServers).toEqual(DelegationSet?.NameServers)
    const again = new CreateHostedZoneCommand({ ...zone, CallerReference: 'again' })
    expect((await refusal(route53.send(again)))[0]).toBe('ConflictingDomainExists')
    const remove = new DeleteReusableDelegationSetCommand({ Id: DelegationSetId })
    expect((await refusal(route53.send(remove)))[0]).toBe('DelegationSetInUse')
  })

  test('an inverted health check moves a failover to its secondary', async () => {
    const { route53, change, ask } = await zoneOf()
    const { HealthCheck } = await route53.send(
      new CreateHealthCheckCommand({
        CallerReference: 'check',
        HealthCheckConfig: { Type: 'HTTPS', FullyQualifiedDomainName: 'a.orrery.dev' },
      }),
    )
    const HealthCheckId = HealthCheck?.Id
    const set = (Failover: 'PRIMARY' | 'SECONDARY', value: string) => ({
      ...record('www.orrery.dev', 'A', value),
      SetIdentifier: Failover,
      Failover,
    })
    await change('CREATE', { ...set('PRIMARY', '192.0.2.1'), HealthCheckId })
    await change('CREATE', set('SECONDARY', '192.0.2.2'))
    expect(ask('www.orrery.dev').answers[0]?.data).toBe('192.0.2.1')
    await route53.send(new UpdateHealthCheckCommand({ HealthCheckId, Inverted: true }))
    expect(ask('www.orrery.dev').answers[0]?.data).toBe('192.0.2.2')
  })

  test('the same seed gives the same zones', async () => {
    const digests = await Promise.all(
      [1, 2].map(async () => {
        const { cloud, change } = await zoneOf()
        await change('CREATE', record('a.orrery.dev', 'A', '192.0.2.1'))
        return cloud.kernel.journal.digest()
      }),
    )
    expect(digests[0]).toBe(digests[1])
  })
})

describe('who may change a zone', () => {
  test('another account’s zone is out of reach', async () => {
    const { cloud, zoneId } = await zoneOf()
    const other = client(cloud, Route53Client, { accountId: '222222222222' })
    expect(await refusal(other.send(new GetHostedZoneCommand({ Id: zoneId })))).toEqual([
      'AccessDenied',
      'User: arn:aws:iam::222222222222:user/admin is not authorized to access this resource',
    ])
  })

  test('a policy lets through the names, types and actions that it names', async () => {
    const { cloud, zoneId } = await zoneOf()
    const scope = cloud.scope('123456789012', 'us-east-1')
    const arn = 'arn:aws:iam::123456789012:user/deployer'
    const condition = (name: string, values: string[]) => ({
      [`route53:ChangeResourceRecordSets${name}`]: values,
    })
    const policy = {
      Version: '2012-10-17' as const,
      Statement: {
        Effect: 'Allow' as const,
        Action: 'route53:ChangeResourceRecordSets',
        Resource: `arn:aws:route53:::hostedzone/${zoneId}`,
        Condition: {
          'ForAllValues:StringLike': condition('NormalizedRecordNames', ['*.orrery.dev']),
          'ForAllValues:StringEquals': {
            ...condition('RecordTypes', ['TXT']),
            ...condition('Actions', ['UPSERT']),
          },
        },
      },
    }
    users.put(scope, {
      userName: 'deployer',
      userId: 'AIDADEPLOYER',
      arn,
      path: '/',
      createdAtMs: 0,
      inlinePolicies: { own: { text: JSON.stringify(policy), document: policy } },
      attachedPolicies: [],
      tags: {},
    })
    const credentials = { accessKeyId: 'AKIADEPLOYER00000000', secretAccessKey: 'secret' }
    accessKeys.put(scope, {
      ...credentials,
      userName: 'deployer',
      status: 'Active',
      createdAtMs: 0,
      accountId: '123456789012',
    })
    const route53 = client(cloud, Route53Client, { credentials })
    const change = (Action: 'UPSERT' | 'DELETE', Name: string) =>
      route53.send(
        new ChangeResourceRecordSetsCommand({
          HostedZoneId: zoneId,
          ChangeBatch: {
            Changes: [{ Action, ResourceRecordSet: record(Name, 'TXT', '"1"') }],
          },
        }),
      )
    await change('UPSERT', '_acme.orrery.dev')
    const denied = [
      'AccessDenied',
      `User: ${arn} is not authorized to perform: route53:ChangeResourceRecordSets on resource: arn:aws:route53:::hostedzone/${zoneId} because no identity-based policy allows the route53:ChangeResourceRecordSets action`,
    ]
    expect(await refusal(change('UPSERT', 'orrery.dev'))).toEqual(denied)
    expect(await refusal(change('DELETE', '_acme.orrery.dev'))).toEqual(denied)
  })
})

describe('private zones', () => {
  test('they answer their VPCs, and another account’s once it is authorized', async () => {
    const { cloud, route53, batch, ask } = await zoneOf()
    const vpcOf = async (accountId: string) => {
      const ec2 = client(cloud, EC2Client, { accountId })
      const { Vpcs: [vpc] = [] } = await ec2.send(new DescribeVpcsCommand({}))
      return { VPCId: vpc?.VpcId ?? '', VPCRegion: 'us-east-1' } as const
    }
    const [own, theirs] = [await vpcOf('123456789012'), await vpcOf('222222222222')]
    const { HostedZone } = await route53.send(
      new CreateHostedZoneCommand({ Name: 'db.internal', CallerReference: 'db', VPC: own }),
    )
    const HostedZoneId = HostedZone?.Id?.replace('/hostedzone/', '') ?? ''
    const set = record('a.db.internal', 'A', '10.0.0.9')
    await batch([{ Action: 'CREATE', ResourceRecordSet: set }], HostedZoneId)
    const rcode = (vpcId?: string) =>
      ask('a.db.internal', 'A', vpcId === undefined ? {} : { vpcId }).rcode
    expect([rcode(), rcode(own.VPCId), rcode(theirs.VPCId)]).toEqual([
      'NXDOMAIN',
      'NOERROR',
      'NXDOMAIN',
    ])
    const other = client(cloud, Route53Client, { accountId: '222222222222' })
    const associate = () =>
      other.send(new AssociateVPCWithHostedZoneCommand({ HostedZoneId, VPC: theirs }))
    expect((await refusal(associate()))[0]).toBe('NotAuthorizedException')
    const input = { HostedZoneId, VPC: theirs }
    await route53.send(new CreateVPCAssociationAuthorizationCommand(input))
    await associate()
    expect(rcode(theirs.VPCId)).toBe('NOERROR')
    const listed = await other.send(new ListHostedZonesByVPCCommand(theirs))
    expect(listed.HostedZoneSummaries).toEqual([
      { HostedZoneId, Name: 'db.internal.', Owner: { OwningAccount: '123456789012' } },
    ])
  })
})

describe('answers recorded from AWS', () => {
  recorded('a private zone needs a VPC that is there', async () => {
    const facts = recording('route53/test_route53', 'test_create_hosted_zone_in_non_existent_vpc')
    const { route53 } = await zoneOf()
    const VPC = { VPCId: 'vpc-0123456789abcdef0', VPCRegion: 'us-east-1' } as const
    const create = new CreateHostedZoneCommand({ Name: 'a.dev', CallerReference: 'a', VPC })
    expectRecorded(
      await asRecorded(route53.send(create)),
      facts['failure-response'],
      new Map(),
      headers,
    )
  })

  recorded('a zone is deleted, one that is not there is not found', async () => {
    const facts = recording('route53/test_route53', 'TestRoute53::test_delete_hosted_zone')
    const { route53, zoneId } = await zoneOf()
    const bindings = new Map([['<hosted-zone-id>', zoneId]])
    const remove = (Id: string) => asRecorded(route53.send(new DeleteHostedZoneCommand({ Id })))
    const missing = await remove(`${zoneId}asdf1234`)
    expectRecorded(missing, facts['no-such-hosted-zone-error'], bindings, headers)
    expectRecorded(await remove(zoneId), facts['delete-hosted-zone-response'], bindings, headers)
  })
})
