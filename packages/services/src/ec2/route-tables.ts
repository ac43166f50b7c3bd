import {
  AssociateRouteTable,
  CreateRouteTable,
  DeleteRouteTable,
  DescribeRouteTables,
  DisassociateRouteTable,
  type RouteTable as ModelTable,
  ReplaceRouteTableAssociation,
  type Route,
  type RouteTableAssociation,
} from '@cloud-orrery/models/ec2'
import type { Context } from '../context.ts'
import { dependencyViolation, missingParameter, notFound, refusal } from './errors.ts'
import { newId, suffixed } from './ids.ts'
import { type Listing, listed } from './listings.ts'
import { anywhere, ec2Operation, making, on } from './operations.ts'
import {
  internetGateways,
  natGateways,
  networkInterfaces,
  type RouteAssociation,
  type RouteRecord,
  type RouteTable,
  routeAssociations,
  routeTables,
  tagSets,
} from './state.ts'
import { findSubnet } from './subnets.ts'
import { givenTags, putTags, tagsOf } from './tags.ts'
import { findVpc } from './vpcs.ts'

export function findTable(ctx: Context, id: string): RouteTable {
  const found = routeTables.get(ctx, id)
  if (found === undefined) throw notFound('route-table', id)
  return found
}

function associationsOf(ctx: Context, table: RouteTable): RouteTableAssociation[] {
  const { id, mainAssociationId } = table
  const AssociationState = { State: 'associated' }
  const main =
    mainAssociationId === undefined
      ? []
      : [
          {
            Main: true,
            RouteTableAssociationId: mainAssociationId,
            RouteTableId: id,
            AssociationState,
          },
        ]
  const others = [...routeAssociations.where(ctx, 'table', id)].map((it) => ({
    Main: false,
    RouteTableAssociationId: it.id,
    RouteTableId: id,
    SubnetId: it.subnetId,
    AssociationState,
  }))
  return [...main, ...others]
}

/** A route whose target is gone stays, as a black hole. */
export function stateOf(ctx: Context, { target }: RouteRecord): 'active' | 'blackhole' {
  switch (target.kind) {
    case 'local':
      return 'active'
    case 'gateway':
      return internetGateways.get(ctx, target.id)?.vpcId === undefined ? 'blackhole' : 'active'
    case 'nat': {
      const state = natGateways.get(ctx, target.id)?.state
      return state === 'available' || state === 'pending' ? 'active' : 'blackhole'
    }
    case 'interface':
      return networkInterfaces.has(ctx, target.id) ? 'active' : 'blackhole'
    default:
      return target satisfies never
  }
}

function routeView(ctx: Context, route: RouteRecord): Route {
  const { destination, target } = route
  return {
    ...(destination.includes(':')
      ? { DestinationIpv6CidrBlock: destination }
      : { DestinationCidrBlock: destination }),
    ...(target.kind === 'local' ? { GatewayId: 'local' } : {}),
    ...(target.kind === 'gateway' ? { GatewayId: target.id } : {}),
    ...(target.kind === 'nat' ? { NatGatewayId: target.id } : {}),
    ...(target.kind === 'interface' ? { NetworkInterfaceId: target.id } : {}),
    Origin: target.kind === 'local' ? 'CreateRouteTable' : 'CreateRoute',
    State: stateOf(ctx, route),
  }
}

function view(ctx: Context, table: RouteTable): ModelTable {
  return {
    Associations: associationsOf(ctx, table),
    PropagatingVgws: [],
    RouteTableId: table.id,
    Routes: table.routes.map((route) => routeView(ctx, route)),
    Tags: tagsOf(ctx, table.id),
    VpcId: table.vpcId,
    OwnerId: ctx.accountId,
  }
}

export const createRouteTable = ec2Operation(CreateRouteTable, {
  authorize: ({ VpcId, TagSpecifications }, ctx) => [
    ...making(ctx, 'route-table', 'CreateRouteTable', TagSpecifications),
    on(ctx, 'vpc', VpcId),
  ],
  provenance: 'recorded',
  run(ctx, { VpcId, TagSpecifications, ClientToken }) {
    const same = ClientToken && routeTables.first(ctx, 'token', ClientToken)
    if (same) return { RouteTable: view(ctx, same), ClientToken }
    const vpc = findVpc(ctx, VpcId)
    const tags = givenTags(ctx, 'route-table', TagSpecifications)
    const id = newId(ctx, 'route-table')
    const local = { destination: vpc.cidr, target: { kind: 'local' } } as const
    const table = routeTables.put(ctx, {
      id,
      vpcId: VpcId,
      isMain: false,
      isDefault: false,
      routes: [local],
      ...(ClientToken === undefined ? {} : { clientToken: ClientToken }),
    })
    putTags(ctx, 'route-table', id, tags)
    return { RouteTable: view(ctx, table), ClientToken }
  },
})

export const deleteRouteTable = ec2Operation(DeleteRouteTable, {
  authorize: ({ RouteTableId }, ctx) => on(ctx, 'route-table', RouteTableId),
  provenance: 'modelled',
  run(ctx, { RouteTableId }) {
    const { isMain } = findTable(ctx, RouteTableId)
    if (isMain || routeAssociations.first(ctx, 'table', RouteTableId) !== undefined) {
      throw dependencyViolation(
        `The routeTable '${RouteTableId}' has dependencies and cannot be deleted.`,
      )
    }
    routeTables.delete(ctx, RouteTableId)
    tagSets.delete(ctx, RouteTableId)
    return {}
  },
})

