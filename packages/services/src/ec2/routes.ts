import { CreateRoute, DeleteRoute, ReplaceRoute } from '@cloud-orrery/models/ec2'
import type { Context } from '../context.ts'
import { cidrOf, contains, isIpv6Cidr, textOf } from './cidr.ts'
import { invalidValue, missingParameter, notFound, refusal } from './errors.ts'
import { routesMax } from './limits.ts'
import { ec2Operation, on } from './operations.ts'
import { findTable } from './route-tables.ts'
import {
  internetGateways,
  natGateways,
  networkInterfaces,
  type RouteRecord,
  type RouteTable,
  routeTables,
} from './state.ts'

interface Destination {
  readonly DestinationCidrBlock?: string | undefined
  readonly DestinationIpv6CidrBlock?: string | undefined
}

function destinationOf({ DestinationCidrBlock, DestinationIpv6CidrBlock }: Destination): string {
  if (DestinationIpv6CidrBlock !== undefined) {
    if (!isIpv6Cidr(DestinationIpv6CidrBlock)) {
      throw invalidValue(
        `Value (${DestinationIpv6CidrBlock}) for parameter destinationIpv6CidrBlock is invalid. This is not a valid IPv6 CIDR block.`,
      )
    }
    return DestinationIpv6CidrBlock.toLowerCase()
  }
  if (DestinationCidrBlock === undefined) throw missingParameter('destinationCidrBlock')
  const cidr = cidrOf(DestinationCidrBlock)
  if (cidr === undefined) {
    throw invalidValue(
      `Value (${DestinationCidrBlock}) for parameter destinationCidrBlock is invalid. This is not a valid CIDR block.`,
    )
  }
  return textOf(cidr)
}

interface Target {
  readonly GatewayId?: string | undefined
  readonly NatGatewayId?: string | undefined
  readonly NetworkInterfaceId?: string | undefined
}

function targetOf(
  ctx: Context,
  { vpcId }: RouteTable,
  { GatewayId, NatGatewayId, NetworkInterfaceId }: Target,
): RouteRecord['target'] {
  const given = [GatewayId, NatGatewayId, NetworkInterfaceId].filter((it) => it !== undefined)
  if (given.length === 0) {
    throw refusal(
      'MissingParameter',
      'The request must contain exactly one of gatewayId, natGatewayId, networkInterfaceId, vpcPeeringConnectionId, egressOnlyInternetGatewayId, transitGatewayId, localGatewayId, carrierGatewayId, vpcEndpointId',
    )
  }
  if (given.length > 1) {
    throw refusal(
      'InvalidParameterCombination',
      'The request must contain exactly one target of the route.',
    )
  }
  if (GatewayId !== undefined) {
    const gateway = internetGateways.get(ctx, GatewayId)
    if (gateway === undefined) throw missing('InvalidGatewayID.NotFound', 'gateway ID', GatewayId)
    if (gateway.vpcId !== vpcId) throw foreign(GatewayId, vpcId)
    return { kind: 'gateway', id: GatewayId }
  }
  if (NatGatewayId !== undefined) {
    const gateway = natGateways.get(ctx, NatGatewayId)
    if (gateway === undefined || gateway.state === 'deleted') {
      throw missing('InvalidNatGatewayID.NotFound', 'natGateway ID', NatGatewayId)
    }
    if (gateway.vpcId !== vpcId) throw foreign(NatGatewayId, vpcId)
    return { kind: 'nat', id: NatGatewayId }
  }
  const id = NetworkInterfaceId ?? ''
  const found = networkInterfaces.get(ctx, id)
  if (found === undefined) throw notFound('network-interface', id)
  if (found.vpcId !== vpcId) throw foreign(id, vpcId)
  return { kind: 'interface', id }
}

function missing(code: string, name: string, id: string) {
  return refusal(code, `The ${name} '${id}' does not exist`)
}

function foreign(id: string, vpcId: string) {
  return invalidValue(
    `route table and ${id} belong to different networks: the table is of ${vpcId}`,
  )
}

const unbuilt = [
  ...(['DestinationPrefixListId', 'VpcEndpointId', 'TransitGatewayId', 'LocalGatewayId'] as const),
  ...(['CarrierGatewayId', 'CoreNetworkArn', 'OdbNetworkArn', 'InstanceId'] as const),
  ...(['EgressOnlyInternetGatewayId', 'VpcPeeringConnectionId'] as const),
] as const

export const createRoute = ec2Operation(CreateRoute, {
  authorize: ({ RouteTableId }, ctx) => on(ctx, 'route-table', RouteTableId),
  provenance: 'modelled',
  refuses: unbuilt,
  run(ctx, input) {
    const table = findTable(ctx, input.RouteTableId)
    const destination = destinationOf(input)
    const target = targetOf(ctx, table, input)
    const [local] = table.routes
    const localBlock = cidrOf(local?.destination ?? '')
    const block = cidrOf(destination)
    const present = table.routes.find((route) => route.destination === destination)
    if (present?.target.kind === 'local') {
      throw invalidValue(
        `The destination CIDR block ${destination} is equal to or more specific than one of this VPC's CIDR blocks. This route can target only an interface or an instance.`,
      )
    }
    if (present !== undefined) {
      if (JSON.stringify(present.target) === JSON.stringify(target)) return { Return: true }
      throw refusal('RouteAlreadyExists', `The route identified by ${destination} already exists.`)
    }
    const isInside = localBlock !== undefined && block !== undefined && contains(localBlock, block)
    if (isInside && target.kind !== 'interface') {
      throw invalidValue(
        `The destination CIDR block ${destination} is equal to or more specific than one of this VPC's CIDR blocks. This route can target only an interface or an instance.`,
      )
    }
    if (table.routes.length >= routesMax) {
      throw refusal('RouteLimitExceeded', `The maximum number of routes has been reached.`)
    }
    const routes = [...table.routes, { destination, target }]
    routeTables.update(ctx, table.id, { routes })
    return { Return: true }
  },
})

export const replaceRoute = ec2Operation(ReplaceRoute, {
  authorize: ({ RouteTableId }, ctx) => on(ctx, 'route-table', RouteTableId),
  provenance: 'modelled',
  refuses: [...unbuilt, 'LocalTarget'],
  run(ctx, input) {
    const table = findTable(ctx, input.RouteTableId)
    const destination = destinationOf(input)
    const target = targetOf(ctx, table, input)
    if (!table.routes.some((route) => route.destination === destination)) {
      throw invalidValue(
        `There is no route defined for '${destination}' in the route table. Use CreateRoute instead.`,
      )
    }
    const routes = table.routes.map((route) =>
      route.destination === destination ? { destination, target } : route,
    )
    routeTables.update(ctx, table.id, { routes })
    return {}
  },
})

export const deleteRoute = ec2Operation(DeleteRoute, {
  authorize: ({ RouteTableId }, ctx) => on(ctx, 'route-table', RouteTableId),
  provenance: 'modelled',
  refuses: ['DestinationPrefixListId'],
  run(ctx, input) {
    const table = findTable(ctx, input.RouteTableId)
    const destination = destinationOf(input)
    const present = table.routes.find((route) => route.destination === destination)
    if (present === undefined) {
      throw refusal(
        'InvalidRoute.NotFound',
        `no route with destination-cidr-block ${destination} in route table ${table.id}`,
      )
    }
    if (present.target.kind === 'local') {
      throw invalidValue(`cannot remove local route ${destination} in route table ${table.id}`)
    }
    const routes = table.routes.filter((route) => route !== present)
    routeTables.update(ctx, table.id, { routes })
    return {}
  },
})
