import type { IpPermission, SecurityGroupRule } from '@cloud-orrery/models/ec2'
import type { Context } from '../context.ts'
import { cidrOf, isIpv6Cidr, textOf } from './cidr.ts'
import { invalidValue, missingParameter, notFound, refusal } from './errors.ts'
import { ec2Arn } from './ids.ts'
import { type RulePeer, type SecurityRule, securityGroups } from './state.ts'
import { tagsOf } from './tags.ts'

/** A rule before it has an id. */
export type RuleText = Pick<
  SecurityRule,
  'protocol' | 'fromPort' | 'toPort' | 'peer' | 'description'
>

/** The way in which calls name a single rule, besides `IpPermissions`. */
export interface ShortPermission {
  readonly CidrIp?: string | undefined
  readonly FromPort?: number | undefined
  readonly ToPort?: number | undefined
  readonly IpProtocol?: string | undefined
  readonly SourceSecurityGroupName?: string | undefined
  readonly IpPermissions?: readonly IpPermission[] | undefined
}

const protocolNumbers: Readonly<Record<string, string>> = {
  '6': 'tcp',
  '17': 'udp',
  '1': 'icmp',
  '58': 'icmpv6',
  all: '-1',
}

/** The rules that a call names: one for each source or destination. */
export function rulesOf(ctx: Context, input: ShortPermission): RuleText[] {
  const { CidrIp, IpPermissions, SourceSecurityGroupName: groupName } = input
  const short: IpPermission[] =
    CidrIp === undefined && groupName === undefined
      ? []
      : [
          {
            IpProtocol: input.IpProtocol,
            FromPort: input.FromPort,
            ToPort: input.ToPort,
            ...(CidrIp === undefined ? {} : { IpRanges: [{ CidrIp }] }),
            ...(groupName === undefined ? {} : { UserIdGroupPairs: [{ GroupName: groupName }] }),
          },
        ]
  const permissions = [...short, ...(IpPermissions ?? [])]
  if (permissions.length === 0) throw missingParameter('ipPermissions')
  return permissions.flatMap((permission) => {
    const rules = rulesOfPermission(ctx, permission)
    // Source: EC2 API reference, AuthorizeSecurityGroupIngress: a rule has a source.
    if (rules.length === 0) throw missingParameter('ipRanges')
    return rules
  })
}

function rulesOfPermission(ctx: Context, permission: IpPermission): RuleText[] {
  const {
    IpProtocol,
    IpRanges = [],
    Ipv6Ranges = [],
    UserIdGroupPairs = [],
    PrefixListIds = [],
  } = permission
  if (IpProtocol === undefined) throw missingParameter('ipProtocol')
  const protocol = protocolNumbers[IpProtocol.toLowerCase()] ?? IpProtocol.toLowerCase()
  const ports = portsOf(protocol, permission)
  const rule = (peer: RulePeer, description: string | undefined): RuleText => {
    if (description !== undefined && description.length > 255) {
      throw invalidValue(
        'Invalid rule description. Rule descriptions must be 255 characters or less in length.',
      )
    }
    return { protocol, ...ports, peer, ...(description === undefined ? {} : { description }) }
  }
  return [
    ...IpRanges.map(({ CidrIp = '', Description }) =>
      rule({ cidrIpv4: block(CidrIp) }, Description),
    ),
    ...Ipv6Ranges.map(({ CidrIpv6 = '', Description }) => {
      if (!isIpv6Cidr(CidrIpv6)) throw invalidValue(`CIDR block ${CidrIpv6} is malformed`)
      return rule({ cidrIpv6: CidrIpv6.toLowerCase() }, Description)
    }),
    ...UserIdGroupPairs.map((pair) => rule(groupPeer(ctx, pair), pair.Description)),
    ...PrefixListIds.map(({ PrefixListId = '', Description }) =>
      rule({ prefixListId: PrefixListId }, Description),
    ),
  ]
}

function groupPeer(
  ctx: Context,
  {
    GroupId,
    GroupName,
    UserId,
  }: { GroupId?: string | undefined; GroupName?: string | undefined; UserId?: string | undefined },
): RulePeer {
  const userId = UserId ?? ctx.accountId
  const groupId =
    GroupId ?? [...securityGroups.scan(ctx)].find(({ name }) => name === GroupName)?.id
  const known =
    groupId !== undefined && (userId !== ctx.accountId || securityGroups.has(ctx, groupId))
  if (!known) throw notFound('security-group', GroupId ?? GroupName ?? '')
  return { groupId, userId }
}

function block(text: string): string {
  const cidr = cidrOf(text)
  if (cidr === undefined) throw invalidValue(`CIDR block ${text} is malformed`)
  return textOf(cidr)
}

