import {
  AwsElasticLoadBalancingV2TargetGroup,
  CreateTargetGroup,
  DeleteTargetGroup,
  DeregisterTargets,
  DescribeTargetGroups,
  ModifyTargetGroup,
  ModifyTargetGroupAttributes,
  RegisterTargets,
} from '@cloud-orrery/models/elbv2'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'
import { fullName } from '../arns.ts'
import { unlessGone } from './gone.ts'
import { retag, tagsFor } from './tags.ts'

export const targetGroupType = resource(AwsElasticLoadBalancingV2TargetGroup, {
  async create(ctx, properties) {
    const { Name, Tags, TargetGroupAttributes = [], Targets = [], ...rest } = properties
    const { TargetGroups = [] } = await ctx.call(CreateTargetGroup, {
      ...rest,
      Name: Name ?? ctx.physicalName({ lengthMax: 32 }),
      Tags: tagsFor(ctx, Tags),
    })
    const arn = TargetGroups[0]?.TargetGroupArn ?? ''
    if (TargetGroupAttributes.length > 0) {
      const input = { TargetGroupArn: arn, Attributes: TargetGroupAttributes }
      await ctx.call(ModifyTargetGroupAttributes, input)
    }
    if (Targets.length > 0) await ctx.call(RegisterTargets, { TargetGroupArn: arn, Targets })
    return await stateOf(ctx, arn)
  },
  async update(ctx, properties, previous, { TargetGroupArn }) {
    const { Tags, TargetGroupAttributes = [], Targets = [] } = properties
    await ctx.call(ModifyTargetGroup, {
      TargetGroupArn,
      HealthCheckEnabled: properties.HealthCheckEnabled,
      HealthCheckIntervalSeconds: properties.HealthCheckIntervalSeconds,
      HealthCheckPath: properties.HealthCheckPath,
      HealthCheckPort: properties.HealthCheckPort,
      HealthCheckProtocol: properties.HealthCheckProtocol,
      HealthCheckTimeoutSeconds: properties.HealthCheckTimeoutSeconds,
      HealthyThresholdCount: properties.HealthyThresholdCount,
      UnhealthyThresholdCount: properties.UnhealthyThresholdCount,
      Matcher: properties.Matcher,
    })
    if (TargetGroupAttributes.length > 0) {
      await ctx.call(ModifyTargetGroupAttributes, {
        TargetGroupArn,
        Attributes: TargetGroupAttributes,
      })
    }
    const keyOf = ({ Id, Port }: { Id: string; Port?: number | undefined }) => `${Id} ${Port ?? ''}`
    const now = new Set(Targets.map(keyOf))
    const gone = (previous.Targets ?? []).filter((target) => !now.has(keyOf(target)))
    if (gone.length > 0) await ctx.call(DeregisterTargets, { TargetGroupArn, Targets: gone })
    if (Targets.length > 0) await ctx.call(RegisterTargets, { TargetGroupArn, Targets })
    await retag(ctx, TargetGroupArn, Tags, previous.Tags)
    return await stateOf(ctx, TargetGroupArn)
  },
  async delete(ctx, { TargetGroupArn }) {
    await unlessGone(ctx.call(DeleteTargetGroup, { TargetGroupArn }))
  },
  async read(ctx, { TargetGroupArn }, { Name }) {
    const input = { TargetGroupArns: [TargetGroupArn] }
    const found = await unlessGone(ctx.call(DescribeTargetGroups, input))
    const [group] = found?.TargetGroups ?? []
    if (group === undefined) return undefined
    const { Port, Protocol, VpcId, TargetType, HealthCheckPath } = group
    return {
      ...(Name === undefined ? {} : { Name: group.TargetGroupName }),
      ...(Port === undefined ? {} : { Port, Protocol, VpcId }),
      TargetType,
      HealthCheckPath,
    }
  },
})

async function stateOf(ctx: ResourceContext, arn: string) {
  const { TargetGroups = [] } = await ctx.call(DescribeTargetGroups, { TargetGroupArns: [arn] })
  const [group] = TargetGroups
  return {
    TargetGroupArn: arn,
    TargetGroupFullName: fullName(arn),
    TargetGroupName: group?.TargetGroupName ?? '',
    LoadBalancerArns: group?.LoadBalancerArns ?? [],
  }
}
