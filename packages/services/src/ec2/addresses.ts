import {
  AllocateAddress,
  DescribeAddresses,
  type Address as ModelAddress,
  ReleaseAddress,
} from '@cloud-orrery/models/ec2'
import type { Context } from '../context.ts'
import { notModelled } from '../shared/not-modelled.ts'
import { missingParameter, notFound, refusal } from './errors.ts'
import { newId } from './ids.ts'
import { addressesMax } from './limits.ts'
import { type Listing, listed } from './listings.ts'
import { anywhere, ec2Operation, making, on } from './operations.ts'
import { type Address, addresses, publicAddresses, tagSets } from './state.ts'
import { givenTags, putTags, tagsOf } from './tags.ts'

export function findAddress(ctx: Context, id: string): Address {
  const address = addresses.get(ctx, id)
  if (address === undefined) throw notFound('elastic-ip', id)
  return address
}

/** A public address that nobody has: one of a range that is AWS's own. */
function newPublicIp(ctx: Context): string {
  for (;;) {
    const [a = 0, b = 0, c = 0] = ctx.random.bytes(3)
    const ip = `3.${208 + (a % 16)}.${b}.${c}`
    if (!publicAddresses.has(ctx, ip)) return ip
  }
}

export const allocateAddress = ec2Operation(AllocateAddress, {
  authorize: ({ TagSpecifications }, ctx) =>
    making(ctx, 'elastic-ip', 'AllocateAddress', TagSpecifications),
  provenance: 'modelled',
  refuses: ['Address', 'PublicIpv4Pool', 'CustomerOwnedIpv4Pool', 'IpamPoolId'],
  run(ctx, { Domain = 'vpc', NetworkBorderGroup = ctx.region, TagSpecifications }) {
    if (Domain !== 'vpc') throw notModelled('addresses of EC2-Classic')
    if (NetworkBorderGroup !== ctx.region) throw notModelled('network border groups of local zones')
    const tags = givenTags(ctx, 'elastic-ip', TagSpecifications)
    if (addresses.count(ctx) >= addressesMax) {
      throw refusal('AddressLimitExceeded', 'The maximum number of addresses has been reached.')
    }
    const id = newId(ctx, 'elastic-ip')
    const publicIp = newPublicIp(ctx)
    publicAddresses.put(ctx, { ip: publicIp, id })
    addresses.put(ctx, { id, publicIp })
    putTags(ctx, 'elastic-ip', id, tags)
    return {
      AllocationId: id,
      PublicIpv4Pool: 'amazon',
      NetworkBorderGroup,
      Domain: 'vpc',
      PublicIp: publicIp,
    }
  },
})

export const releaseAddress = ec2Operation(ReleaseAddress, {
  authorize: ({ AllocationId, PublicIp }, ctx) =>
    on(ctx, 'elastic-ip', AllocationId ?? addresses.first(ctx, 'ip', PublicIp ?? '')?.id),
  provenance: 'modelled',
  run(ctx, { AllocationId, PublicIp }) {
    if (AllocationId === undefined && PublicIp === undefined) throw missingParameter('allocationId')
    const { id, publicIp, use } =
      AllocationId === undefined ? byIp(ctx, PublicIp ?? '') : findAddress(ctx, AllocationId)
    if (use !== undefined) {
      throw refusal('InvalidIPAddress.InUse', `Address ${publicIp} is in use.`)
    }
    addresses.delete(ctx, id)
    publicAddresses.delete(ctx, publicIp)
    tagSets.delete(ctx, id)
    return {}
  },
})

function byIp(ctx: Context, ip: string): Address {
  const address = addresses.first(ctx, 'ip', ip)
  if (address === undefined) {
    throw refusal('InvalidAddress.NotFound', `Address '${ip}' not found.`)
  }
  return address
}

function view(ctx: Context, { id, publicIp, use }: Address): ModelAddress {
  return {
    AllocationId: id,
    ...(use === undefined
      ? {}
      : {
          AssociationId: use.associationId,
          NetworkInterfaceId: use.interfaceId,
          NetworkInterfaceOwnerId: ctx.accountId,
          PrivateIpAddress: use.privateIp,
        }),
    Domain: 'vpc',
    Tags: tagsOf(ctx, id),
    PublicIpv4Pool: 'amazon',
    NetworkBorderGroup: ctx.region,
    PublicIp: publicIp,
  }
}

const listing: Listing<Address> = {
  table: addresses,
  missing: (id) => notFound('elastic-ip', id),
  filters: {
    'allocation-id': ({ id }) => id,
    'association-id': ({ use }) => use?.associationId,
    'network-border-group': (_, { region }) => region,
    'network-interface-id': ({ use }) => use?.interfaceId,
    'network-interface-owner-id': ({ use }, { accountId }) =>
      use === undefined ? undefined : accountId,
    'private-ip-address': ({ use }) => use?.privateIp,
    'public-ip': ({ publicIp }) => publicIp,
  },
}

export const describeAddresses = ec2Operation(DescribeAddresses, {
  authorize: anywhere,
  provenance: 'modelled',
  run(ctx, { AllocationIds = [], PublicIps = [], Filters }) {
    const ids = [...AllocationIds, ...PublicIps.map((ip) => byIp(ctx, ip).id)]
    const { items } = listed(ctx, listing, { ids, filters: Filters, itemsMax: addressesMax })
    return { Addresses: items.map((address) => view(ctx, address)) }
  },
})
