import type { AwsError } from '@cloud-orrery/models'
import {
  CreateLoadBalancer,
  DeleteLoadBalancer,
  DescribeLoadBalancerAttributes,
  DescribeLoadBalancers,
  type LoadBalancer,
  ModifyLoadBalancerAttributes,
  SetIpAddressType,
  SetSecurityGroups,
  SetSubnets,
  type SubnetMapping,
} from '@cloud-orrery/models/elbv2'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { notModelled } from '../shared/not-modelled.ts'
import { pageOf } from '../shared/pages.ts'
import { making, on } from './access.ts'
import { checkLogBucket } from './access-logs.ts'
import { anyOf, fullName, newBalancerArn } from './arns.ts'
import { balancerAttributes, isOn, shownAttributes, withAttributes } from './attributes.ts'
import {
  duplicateLoadBalancer,
  loadBalancersNotFound,
  operationNotPermitted,
  tooMany,
  validationError,
} from './errors.ts'
import { loadBalancersMax, pageItemsMax, provisioningMs } from './limits.ts'
import { removeListener } from './listeners.ts'
import { checkName, hostedZoneOf } from './names.ts'
import {
  deleteInterfaces,
  giveLinkedRole,
  makeInterfaces,
  networkOf,
  securityGroupsOf,
} from './networks.ts'
import { type Balancer, balancerHosts, balancers, keys, listeners, tagSets } from './state.ts'
import { givenTags, putTags } from './tags.ts'

export function findBalancer(ctx: Context, arn: string): Balancer {
  const balancer = balancers.get(ctx, arn)
  if (balancer === undefined) throw loadBalancersNotFound([arn])
  return balancer
}

export function balancerView(ctx: Context, it: Balancer): LoadBalancer {
  return {
    LoadBalancerArn: it.arn,
    DNSName: it.dnsName,
    CanonicalHostedZoneId: hostedZoneOf(ctx.region),
    CreatedTime: it.createdAtMs,
    LoadBalancerName: it.name,
    Scheme: it.scheme,
    VpcId: it.vpcId,
    State: { Code: ctx.now() < it.activeAtMs ? 'provisioning' : 'active' },
    Type: 'application',
    AvailabilityZones: it.zones.map(({ zone, subnetId }) => ({
      ZoneName: zone,
      SubnetId: subnetId,
      LoadBalancerAddresses: [],
    })),
    SecurityGroups: it.securityGroups,
    IpAddressType: it.addressType,
  }
}

function subnetIds(
  subnets: readonly string[] | undefined,
  mappings: readonly SubnetMapping[] | undefined,
): string[] {
  if (subnets !== undefined && mappings !== undefined) {
    throw validationError('Only one of Subnets and SubnetMappings can be specified')
  }
  for (const mapping of mappings ?? []) {
    const { SubnetId: _, ...rest } = mapping
    if (Object.values(rest).some((value) => value !== undefined)) {
      throw validationError(
        'Addresses of subnets cannot be specified for application load balancers',
      )
    }
  }
  return [...(subnets ?? []), ...(mappings ?? []).flatMap(({ SubnetId = [] }) => SubnetId)]
}

function isSame(
  balancer: Balancer,
  wanted: { ids: readonly string[]; scheme: string; groups: readonly string[] },
): boolean {
  const its = balancer.zones.map(({ subnetId }) => subnetId)
  return (
    balancer.scheme === wanted.scheme &&
    its.toSorted().join() === wanted.ids.toSorted().join() &&
    (wanted.groups.length === 0 ||
      balancer.securityGroups.toSorted().join() === wanted.groups.toSorted().join())
  )
}

