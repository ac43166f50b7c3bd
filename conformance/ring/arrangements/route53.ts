import { DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2'
import {
  ChangeResourceRecordSetsCommand,
  ChangeTagsForResourceCommand,
  CreateHealthCheckCommand,
  CreateHostedZoneCommand,
  CreateReusableDelegationSetCommand,
  CreateVPCAssociationAuthorizationCommand,
  Route53Client,
} from '@aws-sdk/client-route-53'
import { type Cloud, client } from '@cloud-orrery/cloud'
import type { KnownValues } from '../valid-values.ts'

/** A public zone with a record and a tag, a private one, a health check, a delegation set. */
export async function arrangeRoute53(cloud: Cloud): Promise<KnownValues> {
  const route53 = client(cloud, Route53Client)
  const { Vpcs: [vpc] = [] } = await client(cloud, EC2Client).send(new DescribeVpcsCommand({}))
  const VPC = { VPCId: vpc?.VpcId, VPCRegion: 'us-east-1' } as const
  const zone = async (Name: string, more: object = {}) => {
    const input = { Name, CallerReference: Name, ...more }
    const { HostedZone } = await route53.send(new CreateHostedZoneCommand(input))
    return HostedZone?.Id?.replace('/hostedzone/', '')
  }
  const HostedZoneId = await zone('ring.dev')
  const privateId = await zone('ring.internal', { VPC })
  const record = {
    Name: 'www.ring.dev',
    Type: 'A' as const,
    TTL: 60,
    ResourceRecords: [{ Value: '192.0.2.1' }],
  }
  const { ChangeInfo } = await route53.send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId,
      ChangeBatch: { Changes: [{ Action: 'CREATE', ResourceRecordSet: record }] },
    }),
  )
  const AddTags = [{ Key: 'ring', Value: 'one' }]
  const tagged = { ResourceType: 'hostedzone', ResourceId: HostedZoneId, AddTags } as const
  await route53.send(new ChangeTagsForResourceCommand(tagged))
  const { HealthCheck } = await route53.send(
    new CreateHealthCheckCommand({
      CallerReference: 'ring',
      HealthCheckConfig: { Type: 'HTTPS', FullyQualifiedDomainName: 'www.ring.dev' },
    }),
  )
  const { DelegationSet } = await route53.send(
    new CreateReusableDelegationSetCommand({ CallerReference: 'ring' }),
  )
  const authorization = { HostedZoneId: privateId, VPC: { ...VPC, VPCId: 'vpc-0123456789abcdef0' } }
  await route53.send(new CreateVPCAssociationAuthorizationCommand(authorization))
  const setId = DelegationSet?.Id?.replace('/delegationset/', '')
  const Change = { Action: 'UPSERT', ResourceRecordSet: record } as const
  const forPrivate = [
    'AssociateVPCWithHostedZone',
    'DisassociateVPCFromHostedZone',
    'CreateVPCAssociationAuthorization',
    'DeleteVPCAssociationAuthorization',
    'ListVPCAssociationAuthorizations',
  ]
  return {
    HostedZoneId,
    ...Object.fromEntries(forPrivate.map((name) => [`${name}.HostedZoneId`, privateId])),
    VPC,
    'VPC.VPCId': VPC.VPCId,
    VPCId: VPC.VPCId,
    VPCRegion: VPC.VPCRegion,
    Id: HostedZoneId,
    'GetChange.Id': ChangeInfo?.Id?.replace('/change/', ''),
    'GetReusableDelegationSet.Id': setId,
    'DeleteReusableDelegationSet.Id': setId,
    DelegationSetId: setId,
    HealthCheckId: HealthCheck?.Id,
    ResourceType: 'hostedzone',
    ResourceId: HostedZoneId,
    'ResourceIds[]': HostedZoneId,
    'CreateHostedZone.Name': 'new.ring.dev',
    CallerReference: 'ring-new',
    'Changes[]': Change,
    ResourceRecordSet: record,
    RecordName: 'www.ring.dev',
    RecordType: 'A',
    StartRecordName: 'www.ring.dev',
    DNSName: 'ring.dev',
    MaxItems: '1',
    MaxResults: '1',
    HealthCheckConfig: { Type: 'HTTPS', FullyQualifiedDomainName: 'www.ring.dev' },
  }
}
