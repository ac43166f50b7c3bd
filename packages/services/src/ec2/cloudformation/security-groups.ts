import {
  AuthorizeSecurityGroupEgress,
  AuthorizeSecurityGroupIngress,
  AwsEc2SecurityGroup,
  AwsEc2SecurityGroupEgress,
  AwsEc2SecurityGroupIngress,
  type AwsEc2SecurityGroupProperties,
  CreateSecurityGroup,
  DeleteSecurityGroup,
  DescribeSecurityGroupRules,
  DescribeSecurityGroups,
  type IpPermission,
  RevokeSecurityGroupEgress,
  RevokeSecurityGroupIngress,
} from '@cloud-orrery/models/ec2'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { securityGroups } from '../state.ts'
import { unlessGone } from './gone.ts'
import { ownTags, retag, specification } from './tags.ts'

interface TemplateRule {
  readonly IpProtocol: string
  readonly FromPort?: number | undefined
  readonly ToPort?: number | undefined
  readonly CidrIp?: string | undefined
  readonly CidrIpv6?: string | undefined
  readonly Description?: string | undefined
  readonly SourcePrefixListId?: string | undefined
  readonly SourceSecurityGroupId?: string | undefined
  readonly SourceSecurityGroupName?: string | undefined
  readonly SourceSecurityGroupOwnerId?: string | undefined
  readonly DestinationPrefixListId?: string | undefined
  readonly DestinationSecurityGroupId?: string | undefined
}

function permissionOf(rule: TemplateRule): IpPermission {
  const { IpProtocol, FromPort, ToPort, Description, CidrIp, CidrIpv6 } = rule
  const list = rule.SourcePrefixListId ?? rule.DestinationPrefixListId
  const GroupId = rule.SourceSecurityGroupId ?? rule.DestinationSecurityGroupId
  const GroupName = rule.SourceSecurityGroupName
  const described = Description === undefined ? {} : { Description }
  const UserId = rule.SourceSecurityGroupOwnerId
  return {
    IpProtocol,
    FromPort,
    ToPort,
    ...(CidrIp === undefined ? {} : { IpRanges: [{ CidrIp, ...described }] }),
    ...(CidrIpv6 === undefined ? {} : { Ipv6Ranges: [{ CidrIpv6, ...described }] }),
    ...(list === undefined ? {} : { PrefixListIds: [{ PrefixListId: list, ...described }] }),
    ...(GroupId === undefined && GroupName === undefined
      ? {}
      : { UserIdGroupPairs: [{ GroupId, GroupName, UserId, ...described }] }),
  }
}

const everything: readonly TemplateRule[] = [{ IpProtocol: '-1', CidrIp: '0.0.0.0/0' }]

export const securityGroupType = resource(AwsEc2SecurityGroup, {
  async create(ctx, properties) {
    const GroupName = properties.GroupName ?? ctx.physicalName({ lengthMax: 255 })
    const { GroupId = '' } = await ctx.call(CreateSecurityGroup, {
      GroupName,
      Description: properties.GroupDescription,
      VpcId: properties.VpcId,
      TagSpecifications: specification(ctx, 'security-group', properties.Tags),
    })
    await changeRules(ctx, GroupId, properties, {})
    return stateOf(ctx, GroupId)
  },
  async update(ctx, properties, previous, { GroupId }) {
    await changeRules(ctx, GroupId, properties, previous)
    await retag(ctx, GroupId, properties.Tags, previous.Tags)
    return stateOf(ctx, GroupId)
  },
  async delete(ctx, { GroupId }) {
    await unlessGone(ctx.call(DeleteSecurityGroup, { GroupId }))
  },
  async read(ctx, { GroupId }, { GroupName }) {
    const found = await unlessGone(ctx.call(DescribeSecurityGroups, { GroupIds: [GroupId] }))
    const [group] = found?.SecurityGroups ?? []
    if (group === undefined) return undefined
    return {
      GroupDescription: group.Description ?? '',
      ...(GroupName === undefined ? {} : { GroupName: group.GroupName }),
      VpcId: group.VpcId,
      ...ownTags(ctx, group.Tags),
    }
  },
})

function stateOf(ctx: ResourceContext, GroupId: string) {
  return { GroupId, Id: GroupId, VpcId: securityGroups.get(ctx, GroupId)?.vpcId ?? '' }
}