export const createLoadBalancer = operation(CreateLoadBalancer, {
  authorize: ({ Name, Scheme, Subnets, SecurityGroups, Tags }, ctx) =>
    making(anyOf(ctx, 'loadbalancer/app', Name ?? '*'), 'CreateLoadBalancer', Tags, {
      'elasticloadbalancing:Scheme': Scheme ?? 'internet-facing',
      ...(Subnets === undefined ? {} : { 'elasticloadbalancing:Subnet': Subnets }),
      ...(SecurityGroups === undefined
        ? {}
        : { 'elasticloadbalancing:SecurityGroup': SecurityGroups }),
    }),
  provenance: 'modelled',
  refuses: ['CustomerOwnedIpv4Pool', 'EnablePrefixForIpv6SourceNat', 'IpamPools'],
  async run(ctx, input) {
    const { Name, SecurityGroups = [], IpAddressType = 'ipv4' } = input
    const { Type = 'application', Scheme = 'internet-facing' } = input
    if (Type !== 'application') throw notModelled(`load balancers of type ${Type}`)
    if (IpAddressType !== 'ipv4') throw notModelled(`the IP address type ${IpAddressType}`)
    checkName('Load balancer', Name)
    const ids = subnetIds(input.Subnets, input.SubnetMappings)
    const tags = givenTags(ctx, input.Tags)
    const same = balancers.first(ctx, 'name', Name)
    if (same !== undefined) {
      if (!isSame(same, { ids, scheme: Scheme, groups: SecurityGroups })) {
        throw duplicateLoadBalancer()
      }
      return { LoadBalancers: [balancerView(ctx, same)] }
    }
    if (balancers.count(ctx) >= loadBalancersMax) throw tooMany('balancers')
    if (ids.length === 0) {
      throw validationError(
        'At least two subnets in two different Availability Zones must be specified',
      )
    }
    await giveLinkedRole(ctx)
    const network = await networkOf(ctx, ids)
    const securityGroups = await securityGroupsOf(ctx, SecurityGroups, network.vpcId)
    const arn = newBalancerArn(ctx, Name)
    const interfaceIds = await makeInterfaces(ctx, fullName(arn), network, securityGroups)
    const scheme = Scheme === 'internal' ? 'internal' : 'internet-facing'
    const balancer = balancers.put(ctx, {
      arn,
      name: Name,
      dnsName: newDnsName(ctx, Name, scheme),
      scheme,
      vpcId: network.vpcId,
      addressType: IpAddressType,
      createdAtMs: ctx.now(),
      activeAtMs: ctx.now() + provisioningMs,
      securityGroups,
      zones: network.zones,
      interfaceIds,
      attributes: {},
    })
    const { accountId, region } = ctx
    const dnsName = balancer.dnsName.toLowerCase()
    balancerHosts.put(ctx, { dnsName, arn, accountId, region })
    putTags(ctx, arn, tags)
    return { LoadBalancers: [balancerView(ctx, balancer)] }
  },
})

/** `web-1234567890.us-east-1.elb.amazonaws.com`, unique in the whole cloud. */
function newDnsName(ctx: Context, name: string, scheme: string): string {
  for (;;) {
    const number = 100_000_000 + (Number.parseInt(ctx.ids.hex(8), 16) % 2_000_000_000)
    const prefix = scheme === 'internal' ? 'internal-' : ''
    const dnsName = `${prefix}${name}-${number}.${ctx.region}.elb.amazonaws.com`
    if (!balancerHosts.has(ctx, dnsName.toLowerCase())) return dnsName
  }
}

/** One that is not there is deleted: AWS answers so too. Source: DeleteLoadBalancer. */
export const deleteLoadBalancer = operation(DeleteLoadBalancer, {
  authorize: ({ LoadBalancerArn }, ctx) => on(ctx, LoadBalancerArn),
  provenance: 'modelled',
  async run(ctx, { LoadBalancerArn }) {
    const balancer = balancers.get(ctx, LoadBalancerArn)
    if (balancer === undefined) return {}
    if (isOn(balancerAttributes, balancer, 'deletion_protection.enabled')) {
      throw operationNotPermitted(
        `Load balancer '${LoadBalancerArn}' cannot be deleted because deletion protection is enabled`,
      )
    }
    for (const listener of [...listeners.where(ctx, 'balancer', LoadBalancerArn)]) {
      removeListener(ctx, listener)
    }
    balancers.delete(ctx, LoadBalancerArn)
    balancerHosts.delete(ctx, balancer.dnsName.toLowerCase())
    keys.delete(ctx, LoadBalancerArn)
    tagSets.delete(ctx, LoadBalancerArn)
    await deleteInterfaces(ctx, balancer.interfaceIds)
    return {}
  },
})

export const describeLoadBalancers = operation(DescribeLoadBalancers, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx, { LoadBalancerArns = [], Names = [], Marker, PageSize = pageItemsMax }) {
    if (LoadBalancerArns.length > 0 && Names.length > 0) {
      throw validationError(
        'Load balancer names and load balancer ARNs cannot be specified at the same time',
      )
    }
    if (LoadBalancerArns.length + Names.length > 0) {
      const found = [
        ...LoadBalancerArns.map((arn) => balancers.get(ctx, arn)),
        ...Names.map((name) => balancers.first(ctx, 'name', name)),
      ].filter((it) => it !== undefined)
      if (found.length < LoadBalancerArns.length + Names.length) {
        throw loadBalancersNotFound([...LoadBalancerArns, ...Names])
      }
      return { LoadBalancers: found.map((it) => balancerView(ctx, it)) }
    }
    const { items, nextToken } = pageOf({
      list: (start) => balancers.scan(ctx, start),
      positionOf: ({ arn }) => arn,
      itemsMax: PageSize,
      token: Marker,
      request: 'load-balancers',
      refused: invalidMarker,
    })
    return { LoadBalancers: items.map((it) => balancerView(ctx, it)), NextMarker: nextToken }
  },
})

