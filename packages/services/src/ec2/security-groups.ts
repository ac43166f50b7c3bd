import {
  CreateSecurityGroup,
  DeleteSecurityGroup,
  DescribeSecurityGroups,
  type SecurityGroup as ModelGroup,
} from '@cloud-orrery/models/ec2'
import type { Context } from '../context.ts'
import { dependencyViolation, invalidValue, missingParameter, notFound, refusal } from './errors.ts'
import { ec2Arn, newId } from './ids.ts'
import { type Listing, listed } from './listings.ts'
import { anywhere, ec2Operation, making, on } from './operations.ts'
import { permissionsOf } from './permissions.ts'
import {
  networkInterfaces,
  type SecurityGroup,
  type SecurityRule,
  securityGroups,
  securityRules,
  tagSets,
  vpcs,
} from './state.ts'
import { givenTags, putTags, tagsOf } from './tags.ts'
import { findVpc } from './vpcs.ts'

export function findGroup(ctx: Context, id: string | undefined, name?: string): SecurityGroup {
  if (id !== undefined) {
    const group = securityGroups.get(ctx, id)
    if (group === undefined) throw notFound('security-group', id)
    return group
  }
  if (name === undefined) {
    throw refusal('MissingParameter', 'The request must contain the parameter groupName or groupId')
  }
  const group = namedGroup(ctx, defaultVpcId(ctx), name)
  if (group === undefined) throw notFound('security-group', name)
  return group
}

/** Groups are named without their id only in the default VPC. */
function defaultVpcId(ctx: Context): string {
  for (const { id, isDefault } of vpcs.scan(ctx)) if (isDefault) return id
  throw refusal('VPCIdNotSpecified', 'No default VPC for this user')
}

function namedGroup(ctx: Context, vpcId: string, name: string): SecurityGroup | undefined {
  for (const group of securityGroups.where(ctx, 'vpc', vpcId)) if (group.name === name) return group
  return undefined
}

/** Source: CreateSecurityGroup, `GroupName` and `GroupDescription`. */
const legalText = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/

export const createSecurityGroup = ec2Operation(CreateSecurityGroup, {
  authorize: ({ VpcId, TagSpecifications }, ctx) => [
    ...making(ctx, 'security-group', 'CreateSecurityGroup', TagSpecifications),
    ...(VpcId === undefined ? [] : [on(ctx, 'vpc', VpcId)]),
  ],
  provenance: 'modelled',
  run(ctx, { GroupName, Description, VpcId, TagSpecifications }) {
    const vpcId = VpcId === undefined ? defaultVpcId(ctx) : findVpc(ctx, VpcId).id
    if (GroupName === '') throw missingParameter('groupName')
    if (GroupName === 'default') {
      throw invalidValue("Cannot use reserved security group name: 'default'")
    }
    if (/^sg-/i.test(GroupName) || !legalText.test(GroupName)) {
      throw invalidValue(
        `Value (${GroupName}) for parameter GroupName is invalid. Group names may not be in the format sg-*; they have up to 255 of the characters a-z, A-Z, 0-9, spaces, and ._-:/()#,@[]+=&;{}!$*`,
      )
    }
    if (!legalText.test(Description)) {
      throw invalidValue(
        `Value (${Description}) for parameter GroupDescription is invalid. Character sets beyond ASCII are not supported.`,
      )
    }
    if (namedGroup(ctx, vpcId, GroupName) !== undefined) {
      throw refusal(
        'InvalidGroup.Duplicate',
        `The security group '${GroupName}' already exists for VPC '${vpcId}'`,
      )
    }
    const tags = givenTags(ctx, 'security-group', TagSpecifications)
    const id = newId(ctx, 'security-group')
    securityGroups.put(ctx, {
      id,
      name: GroupName,
      description: Description,
      vpcId,
      isDefault: false,
    })
    securityRules.put(ctx, {
      id: newId(ctx, 'security-group-rule'),
      groupId: id,
      isEgress: true,
      protocol: '-1',
      fromPort: -1,
      toPort: -1,
      peer: { cidrIpv4: '0.0.0.0/0' },
    })
    putTags(ctx, 'security-group', id, tags)
    return {
      GroupId: id,
      Tags: tagsOf(ctx, id),
      SecurityGroupArn: ec2Arn(ctx, 'security-group', id),
    }
  },
})

