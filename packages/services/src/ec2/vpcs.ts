import {
  CreateVpc,
  DeleteVpc,
  DescribeVpcAttribute,
  DescribeVpcs,
  type Vpc as ModelVpc,
  ModifyVpcAttribute,
} from '@cloud-orrery/models/ec2'
import type { Context } from '../context.ts'
import { notModelled } from '../shared/not-modelled.ts'
import { cidrOf, textOf } from './cidr.ts'
import { makeVpc } from './default-vpc.ts'
import { dependencyViolation, invalidValue, missingParameter, notFound, refusal } from './errors.ts'
import { vpcsMax } from './limits.ts'
import { type Listing, listed } from './listings.ts'
import { anywhere, ec2Operation, making, on } from './operations.ts'
import {
  internetGateways,
  natGateways,
  routeTables,
  securityGroups,
  securityRules,
  subnets,
  tagSets,
  type Vpc,
  vpcs,
} from './state.ts'
import { givenTags, putTags, tagsOf } from './tags.ts'

export function findVpc(ctx: Context, id: string): Vpc {
  const vpc = vpcs.get(ctx, id)
  if (vpc === undefined) throw notFound('vpc', id)
  return vpc
}

function view(ctx: Context, vpc: Vpc, state: string): ModelVpc {
  return {
    OwnerId: ctx.accountId,
    InstanceTenancy: vpc.tenancy,
    Ipv6CidrBlockAssociationSet: [],
    CidrBlockAssociationSet: [
      {
        AssociationId: vpc.associationId,
        CidrBlock: vpc.cidr,
        CidrBlockState: { State: 'associated' },
      },
    ],
    IsDefault: vpc.isDefault,
    Tags: tagsOf(ctx, vpc.id),
    VpcId: vpc.id,
    State: state,
    CidrBlock: vpc.cidr,
    DhcpOptionsId: vpc.dhcpOptionsId,
  }
}

export const createVpc = ec2Operation(CreateVpc, {
  authorize: ({ TagSpecifications }, ctx) => making(ctx, 'vpc', 'CreateVpc', TagSpecifications),
  provenance: 'modelled',
  refuses: [
    ...([
      'Ipv6Pool',
      'Ipv6CidrBlock',
      'Ipv4IpamPoolId',
      'Ipv4NetmaskLength',
      'Ipv6IpamPoolId',
    ] as const),
    ...(['Ipv6NetmaskLength', 'Ipv6CidrBlockNetworkBorderGroup', 'VpcEncryptionControl'] as const),
  ],
  run(ctx, { CidrBlock, InstanceTenancy, AmazonProvidedIpv6CidrBlock, TagSpecifications }) {
    if (AmazonProvidedIpv6CidrBlock === true) throw notModelled('IPv6 blocks of VPCs')
    if (CidrBlock === undefined) throw missingParameter('cidrBlock')
    const cidr = cidrOf(CidrBlock)
    if (cidr === undefined) throw malformedCidr(CidrBlock)
    if (cidr.bits < 16 || cidr.bits > 28) {
      throw refusal('InvalidVpc.Range', `The CIDR '${CidrBlock}' is invalid.`)
    }
    const tags = givenTags(ctx, 'vpc', TagSpecifications)
    if (vpcs.count(ctx) >= vpcsMax) {
      throw refusal('VpcLimitExceeded', 'The maximum number of VPCs has been reached.')
    }
    const vpc = makeVpc(ctx, textOf(cidr), { tenancy: InstanceTenancy ?? 'default' })
    putTags(ctx, 'vpc', vpc.id, tags)
    return { Vpc: view(ctx, vpc, 'pending') }
  },
})

export function malformedCidr(text: string) {
  return invalidValue(
    `Value (${text}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`,
  )
}