/** What goes is taken away before what comes is added, so that a group is never open further than either template says. */
async function changeRules(
  ctx: ResourceContext,
  GroupId: string,
  now: Partial<AwsEc2SecurityGroupProperties>,
  before: Partial<AwsEc2SecurityGroupProperties>,
): Promise<void> {
  const egress = difference(
    now.SecurityGroupEgress ?? everything,
    before.SecurityGroupEgress ?? everything,
  )
  const ingress = difference(now.SecurityGroupIngress ?? [], before.SecurityGroupIngress ?? [])
  if (egress.gone.length > 0) {
    await ctx.call(RevokeSecurityGroupEgress, { GroupId, IpPermissions: egress.gone })
  }
  if (egress.added.length > 0) {
    await ctx.call(AuthorizeSecurityGroupEgress, { GroupId, IpPermissions: egress.added })
  }
  if (ingress.gone.length > 0) {
    await ctx.call(RevokeSecurityGroupIngress, { GroupId, IpPermissions: ingress.gone })
  }
  if (ingress.added.length > 0) {
    await ctx.call(AuthorizeSecurityGroupIngress, { GroupId, IpPermissions: ingress.added })
  }
}

/** Descriptions are no part of what a rule is: that all of the internet may be reached is said in several ways. */
function keyOf(rule: TemplateRule): string {
  const { IpProtocol, FromPort = -1, ToPort = -1, Description, ...peer } = rule
  const isAll = IpProtocol === '-1'
  return JSON.stringify([
    IpProtocol,
    isAll ? -1 : FromPort,
    isAll ? -1 : ToPort,
    Object.entries(peer).sort(),
    isAll && peer.CidrIp === '0.0.0.0/0' ? '' : (Description ?? ''),
  ])
}

function difference(now: readonly TemplateRule[], before: readonly TemplateRule[]) {
  const keysBefore = new Set(before.map(keyOf))
  const keysNow = new Set(now.map(keyOf))
  return {
    added: now.filter((rule) => !keysBefore.has(keyOf(rule))).map(permissionOf),
    gone: before.filter((rule) => !keysNow.has(keyOf(rule))).map(permissionOf),
  }
}

export const securityGroupIngressType = resource(AwsEc2SecurityGroupIngress, {
  async create(ctx, properties) {
    const { GroupId, GroupName } = properties
    const { SecurityGroupRules = [] } = await ctx.call(AuthorizeSecurityGroupIngress, {
      GroupId,
      GroupName,
      IpPermissions: [permissionOf(properties)],
    })
    return { Id: SecurityGroupRules[0]?.SecurityGroupRuleId ?? '' }
  },
  update: refuseUpdate('AWS::EC2::SecurityGroupIngress'),
  async delete(ctx, { Id }, { GroupId, GroupName }) {
    const input = { GroupId, GroupName, SecurityGroupRuleIds: [Id] }
    await unlessGone(ctx.call(RevokeSecurityGroupIngress, input))
  },
  read: async (ctx, { Id }, properties) => ((await isThere(ctx, Id)) ? properties : undefined),
})

export const securityGroupEgressType = resource(AwsEc2SecurityGroupEgress, {
  async create(ctx, properties) {
    const { GroupId } = properties
    const { SecurityGroupRules = [] } = await ctx.call(AuthorizeSecurityGroupEgress, {
      GroupId,
      IpPermissions: [permissionOf(properties)],
    })
    return { Id: SecurityGroupRules[0]?.SecurityGroupRuleId ?? '' }
  },
  update: refuseUpdate('AWS::EC2::SecurityGroupEgress'),
  async delete(ctx, { Id }, { GroupId }) {
    await unlessGone(ctx.call(RevokeSecurityGroupEgress, { GroupId, SecurityGroupRuleIds: [Id] }))
  },
  read: async (ctx, { Id }, properties) => ((await isThere(ctx, Id)) ? properties : undefined),
})

/** Only the description changes in place, which UpdateSecurityGroupRuleDescriptions would do. */
function refuseUpdate(typeName: string) {
  return (): never => {
    throw notModelled(`a new Description of ${typeName}`)
  }
}

async function isThere(ctx: ResourceContext, id: string): Promise<boolean> {
  const call = ctx.call(DescribeSecurityGroupRules, { SecurityGroupRuleIds: [id] })
  return (await unlessGone(call)) !== undefined
}
