import {
  AttachInternetGateway,
  CreateInternetGateway,
  DeleteInternetGateway,
  DescribeInternetGateways,
  DetachInternetGateway,
  type InternetGateway as ModelGateway,
} from '@cloud-orrery/models/ec2'
import type { Context } from '../context.ts'
import { dependencyViolation, notFound, refusal } from './errors.ts'
import { newId } from './ids.ts'
import { internetGatewaysMax } from './limits.ts'
import { type Listing, listed } from './listings.ts'
import { anywhere, ec2Operation, making, on } from './operations.ts'
import { addresses, type InternetGateway, internetGateways, subnets, tagSets } from './state.ts'
import { givenTags, putTags, tagsOf } from './tags.ts'
import { findVpc } from './vpcs.ts'

function findGateway(ctx: Context, id: string): InternetGateway {
  const gateway = internetGateways.get(ctx, id)
  if (gateway === undefined) throw notFound('internet-gateway', id)
  return gateway
}

function view(ctx: Context, { id, vpcId }: InternetGateway): ModelGateway {
  return {
    Attachments: vpcId === undefined ? [] : [{ State: 'available', VpcId: vpcId }],
    InternetGatewayId: id,
    OwnerId: ctx.accountId,
    Tags: tagsOf(ctx, id),
  }
}

export const createInternetGateway = ec2Operation(CreateInternetGateway, {
  authorize: ({ TagSpecifications }, ctx) =>
    making(ctx, 'internet-gateway', 'CreateInternetGateway', TagSpecifications),
  provenance: 'modelled',
  run(ctx, { TagSpecifications }) {
    const tags = givenTags(ctx, 'internet-gateway', TagSpecifications)
    if (internetGateways.count(ctx) >= internetGatewaysMax) {
      throw refusal(
        'InternetGatewayLimitExceeded',
        'The maximum number of internet gateways has been reached.',
      )
    }
    const id = newId(ctx, 'internet-gateway')
    const gateway = internetGateways.put(ctx, { id, isDefault: false })
    putTags(ctx, 'internet-gateway', id, tags)
    return { InternetGateway: view(ctx, gateway) }
  },
})

export const deleteInternetGateway = ec2Operation(DeleteInternetGateway, {
  authorize: ({ InternetGatewayId }, ctx) => on(ctx, 'internet-gateway', InternetGatewayId),
  provenance: 'modelled',
  run(ctx, { InternetGatewayId }) {
    if (findGateway(ctx, InternetGatewayId).vpcId !== undefined) {
      throw dependencyViolation(
        `The internetGateway '${InternetGatewayId}' has dependencies and cannot be deleted.`,
      )
    }
    internetGateways.delete(ctx, InternetGatewayId)
    tagSets.delete(ctx, InternetGatewayId)
    return {}
  },
})

export const attachInternetGateway = ec2Operation(AttachInternetGateway, {
  authorize: ({ InternetGatewayId, VpcId }, ctx) => [
    on(ctx, 'internet-gateway', InternetGatewayId),
    on(ctx, 'vpc', VpcId),
  ],
  provenance: 'modelled',
  run(ctx, { InternetGatewayId, VpcId }) {
    const gateway = findGateway(ctx, InternetGatewayId)
    findVpc(ctx, VpcId)
    if (gateway.vpcId !== undefined) {
      throw refusal(
        'Resource.AlreadyAssociated',
        `resource ${InternetGatewayId} is already attached to network ${gateway.vpcId}`,
      )
    }
    if (internetGateways.first(ctx, 'vpc', VpcId) !== undefined) {
      throw refusal(
        'InvalidParameterValue',
        `Network ${VpcId} already has an internet gateway attached`,
      )
    }
    internetGateways.put(ctx, { ...gateway, vpcId: VpcId })
    return {}
  },
})

/** Addresses in use keep their VPC's way to the internet. */
export const detachInternetGateway = ec2Operation(DetachInternetGateway, {
  authorize: ({ InternetGatewayId, VpcId }, ctx) => [
    on(ctx, 'internet-gateway', InternetGatewayId),
    on(ctx, 'vpc', VpcId),
  ],
  provenance: 'modelled',
  run(ctx, { InternetGatewayId, VpcId }) {
    const { vpcId, ...rest } = findGateway(ctx, InternetGatewayId)
    if (vpcId !== VpcId) {
      throw refusal(
        'Gateway.NotAttached',
        `resource ${InternetGatewayId} is not attached to network ${VpcId}`,
      )
    }
    for (const { use } of addresses.scan(ctx)) {
      if (use !== undefined && subnets.get(ctx, use.subnetId)?.vpcId === VpcId) {
        throw dependencyViolation(
          `Network ${VpcId} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`,
        )
      }
    }
    internetGateways.put(ctx, rest)
    return {}
  },
})

const listing: Listing<InternetGateway> = {
  table: internetGateways,
  missing: (id) => notFound('internet-gateway', id),
  filters: {
    'attachment.state': ({ vpcId }) => (vpcId === undefined ? undefined : 'available'),
    'attachment.vpc-id': ({ vpcId }) => vpcId,
    'internet-gateway-id': ({ id }) => id,
    'owner-id': (_, { accountId }) => accountId,
  },
}

export const describeInternetGateways = ec2Operation(DescribeInternetGateways, {
  authorize: anywhere,
  provenance: 'modelled',
  run(ctx, { InternetGatewayIds, Filters, NextToken, MaxResults }) {
    const { items, ...rest } = listed(ctx, listing, {
      ids: InternetGatewayIds,
      filters: Filters,
      token: NextToken,
      itemsMax: MaxResults,
    })
    return { InternetGateways: items.map((gateway) => view(ctx, gateway)), ...rest }
  },
})
