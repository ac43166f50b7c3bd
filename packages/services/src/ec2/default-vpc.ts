import type { Context } from '../context.ts'
import { addressText, cidrOf } from './cidr.ts'
import { newId, suffixed } from './ids.ts'
import {
  internetGateways,
  preparedRegions,
  routeTables,
  securityGroups,
  securityRules,
  subnets,
  type Vpc,
  vpcs,
} from './state.ts'
import { zonesOf } from './zones.ts'

/** Blocks of the default VPC and its subnets. Source: VPC user guide, "Default VPC components". */
const defaultCidr = '172.31.0.0/16'
const defaultSubnetBits = 20

/** A VPC with what each one has from the start: a main route table, a security group and a network ACL. */
export function makeVpc(ctx: Context, cidr: string, given: Partial<Vpc> = {}): Vpc {
  const isDefault = given.isDefault ?? false
  const groupId = newId(ctx, 'security-group')
  const vpc = vpcs.put(ctx, {
    id: newId(ctx, 'vpc'),
    cidr,
    associationId: suffixed(ctx, 'vpc-cidr-assoc'),
    tenancy: 'default',
    dhcpOptionsId: dhcpOptionsOf(ctx),
    networkAclId: suffixed(ctx, 'acl'),
    defaultGroupId: groupId,
    isDefault,
    dnsSupport: true,
    dnsHostnames: isDefault,
    usageMetrics: false,
    ...given,
  })
  routeTables.put(ctx, {
    id: newId(ctx, 'route-table'),
    vpcId: vpc.id,
    isMain: true,
    mainAssociationId: suffixed(ctx, 'rtbassoc'),
    isDefault,
    routes: [{ destination: cidr, target: { kind: 'local' } }],
  })
  const description = 'default VPC security group'
  const all = { protocol: '-1', fromPort: -1, toPort: -1 }
  securityGroups.put(ctx, {
    id: groupId,
    name: 'default',
    description,
    vpcId: vpc.id,
    isDefault: true,
  })
  const self = { groupId, userId: ctx.accountId }
  const ruleId = () => newId(ctx, 'security-group-rule')
  securityRules.put(ctx, { id: ruleId(), groupId, isEgress: false, ...all, peer: self })
  const everywhere = { cidrIpv4: '0.0.0.0/0' }
  securityRules.put(ctx, { id: ruleId(), groupId, isEgress: true, ...all, peer: everywhere })
  return vpc
}

/** The region's own set of DHCP options, which all VPCs share. */
function dhcpOptionsOf(ctx: Context): string {
  for (const { dhcpOptionsId } of vpcs.scan(ctx)) return dhcpOptionsId
  return suffixed(ctx, 'dopt')
}

/**
 * Makes what each account has in each region: a VPC, a subnet a zone, a gateway. It is made when the region is first
 * used, so that accounts that never use EC2 cost nothing.
 */
export function prepareRegion(ctx: Context): void {
  const { region } = ctx
  if (preparedRegions.has(ctx, region)) return
  preparedRegions.put(ctx, { region })
  const vpc = makeVpc(ctx, defaultCidr, { isDefault: true })
  const first = cidrOf(defaultCidr)?.first ?? 0
  for (const [at, { name }] of zonesOf(region).entries()) {
    const start = addressText(first + at * 2 ** (32 - defaultSubnetBits))
    subnets.put(ctx, {
      id: newId(ctx, 'subnet'),
      vpcId: vpc.id,
      cidr: `${start}/${defaultSubnetBits}`,
      zone: name,
      isDefault: true,
      mapsPublicIp: true,
      aclAssociationId: suffixed(ctx, 'aclassoc'),
      hostnameType: 'ip-name',
      answersA: false,
      lastAddress: 0,
    })
  }
  const gateway = internetGateways.put(ctx, {
    id: newId(ctx, 'internet-gateway'),
    vpcId: vpc.id,
    isDefault: true,
  })
  for (const table of routeTables.where(ctx, 'vpc', vpc.id)) {
    const target = { kind: 'gateway', id: gateway.id } as const
    const routes = [...table.routes, { destination: '0.0.0.0/0', target }]
    routeTables.update(ctx, table.id, { routes })
  }
}
