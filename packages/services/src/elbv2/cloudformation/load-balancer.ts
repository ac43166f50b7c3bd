import {
  AwsElasticLoadBalancingV2LoadBalancer,
  type AwsElasticLoadBalancingV2LoadBalancerProperties,
  CreateLoadBalancer,
  DeleteLoadBalancer,
  DescribeLoadBalancerAttributes,
  DescribeLoadBalancers,
  ModifyLoadBalancerAttributes,
  SetIpAddressType,
  SetSecurityGroups,
  SetSubnets,
} from '@cloud-orrery/models/elbv2'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { fullName } from '../arns.ts'
import { provisioningMs } from '../limits.ts'
import { unlessGone } from './gone.ts'
import { retag, tagsFor } from './tags.ts'

type Properties = AwsElasticLoadBalancingV2LoadBalancerProperties

const unbuilt = [
  ...(['EnableCapacityReservationProvisionStabilize', 'EnablePrefixForIpv6SourceNat'] as const),
  ...(['EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic', 'Ipv4IpamPoolId'] as const),
  'MinimumLoadBalancerCapacity' as const,
]

function refuseUnbuilt(properties: Properties): void {
  for (const name of unbuilt) {
    if (properties[name] !== undefined) {
      throw notModelled(`${name} of AWS::ElasticLoadBalancingV2::LoadBalancer`)
    }
  }
}

/** CloudFormation waits for the balancer to be active. */
export const loadBalancerType = resource(AwsElasticLoadBalancingV2LoadBalancer, {
  durationMs: { create: provisioningMs + 100 },
  async create(ctx, properties) {
    refuseUnbuilt(properties)
    const { LoadBalancers = [] } = await ctx.call(CreateLoadBalancer, {
      Name: properties.Name ?? ctx.physicalName({ lengthMax: 32 }),
      Subnets: properties.Subnets,
      SubnetMappings: properties.SubnetMappings,
      SecurityGroups: properties.SecurityGroups,
      Scheme: properties.Scheme,
      Type: properties.Type,
      IpAddressType: properties.IpAddressType,
      Tags: tagsFor(ctx, properties.Tags),
    })
    const arn = LoadBalancers[0]?.LoadBalancerArn ?? ''
    await setAttributes(ctx, arn, properties, {})
    return await stateOf(ctx, arn)
  },
  async update(ctx, properties, previous, { LoadBalancerArn: arn }) {
    refuseUnbuilt(properties)
    if (!isSame(properties.SecurityGroups, previous.SecurityGroups)) {
      const SecurityGroups = properties.SecurityGroups ?? []
      await ctx.call(SetSecurityGroups, { LoadBalancerArn: arn, SecurityGroups })
    }
    const { Subnets, SubnetMappings } = properties
    if (!isSame([Subnets, SubnetMappings], [previous.Subnets, previous.SubnetMappings])) {
      await ctx.call(SetSubnets, { LoadBalancerArn: arn, Subnets, SubnetMappings })
    }
    const { IpAddressType = 'ipv4' } = properties
    if (IpAddressType !== (previous.IpAddressType ?? 'ipv4')) {
      await ctx.call(SetIpAddressType, { LoadBalancerArn: arn, IpAddressType })
    }
    await setAttributes(ctx, arn, properties, previous)
    await retag(ctx, arn, properties.Tags, previous.Tags)
    return await stateOf(ctx, arn)
  },
  async delete(ctx, { LoadBalancerArn }) {
    await ctx.call(DeleteLoadBalancer, { LoadBalancerArn })
  },
  async read(ctx, { LoadBalancerArn }, { Name, LoadBalancerAttributes = [] }) {
    const input = { LoadBalancerArns: [LoadBalancerArn] }
    const found = await unlessGone(ctx.call(DescribeLoadBalancers, input))
    const [balancer] = found?.LoadBalancers ?? []
    if (balancer === undefined) return undefined
    const { Attributes = [] } = await ctx.call(DescribeLoadBalancerAttributes, { LoadBalancerArn })
    const named = new Set(LoadBalancerAttributes.map(({ Key }) => Key))
    return {
      ...(Name === undefined ? {} : { Name: balancer.LoadBalancerName }),
      Scheme: balancer.Scheme,
      SecurityGroups: balancer.SecurityGroups,
      Subnets: balancer.AvailabilityZones?.flatMap(({ SubnetId = [] }) => SubnetId),
      Type: balancer.Type,
      ...(named.size === 0
        ? {}
        : { LoadBalancerAttributes: Attributes.filter(({ Key }) => named.has(Key)) }),
    }
  },
})

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** An attribute that a template names no more stays as it is, as on AWS. */
async function setAttributes(
  ctx: ResourceContext,
  LoadBalancerArn: string,
  { LoadBalancerAttributes: now = [] }: Properties,
  { LoadBalancerAttributes: before = [] }: Properties,
): Promise<void> {
  if (now.length === 0 || isSame(now, before)) return
  await ctx.call(ModifyLoadBalancerAttributes, { LoadBalancerArn, Attributes: now })
}

async function stateOf(ctx: ResourceContext, arn: string) {
  const { LoadBalancers = [] } = await ctx.call(DescribeLoadBalancers, { LoadBalancerArns: [arn] })
  const [balancer] = LoadBalancers
  return {
    LoadBalancerArn: arn,
    CanonicalHostedZoneID: balancer?.CanonicalHostedZoneId ?? '',
    DNSName: balancer?.DNSName ?? '',
    LoadBalancerFullName: fullName(arn),
    LoadBalancerName: balancer?.LoadBalancerName ?? '',
    SecurityGroups: balancer?.SecurityGroups ?? [],
  }
}