/** What a VPC has from the start goes with it; whatever was added keeps it. */
export const deleteVpc = ec2Operation(DeleteVpc, {
  authorize: ({ VpcId }, ctx) => on(ctx, 'vpc', VpcId),
  provenance: 'modelled',
  run(ctx, { VpcId }) {
    const vpc = findVpc(ctx, VpcId)
    const isUsed =
      subnets.first(ctx, 'vpc', VpcId) !== undefined ||
      internetGateways.first(ctx, 'vpc', VpcId) !== undefined ||
      [...routeTables.where(ctx, 'vpc', VpcId)].length > 1 ||
      [...securityGroups.where(ctx, 'vpc', VpcId)].length > 1
    if (isUsed) {
      throw dependencyViolation(`The vpc '${VpcId}' has dependencies and cannot be deleted.`)
    }
    for (const { id } of [...routeTables.where(ctx, 'vpc', VpcId)]) {
      routeTables.delete(ctx, id)
      tagSets.delete(ctx, id)
    }
    for (const { id } of [...securityRules.where(ctx, 'group', vpc.defaultGroupId)]) {
      securityRules.delete(ctx, id)
    }
    securityGroups.delete(ctx, vpc.defaultGroupId)
    vpcs.delete(ctx, VpcId)
    for (const id of [VpcId, vpc.defaultGroupId]) tagSets.delete(ctx, id)
    return {}
  },
})

const listing: Listing<Vpc> = {
  table: vpcs,
  missing: (id) => notFound('vpc', id),
  filters: {
    cidr: ({ cidr }) => cidr,
    'cidr-block': ({ cidr }) => cidr,
    cidrBlock: ({ cidr }) => cidr,
    'cidr-block-association.association-id': ({ associationId }) => associationId,
    'cidr-block-association.cidr-block': ({ cidr }) => cidr,
    'cidr-block-association.state': () => 'associated',
    'dhcp-options-id': ({ dhcpOptionsId }) => dhcpOptionsId,
    'is-default': ({ isDefault }) => String(isDefault),
    isDefault: ({ isDefault }) => String(isDefault),
    'owner-id': (_, { accountId }) => accountId,
    state: () => 'available',
    'vpc-id': ({ id }) => id,
  },
}

export const describeVpcs = ec2Operation(DescribeVpcs, {
  authorize: anywhere,
  provenance: 'modelled',
  run(ctx, { VpcIds, Filters, NextToken, MaxResults }) {
    const request = { ids: VpcIds, filters: Filters, token: NextToken, itemsMax: MaxResults }
    const { items, ...rest } = listed(ctx, listing, request)
    return { Vpcs: items.map((vpc) => view(ctx, vpc, 'available')), ...rest }
  },
})

export const modifyVpcAttribute = ec2Operation(ModifyVpcAttribute, {
  authorize: ({ VpcId }, ctx) => on(ctx, 'vpc', VpcId),
  provenance: 'modelled',
  run(ctx, { VpcId, EnableDnsHostnames, EnableDnsSupport, EnableNetworkAddressUsageMetrics }) {
    findVpc(ctx, VpcId)
    const given = [EnableDnsHostnames, EnableDnsSupport, EnableNetworkAddressUsageMetrics]
    if (given.filter((it) => it !== undefined).length !== 1) {
      throw refusal(
        'InvalidParameterCombination',
        'Exactly one attribute to modify has to be given for a VPC.',
      )
    }
    vpcs.update(ctx, VpcId, {
      ...(EnableDnsHostnames === undefined
        ? {}
        : { dnsHostnames: EnableDnsHostnames.Value === true }),
      ...(EnableDnsSupport === undefined ? {} : { dnsSupport: EnableDnsSupport.Value === true }),
      ...(EnableNetworkAddressUsageMetrics === undefined
        ? {}
        : { usageMetrics: EnableNetworkAddressUsageMetrics.Value === true }),
    })
    return {}
  },
})

export const describeVpcAttribute = ec2Operation(DescribeVpcAttribute, {
  authorize: ({ VpcId }, ctx) => on(ctx, 'vpc', VpcId),
  provenance: 'modelled',
  run(ctx, { VpcId, Attribute }) {
    const { dnsSupport, dnsHostnames, usageMetrics } = findVpc(ctx, VpcId)
    switch (Attribute) {
      case 'enableDnsSupport':
        return { VpcId, EnableDnsSupport: { Value: dnsSupport } }
      case 'enableDnsHostnames':
        return { VpcId, EnableDnsHostnames: { Value: dnsHostnames } }
      case 'enableNetworkAddressUsageMetrics':
        return { VpcId, EnableNetworkAddressUsageMetrics: { Value: usageMetrics } }
      default:
        throw invalidValue(
          `Value (${Attribute}) for parameter attribute is invalid. Unknown attribute.`,
        )
    }
  },
})

/** Gateways of a subnet that are there, in whatever state. */
export function hasNatGateway(ctx: Context, subnetId: string): boolean {
  for (const { state } of natGateways.where(ctx, 'subnet', subnetId)) {
    if (state !== 'deleted') return true
  }
  return false
}