export function invalidMarker(): AwsError {
  return validationError('The marker is not valid')
}

export const describeLoadBalancerAttributes = operation(DescribeLoadBalancerAttributes, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx, { LoadBalancerArn }) {
    const { attributes } = findBalancer(ctx, LoadBalancerArn)
    return { Attributes: shownAttributes(balancerAttributes, attributes) }
  },
})

const unbuilt = ['connection_logs.s3.enabled', 'health_check_logs.s3.enabled']

export const modifyLoadBalancerAttributes = operation(ModifyLoadBalancerAttributes, {
  authorize: ({ LoadBalancerArn }, ctx) => on(ctx, LoadBalancerArn),
  provenance: 'modelled',
  async run(ctx, { LoadBalancerArn, Attributes }) {
    const before = findBalancer(ctx, LoadBalancerArn)
    const attributes = withAttributes(balancerAttributes, before.attributes, Attributes)
    for (const key of unbuilt) {
      if (attributes[key] === 'true') throw notModelled(`the attribute ${key}`)
    }
    const touchesLogs = Attributes.some(({ Key = '' }) => Key.startsWith('access_logs.'))
    if (touchesLogs && attributes['access_logs.s3.enabled'] === 'true') {
      await checkLogBucket(ctx, { ...before, attributes })
    }
    balancers.update(ctx, LoadBalancerArn, { attributes })
    return { Attributes: shownAttributes(balancerAttributes, attributes) }
  },
})

export const setSecurityGroups = operation(SetSecurityGroups, {
  authorize: ({ LoadBalancerArn, SecurityGroups }, ctx) =>
    on(ctx, LoadBalancerArn, { 'elasticloadbalancing:SecurityGroup': SecurityGroups ?? [] }),
  provenance: 'modelled',
  refuses: ['EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic'],
  async run(ctx, { LoadBalancerArn, SecurityGroups }) {
    const before = findBalancer(ctx, LoadBalancerArn)
    const securityGroups = await securityGroupsOf(ctx, SecurityGroups, before.vpcId)
    await rebuild(ctx, { ...before, securityGroups })
    return { SecurityGroupIds: securityGroups }
  },
})

export const setSubnets = operation(SetSubnets, {
  authorize: ({ LoadBalancerArn, Subnets }, ctx) =>
    on(ctx, LoadBalancerArn, { 'elasticloadbalancing:Subnet': Subnets ?? [] }),
  provenance: 'modelled',
  refuses: ['EnablePrefixForIpv6SourceNat'],
  async run(ctx, { LoadBalancerArn, Subnets, SubnetMappings, IpAddressType = 'ipv4' }) {
    if (IpAddressType !== 'ipv4') throw notModelled(`the IP address type ${IpAddressType}`)
    const before = findBalancer(ctx, LoadBalancerArn)
    const { zones } = await networkOf(ctx, subnetIds(Subnets, SubnetMappings))
    const after = await rebuild(ctx, { ...before, zones })
    const { AvailabilityZones } = balancerView(ctx, after)
    return { AvailabilityZones, IpAddressType: after.addressType }
  },
})

/** Gives a balancer interfaces as its subnets and groups say now. */
async function rebuild(ctx: Context, wanted: Balancer): Promise<Balancer> {
  const { arn, vpcId, zones, securityGroups } = wanted
  await deleteInterfaces(ctx, wanted.interfaceIds)
  const network = { vpcId, zones }
  const interfaceIds = await makeInterfaces(ctx, fullName(arn), network, securityGroups)
  return balancers.update(ctx, arn, { zones, securityGroups, interfaceIds })
}

export const setIpAddressType = operation(SetIpAddressType, {
  authorize: ({ LoadBalancerArn }, ctx) => on(ctx, LoadBalancerArn),
  provenance: 'simplified',
  run(ctx, { LoadBalancerArn, IpAddressType }) {
    findBalancer(ctx, LoadBalancerArn)
    if (IpAddressType !== 'ipv4') throw notModelled(`the IP address type ${IpAddressType}`)
    return { IpAddressType }
  },
})
