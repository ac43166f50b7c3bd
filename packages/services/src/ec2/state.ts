import { type Scope, table } from '@cloud-orrery/kernel'
import { type Ec2Type, ec2Arn } from './ids.ts'

export interface Tag {
  readonly key: string
  readonly value: string
}

/** Tags of one resource, in the order in which they came. */
export interface TagsRecord {
  readonly id: string
  readonly type: Ec2Type
  readonly tags: readonly Tag[]
}

export const tagSets = table<TagsRecord>('ec2.tags', {
  key: (it) => it.id,
  partition: 'region',
})

/** What every account has from the start is no leftover of anyone's. */
function named(type: Ec2Type) {
  return ({ id, isDefault }: { id: string; isDefault?: boolean }, scope: Scope) =>
    isDefault === true ? undefined : ec2Arn(scope, type, id)
}

export interface Vpc {
  readonly id: string
  readonly cidr: string
  readonly associationId: string
  readonly tenancy: string
  readonly dhcpOptionsId: string
  readonly networkAclId: string
  readonly defaultGroupId: string
  readonly isDefault: boolean
  readonly dnsSupport: boolean
  readonly dnsHostnames: boolean
  readonly usageMetrics: boolean
}

export const vpcs = table<Vpc>('ec2.vpcs', {
  key: (it) => it.id,
  partition: 'region',
  resource: named('vpc'),
})

export interface Subnet {
  readonly id: string
  readonly vpcId: string
  readonly cidr: string
  readonly zone: string
  readonly isDefault: boolean
  readonly mapsPublicIp: boolean
  readonly aclAssociationId: string
  readonly hostnameType: string
  readonly answersA: boolean
  /** Addresses that were given out in it, in the order of their numbers. */
  readonly lastAddress: number
}

export const subnets = table<Subnet, 'vpc'>('ec2.subnets', {
  key: (it) => it.id,
  partition: 'region',
  indexes: { vpc: (it) => it.vpcId },
  resource: named('subnet'),
})

export interface SecurityGroup {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly vpcId: string
  /** The group that each VPC has. */
  readonly isDefault: boolean
}

export const securityGroups = table<SecurityGroup, 'vpc'>('ec2.security-groups', {
  key: (it) => it.id,
  partition: 'region',
  indexes: { vpc: (it) => it.vpcId },
  resource: named('security-group'),
})

/** One rule: one protocol, one range of ports, one source or destination. */
export interface SecurityRule {
  readonly id: string
  readonly groupId: string
  readonly isEgress: boolean
  readonly protocol: string
  readonly fromPort: number
  readonly toPort: number
  readonly peer: RulePeer
  readonly description?: string
}

export type RulePeer =
  | { readonly cidrIpv4: string }
  | { readonly cidrIpv6: string }
  | { readonly groupId: string; readonly userId: string }
  | { readonly prefixListId: string }

export const securityRules = table<SecurityRule, 'group' | 'referenced'>('ec2.security-rules', {
  key: (it) => it.id,
  partition: 'region',
  indexes: {
    group: (it) => it.groupId,
    referenced: (it) => ('groupId' in it.peer ? it.peer.groupId : undefined),
  },
})

export interface InternetGateway {
  readonly id: string
  readonly vpcId?: string
  readonly isDefault: boolean
}

export const internetGateways = table<InternetGateway, 'vpc'>('ec2.internet-gateways', {
  key: (it) => it.id,
  partition: 'region',
  indexes: { vpc: (it) => it.vpcId },
  resource: named('internet-gateway'),
})

export interface RouteRecord {
  /** A block of IPv4 or IPv6 addresses. */
  readonly destination: string
  readonly target:
    | { readonly kind: 'local' }
    | { readonly kind: 'gateway' | 'nat' | 'interface'; readonly id: string }
}

export interface RouteTable {
  readonly id: string
  readonly vpcId: string
  /** The table of subnets that have none of their own. */
  readonly isMain: boolean
  /** Of the main table's association. */
  readonly mainAssociationId?: string
  readonly isDefault: boolean
  readonly routes: readonly RouteRecord[]
  readonly clientToken?: string
}

export const routeTables = table<RouteTable, 'vpc' | 'token'>('ec2.route-tables', {
  key: (it) => it.id,
  partition: 'region',
  indexes: { vpc: (it) => it.vpcId, token: (it) => it.clientToken },
  // The main table comes and goes with its VPC.
  resource: ({ id, isMain }, scope) => (isMain ? undefined : ec2Arn(scope, 'route-table', id)),
})

export interface RouteAssociation {
  readonly id: string
  readonly routeTableId: string
  readonly subnetId: string
}

export const routeAssociations = table<RouteAssociation, 'table' | 'subnet'>(
  'ec2.route-associations',
  {
    key: (it) => it.id,
    partition: 'region',
    indexes: { table: (it) => it.routeTableId, subnet: (it) => it.subnetId },
  },
)

export interface Address {
  readonly id: string
  readonly publicIp: string
  /** Present while something has it. */
  readonly use?: {
    readonly associationId: string
    readonly interfaceId: string
    readonly privateIp: string
    readonly subnetId: string
  }
}

export const addresses = table<Address, 'ip'>('ec2.addresses', {
  key: (it) => it.id,
  partition: 'region',
  indexes: { ip: (it) => it.publicIp },
  resource: named('elastic-ip'),
})

/** Addresses that are given out, in all accounts and regions. */
export const publicAddresses = table<{ readonly ip: string; readonly id: string }>(
  'ec2.public-addresses',
  { key: (it) => it.ip, partition: 'cloud' },
)

export interface NatGateway {
  readonly id: string
  readonly subnetId: string
  readonly vpcId: string
  readonly connectivity: 'public' | 'private'
  readonly state: 'pending' | 'available' | 'deleting' | 'deleted'
  readonly createdAtMs: number
  readonly deletedAtMs?: number
  readonly interfaceId: string
  readonly privateIp: string
  readonly allocationId?: string
  readonly publicIp?: string
  readonly associationId?: string
  readonly clientToken?: string
}

export const natGateways = table<NatGateway, 'subnet' | 'token'>('ec2.nat-gateways', {
  key: (it) => it.id,
  partition: 'region',
  indexes: { subnet: (it) => it.subnetId, token: (it) => it.clientToken },
  resource: ({ id, state }, scope) =>
    state === 'deleted' ? undefined : ec2Arn(scope, 'natgateway', id),
})

export interface NetworkInterface {
  readonly id: string
  readonly subnetId: string
  readonly vpcId: string
  readonly zone: string
  readonly description: string
  readonly groupIds: readonly string[]
  readonly privateIp: string
  readonly macAddress: string
  readonly createdAtMs: number
  /** `interface`, `nat_gateway` */
  readonly kind: string
  /** The service that made it for its own use: `elasticloadbalancing.amazonaws.com`. */
  readonly madeBy?: string
  readonly clientToken?: string
}

export const networkInterfaces = table<NetworkInterface, 'subnet' | 'group' | 'token'>(
  'ec2.network-interfaces',
  {
    key: (it) => it.id,
    partition: 'region',
    indexes: {
      subnet: (it) => it.subnetId,
      group: (it) => it.groupIds,
      token: (it) => it.clientToken,
    },
    resource: ({ id, madeBy }, scope) =>
      madeBy === undefined ? ec2Arn(scope, 'network-interface', id) : undefined,
  },
)

/** A region in which the default VPC was made. */
export const preparedRegions = table<{ readonly region: string }>('ec2.prepared-regions', {
  key: (it) => it.region,
  partition: 'region',
})