const associated = { State: 'associated' } as const

export const associateRouteTable = ec2Operation(AssociateRouteTable, {
  authorize: ({ RouteTableId, SubnetId }, ctx) => [
    on(ctx, 'route-table', RouteTableId),
    ...(SubnetId === undefined ? [] : [on(ctx, 'subnet', SubnetId)]),
  ],
  provenance: 'recorded',
  refuses: ['GatewayId', 'PublicIpv4Pool'],
  run(ctx, { RouteTableId, SubnetId }) {
    const table = findTable(ctx, RouteTableId)
    if (SubnetId === undefined) throw missingParameter('subnetId')
    const subnet = findSubnet(ctx, SubnetId)
    if (subnet.vpcId !== table.vpcId) {
      throw refusal(
        'InvalidParameterValue',
        `Route table ${RouteTableId} and network ${SubnetId} belong to different networks`,
      )
    }
    const present = routeAssociations.first(ctx, 'subnet', SubnetId)
    if (present?.routeTableId === RouteTableId) {
      return { AssociationId: present.id, AssociationState: associated }
    }
    if (present !== undefined) {
      throw refusal(
        'Resource.AlreadyAssociated',
        `the specified association for route table ${RouteTableId} conflicts with an existing association`,
      )
    }
    const id = suffixed(ctx, 'rtbassoc')
    routeAssociations.put(ctx, { id, routeTableId: RouteTableId, subnetId: SubnetId })
    return { AssociationId: id, AssociationState: associated }
  },
})

function findAssociation(ctx: Context, id: string): RouteAssociation {
  const association = routeAssociations.get(ctx, id)
  if (association === undefined) throw notFound('association', id)
  return association
}

export const disassociateRouteTable = ec2Operation(DisassociateRouteTable, {
  authorize: ({ AssociationId }, ctx) =>
    on(ctx, 'route-table', routeAssociations.get(ctx, AssociationId ?? '')?.routeTableId),
  provenance: 'recorded',
  run(ctx, { AssociationId }) {
    for (const { mainAssociationId } of routeTables.scan(ctx)) {
      if (mainAssociationId === AssociationId) {
        throw refusal(
          'InvalidParameterValue',
          `cannot disassociate the main route table association ${AssociationId}`,
        )
      }
    }
    findAssociation(ctx, AssociationId)
    routeAssociations.delete(ctx, AssociationId)
    return {}
  },
})

export const replaceRouteTableAssociation = ec2Operation(ReplaceRouteTableAssociation, {
  authorize: ({ RouteTableId }, ctx) => on(ctx, 'route-table', RouteTableId),
  provenance: 'modelled',
  run(ctx, { AssociationId, RouteTableId }) {
    const table = findTable(ctx, RouteTableId)
    const id = suffixed(ctx, 'rtbassoc')
    const answer = { NewAssociationId: id, AssociationState: associated }
    for (const main of routeTables.where(ctx, 'vpc', table.vpcId)) {
      if (main.mainAssociationId !== AssociationId) continue
      const { mainAssociationId: _, ...rest } = main
      routeTables.put(ctx, { ...rest, isMain: false })
      routeTables.update(ctx, RouteTableId, { isMain: true, mainAssociationId: id })
      return answer
    }
    const association = findAssociation(ctx, AssociationId)
    routeAssociations.delete(ctx, AssociationId)
    routeAssociations.put(ctx, { ...association, id, routeTableId: RouteTableId })
    return answer
  },
})

const listing: Listing<RouteTable> = {
  table: routeTables,
  missing: (id) => notFound('route-table', id),
  filters: {
    'association.main': (table, ctx) => associationsOf(ctx, table).map(({ Main }) => String(Main)),
    'association.route-table-association-id': (table, ctx) =>
      associationsOf(ctx, table).flatMap(
        ({ RouteTableAssociationId = [] }) => RouteTableAssociationId,
      ),
    'association.route-table-id': ({ id }) => id,
    'association.subnet-id': ({ id }, ctx) =>
      [...routeAssociations.where(ctx, 'table', id)].map(({ subnetId }) => subnetId),
    'owner-id': (_, { accountId }) => accountId,
    'route-table-id': ({ id }) => id,
    'route.destination-cidr-block': ({ routes }) => routes.map(({ destination }) => destination),
    'route.gateway-id': ({ routes }) =>
      routes.flatMap(({ target }) =>
        target.kind === 'gateway' ? [target.id] : target.kind === 'local' ? ['local'] : [],
      ),
    'route.nat-gateway-id': ({ routes }) =>
      routes.flatMap(({ target }) => (target.kind === 'nat' ? [target.id] : [])),
    'route.state': ({ routes }, ctx) => routes.map((route) => stateOf(ctx, route)),
    'vpc-id': ({ vpcId }) => vpcId,
  },
}

export const describeRouteTables = ec2Operation(DescribeRouteTables, {
  authorize: anywhere,
  provenance: 'recorded',
  run(ctx, { RouteTableIds, Filters, NextToken, MaxResults }) {
    const { items, ...rest } = listed(ctx, listing, {
      ids: RouteTableIds,
      filters: Filters,
      token: NextToken,
      itemsMax: MaxResults,
    })
    return { RouteTables: items.map((table) => view(ctx, table)), ...rest }
  },
})