export const deleteSecurityGroup = ec2Operation(DeleteSecurityGroup, {
  authorize: ({ GroupId }, ctx) => on(ctx, 'security-group', GroupId),
  provenance: 'modelled',
  run(ctx, { GroupId, GroupName }) {
    const { id, isDefault } = findGroup(ctx, GroupId, GroupName)
    if (isDefault) {
      throw refusal(
        'CannotDelete',
        `the specified group: "${id}" name: "default" cannot be deleted by a user`,
      )
    }
    for (const rule of securityRules.where(ctx, 'referenced', id)) {
      if (rule.groupId !== id) throw usedGroup(id)
    }
    if (networkInterfaces.first(ctx, 'group', id) !== undefined) throw usedGroup(id)
    for (const rule of [...securityRules.where(ctx, 'group', id)]) {
      securityRules.delete(ctx, rule.id)
      tagSets.delete(ctx, rule.id)
    }
    securityGroups.delete(ctx, id)
    tagSets.delete(ctx, id)
    return { Return: true, GroupId: id }
  },
})

function usedGroup(id: string) {
  return dependencyViolation(`resource ${id} has a dependent object`)
}

function rulesOf(ctx: Context, id: string, isEgress: boolean): SecurityRule[] {
  return [...securityRules.where(ctx, 'group', id)].filter((rule) => rule.isEgress === isEgress)
}

function view(ctx: Context, { id, name, description, vpcId }: SecurityGroup): ModelGroup {
  return {
    GroupId: id,
    IpPermissionsEgress: permissionsOf(rulesOf(ctx, id, true)),
    Tags: tagsOf(ctx, id),
    VpcId: vpcId,
    SecurityGroupArn: ec2Arn(ctx, 'security-group', id),
    OwnerId: ctx.accountId,
    GroupName: name,
    Description: description,
    IpPermissions: permissionsOf(rulesOf(ctx, id, false)),
  }
}

/** Filters on rules, for one direction. */
function ruleFilters(isEgress: boolean): Listing<SecurityGroup>['filters'] {
  const of =
    (textOf: (rule: SecurityRule) => string | undefined) => (group: SecurityGroup, ctx: Context) =>
      rulesOf(ctx, group.id, isEgress).flatMap((rule) => textOf(rule) ?? [])
  const prefix = isEgress ? 'egress.ip-permission' : 'ip-permission'
  return {
    [`${prefix}.cidr`]: of(({ peer }) => ('cidrIpv4' in peer ? peer.cidrIpv4 : undefined)),
    [`${prefix}.ipv6-cidr`]: of(({ peer }) => ('cidrIpv6' in peer ? peer.cidrIpv6 : undefined)),
    [`${prefix}.group-id`]: of(({ peer }) => ('groupId' in peer ? peer.groupId : undefined)),
    [`${prefix}.from-port`]: of(({ fromPort }) => String(fromPort)),
    [`${prefix}.to-port`]: of(({ toPort }) => String(toPort)),
    [`${prefix}.protocol`]: of(({ protocol }) => protocol),
  }
}

const listing: Listing<SecurityGroup> = {
  table: securityGroups,
  missing: (id) => notFound('security-group', id),
  filters: {
    description: ({ description }) => description,
    'group-id': ({ id }) => id,
    'group-name': ({ name }) => name,
    'owner-id': (_, { accountId }) => accountId,
    'vpc-id': ({ vpcId }) => vpcId,
    ...ruleFilters(false),
    ...ruleFilters(true),
  },
}

export const describeSecurityGroups = ec2Operation(DescribeSecurityGroups, {
  authorize: anywhere,
  provenance: 'recorded',
  run(ctx, { GroupIds, GroupNames = [], Filters, NextToken, MaxResults }) {
    const ids = [
      ...(GroupIds ?? []),
      ...GroupNames.map((name) => findGroup(ctx, undefined, name).id),
    ]
    const request = { ids, filters: Filters, token: NextToken, itemsMax: MaxResults }
    const { items, ...rest } = listed(ctx, listing, request)
    return { SecurityGroups: items.map((group) => view(ctx, group)), ...rest }
  },
})