function portsOf(protocol: string, { FromPort, ToPort }: IpPermission) {
  if (protocol === '-1' || !['tcp', 'udp', 'icmp', 'icmpv6'].includes(protocol)) {
    return { fromPort: -1, toPort: -1 }
  }
  const isIcmp = protocol.startsWith('icmp')
  if (FromPort === undefined || ToPort === undefined) {
    if (isIcmp) return { fromPort: FromPort ?? -1, toPort: ToPort ?? -1 }
    throw invalidValue(
      `Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.`,
    )
  }
  const isLegal = isIcmp || (FromPort >= 0 && ToPort <= 65_535 && FromPort <= ToPort)
  if (!isLegal) {
    throw invalidValue(`Invalid TCP/UDP port range (${FromPort}:${ToPort})`)
  }
  return { fromPort: FromPort, toPort: ToPort }
}

/** Equal rules are one rule, whatever they are described as. */
export function sameRule(a: RuleText, b: RuleText): boolean {
  return (
    a.protocol === b.protocol &&
    a.fromPort === b.fromPort &&
    a.toPort === b.toPort &&
    peerText(a.peer) === peerText(b.peer)
  )
}

export function peerText(peer: RulePeer): string {
  if ('cidrIpv4' in peer) return peer.cidrIpv4
  if ('cidrIpv6' in peer) return peer.cidrIpv6
  return 'groupId' in peer ? peer.groupId : peer.prefixListId
}

/** Recorded: cloudformation, a security group: rules of one protocol and range of ports are one permission. */
export function permissionsOf(rules: readonly SecurityRule[]): IpPermission[] {
  const permissions = new Map<string, SecurityRule[]>()
  for (const rule of rules) {
    const key = `${rule.protocol} ${rule.fromPort} ${rule.toPort}`
    permissions.set(key, [...(permissions.get(key) ?? []), rule])
  }
  return [...permissions.values()].map((same) => {
    const [first] = same
    const described = ({ description }: SecurityRule) =>
      description === undefined ? {} : { Description: description }
    const hasPorts = first !== undefined && first.protocol !== '-1'
    return {
      IpProtocol: first?.protocol ?? '-1',
      ...(hasPorts ? { FromPort: first.fromPort, ToPort: first.toPort } : {}),
      IpRanges: same.flatMap((rule) =>
        'cidrIpv4' in rule.peer ? [{ CidrIp: rule.peer.cidrIpv4, ...described(rule) }] : [],
      ),
      Ipv6Ranges: same.flatMap((rule) =>
        'cidrIpv6' in rule.peer ? [{ CidrIpv6: rule.peer.cidrIpv6, ...described(rule) }] : [],
      ),
      PrefixListIds: same.flatMap((rule) =>
        'prefixListId' in rule.peer
          ? [{ PrefixListId: rule.peer.prefixListId, ...described(rule) }]
          : [],
      ),
      UserIdGroupPairs: same.flatMap((rule) =>
        'groupId' in rule.peer
          ? [{ GroupId: rule.peer.groupId, UserId: rule.peer.userId, ...described(rule) }]
          : [],
      ),
    }
  })
}

export function ruleView(ctx: Context, rule: SecurityRule): SecurityGroupRule {
  const { id, groupId, isEgress, protocol, fromPort, toPort, peer, description } = rule
  return {
    SecurityGroupRuleId: id,
    GroupId: groupId,
    GroupOwnerId: ctx.accountId,
    IsEgress: isEgress,
    IpProtocol: protocol,
    FromPort: fromPort,
    ToPort: toPort,
    ...('cidrIpv4' in peer ? { CidrIpv4: peer.cidrIpv4 } : {}),
    ...('cidrIpv6' in peer ? { CidrIpv6: peer.cidrIpv6 } : {}),
    ...('prefixListId' in peer ? { PrefixListId: peer.prefixListId } : {}),
    ...('groupId' in peer
      ? { ReferencedGroupInfo: { GroupId: peer.groupId, UserId: peer.userId } }
      : {}),
    ...(description === undefined ? {} : { Description: description }),
    Tags: tagsOf(ctx, id),
    SecurityGroupRuleArn: ec2Arn(ctx, 'security-group-rule', id),
  }
}

/** Source: EC2 API reference, error codes: words as users report them. */
export function duplicateRule(rule: RuleText) {
  const ports =
    rule.protocol === '-1' ? 'ALL' : `from port: ${rule.fromPort}, to port: ${rule.toPort}`
  const protocol = rule.protocol === '-1' ? 'ALL' : rule.protocol.toUpperCase()
  return refusal(
    'InvalidPermission.Duplicate',
    rule.protocol === '-1'
      ? `the specified rule "peer: ${peerText(rule.peer)}, ALL, ALLOW" already exists`
      : `the specified rule "peer: ${peerText(rule.peer)}, ${protocol}, ${ports}, ALLOW" already exists`,
  )
}
