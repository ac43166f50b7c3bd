import {
  AuthorizeSecurityGroupEgress,
  AuthorizeSecurityGroupIngress,
  DescribeSecurityGroupRules,
  RevokeSecurityGroupEgress,
  RevokeSecurityGroupIngress,
  type TagSpecification,
} from '@cloud-orrery/models/ec2'
import type { Context } from '../context.ts'
import { notFound, refusal } from './errors.ts'
import { newId } from './ids.ts'
import { rulesMax } from './limits.ts'
import { type Listing, listed } from './listings.ts'
import { anywhere, ec2Operation, making, on } from './operations.ts'
import { duplicateRule, rulesOf, ruleView, type ShortPermission, sameRule } from './permissions.ts'
import { findGroup } from './security-groups.ts'
import { type SecurityRule, securityGroups, securityRules, tagSets } from './state.ts'
import { givenTags, putTags } from './tags.ts'

interface Adding extends ShortPermission {
  readonly GroupId?: string | undefined
  readonly GroupName?: string | undefined
  readonly TagSpecifications?: readonly TagSpecification[] | undefined
}

function add(ctx: Context, input: Adding, isEgress: boolean) {
  const group = findGroup(ctx, input.GroupId, input.GroupName)
  const wanted = rulesOf(ctx, input)
  const tags = givenTags(ctx, 'security-group-rule', input.TagSpecifications)
  const present = [...securityRules.where(ctx, 'group', group.id)].filter(
    (rule) => rule.isEgress === isEgress,
  )
  for (const [at, rule] of wanted.entries()) {
    const before = [...present, ...wanted.slice(0, at)]
    if (before.some((other) => sameRule(rule, other))) throw duplicateRule(rule)
  }
  if (present.length + wanted.length > rulesMax) {
    throw refusal(
      'RulesPerSecurityGroupLimitExceeded',
      'The maximum number of rules per security group has been reached.',
    )
  }
  const made = wanted.map((rule) => {
    const id = newId(ctx, 'security-group-rule')
    putTags(ctx, 'security-group-rule', id, tags)
    return securityRules.put(ctx, { id, groupId: group.id, isEgress, ...rule })
  })
  return { Return: true, SecurityGroupRules: made.map((rule) => ruleView(ctx, rule)) }
}

interface Removing extends ShortPermission {
  readonly GroupId?: string | undefined
  readonly GroupName?: string | undefined
  readonly SecurityGroupRuleIds?: readonly string[] | undefined
}

function remove(ctx: Context, input: Removing, isEgress: boolean) {
  const group = findGroup(ctx, input.GroupId, input.GroupName)
  const doomed = doomedRules(ctx, group.id, input, isEgress)
  for (const { id } of doomed) {
    securityRules.delete(ctx, id)
    tagSets.delete(ctx, id)
  }
  const RevokedSecurityGroupRules = doomed.map((rule) => {
    const {
      GroupOwnerId: _,
      Tags: __,
      SecurityGroupRuleArn: ___,
      ReferencedGroupInfo,
      ...rest
    } = ruleView(ctx, rule)
    const referenced = ReferencedGroupInfo?.GroupId
    return referenced === undefined ? rest : { ...rest, ReferencedGroupId: referenced }
  })
  return { Return: true, RevokedSecurityGroupRules }
}

function doomedRules(ctx: Context, groupId: string, input: Removing, isEgress: boolean) {
  if (input.SecurityGroupRuleIds !== undefined && input.SecurityGroupRuleIds.length > 0) {
    return input.SecurityGroupRuleIds.map((id) => {
      const rule = securityRules.get(ctx, id)
      if (rule?.groupId !== groupId || rule.isEgress !== isEgress) {
        throw notFound('security-group-rule', id)
      }
      return rule
    })
  }
  const present = [...securityRules.where(ctx, 'group', groupId)]
  return rulesOf(ctx, input).map((wanted) => {
    const rule = present.find((it) => it.isEgress === isEgress && sameRule(it, wanted))
    if (rule === undefined) {
      // Deviation: AWS answers with UnknownIpPermissions, and no error, where the group is of a default VPC.
      throw refusal(
        'InvalidPermission.NotFound',
        'The specified rule does not exist in this security group.',
      )
    }
    return rule
  })
}

function adding(action: string) {
  return ({ GroupId, TagSpecifications }: Adding, ctx: Context) => {
    const tagging = making(ctx, 'security-group-rule', action, TagSpecifications).slice(1)
    return [on(ctx, 'security-group', GroupId), ...tagging]
  }
}

export const authorizeSecurityGroupIngress = ec2Operation(AuthorizeSecurityGroupIngress, {
  authorize: adding('AuthorizeSecurityGroupIngress'),
  provenance: 'modelled',
  run: (ctx, input) => add(ctx, input, false),
})

export const authorizeSecurityGroupEgress = ec2Operation(AuthorizeSecurityGroupEgress, {
  authorize: adding('AuthorizeSecurityGroupEgress'),
  provenance: 'modelled',
  run: (ctx, input) => add(ctx, input, true),
})

export const revokeSecurityGroupIngress = ec2Operation(RevokeSecurityGroupIngress, {
  authorize: ({ GroupId }, ctx) => on(ctx, 'security-group', GroupId),
  provenance: 'modelled',
  run: (ctx, input) => remove(ctx, input, false),
})

export const revokeSecurityGroupEgress = ec2Operation(RevokeSecurityGroupEgress, {
  authorize: ({ GroupId }, ctx) => on(ctx, 'security-group', GroupId),
  provenance: 'modelled',
  run: (ctx, input) => remove(ctx, input, true),
})

const listing: Listing<SecurityRule> = {
  table: securityRules,
  missing: (id) => notFound('security-group-rule', id),
  filters: {
    'group-id': ({ groupId }) => groupId,
    'security-group-rule-id': ({ id }) => id,
  },
}

export const describeSecurityGroupRules = ec2Operation(DescribeSecurityGroupRules, {
  authorize: anywhere,
  provenance: 'modelled',
  run(ctx, { SecurityGroupRuleIds, Filters, NextToken, MaxResults }) {
    const { items, ...rest } = listed(ctx, listing, {
      ids: SecurityGroupRuleIds,
      filters: Filters,
      token: NextToken,
      itemsMax: MaxResults,
    })
    const shown = items.filter(({ groupId }) => securityGroups.has(ctx, groupId))
    return { SecurityGroupRules: shown.map((rule) => ruleView(ctx, rule)), ...rest }
  },
})
