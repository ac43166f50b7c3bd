import {
  CreateTargetGroup,
  type CreateTargetGroupInput,
  DeleteTargetGroup,
  DescribeTargetGroupAttributes,
  DescribeTargetGroups,
  type TargetGroup as ModelGroup,
  ModifyTargetGroup,
  ModifyTargetGroupAttributes,
} from '@cloud-orrery/models/elbv2'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { notModelled } from '../shared/not-modelled.ts'
import { pageOf } from '../shared/pages.ts'
import { making, on } from './access.ts'
import { balancersOf } from './actions.ts'
import { anyOf, newTargetGroupArn } from './arns.ts'
import {
  functionGroupAttributes,
  groupAttributes,
  shownAttributes,
  withAttributes,
} from './attributes.ts'
import {
  duplicateTargetGroup,
  resourceInUse,
  targetGroupsNotFound,
  tooMany,
  unsupportedProtocol,
  validationError,
} from './errors.ts'
import { pageItemsMax, targetGroupsMax } from './limits.ts'
import { checkName } from './names.ts'
import { checkVpc } from './networks.ts'
import {
  type HealthCheck,
  rules,
  type TargetGroup,
  tagSets,
  targetGroups,
  targetKey,
  targets,
  turns,
} from './state.ts'
import { givenTags, putTags } from './tags.ts'

export function findGroup(ctx: Context, arn: string): TargetGroup {
  const group = targetGroups.get(ctx, arn)
  if (group === undefined) throw targetGroupsNotFound()
  return group
}

export function groupView(ctx: Context, it: TargetGroup): ModelGroup {
  const { health } = it
  return {
    TargetGroupArn: it.arn,
    TargetGroupName: it.name,
    ...(it.protocol === undefined ? {} : { Protocol: it.protocol }),
    ...(it.port === undefined ? {} : { Port: it.port }),
    ...(it.vpcId === undefined ? {} : { VpcId: it.vpcId }),
    ...(health.protocol === undefined ? {} : { HealthCheckProtocol: health.protocol }),
    ...(health.port === undefined ? {} : { HealthCheckPort: health.port }),
    HealthCheckEnabled: health.enabled,
    HealthCheckIntervalSeconds: health.intervalSeconds,
    HealthCheckTimeoutSeconds: health.timeoutSeconds,
    HealthyThresholdCount: health.healthyCount,
    UnhealthyThresholdCount: health.unhealthyCount,
    HealthCheckPath: health.path,
    Matcher: { HttpCode: health.matcher },
    LoadBalancerArns: balancersOf(ctx, it.arn),
    TargetType: it.targetType,
    ...(it.protocolVersion === undefined ? {} : { ProtocolVersion: it.protocolVersion }),
    IpAddressType: it.addressType,
  }
}

type HealthInput = Pick<
  CreateTargetGroupInput,
  | 'HealthCheckProtocol'
  | 'HealthCheckPort'
  | 'HealthCheckEnabled'
  | 'HealthCheckPath'
  | 'HealthCheckIntervalSeconds'
  | 'HealthCheckTimeoutSeconds'
  | 'HealthyThresholdCount'
  | 'UnhealthyThresholdCount'
  | 'Matcher'
>

/** Source: CreateTargetGroup: what a check is where the caller does not say, for hosts and for functions. */
function initialHealth(targetType: string): HealthCheck {
  const common = { path: '/', unhealthyCount: 2, healthyCount: 5, matcher: '200' }
  return targetType === 'lambda'
    ? { ...common, enabled: false, intervalSeconds: 35, timeoutSeconds: 30 }
    : {
        ...common,
        enabled: true,
        protocol: 'HTTP',
        port: 'traffic-port',
        intervalSeconds: 30,
        timeoutSeconds: 5,
      }
}

function withHealth(before: HealthCheck, input: HealthInput): HealthCheck {
  const asked = input.HealthCheckProtocol ?? before.protocol
  const protocol: HealthCheck['protocol'] =
    asked === 'HTTP' ? 'HTTP' : asked === 'HTTPS' ? 'HTTPS' : undefined
  if (asked !== protocol) {
    throw validationError(`Health check protocol '${asked}' must be one of '[HTTP, HTTPS]'`)
  }
  if (input.Matcher?.GrpcCode !== undefined) throw notModelled('GrpcCode of matchers')
  const after: HealthCheck = {
    enabled: input.HealthCheckEnabled ?? before.enabled,
    ...(protocol === undefined ? {} : { protocol }),
    ...portOf(input.HealthCheckPort ?? before.port),
    path: input.HealthCheckPath ?? before.path,
    intervalSeconds: input.HealthCheckIntervalSeconds ?? before.intervalSeconds,
    timeoutSeconds: input.HealthCheckTimeoutSeconds ?? before.timeoutSeconds,
    healthyCount: input.HealthyThresholdCount ?? before.healthyCount,
    unhealthyCount: input.UnhealthyThresholdCount ?? before.unhealthyCount,
    matcher: input.Matcher?.HttpCode ?? before.matcher,
  }
  if (after.timeoutSeconds >= after.intervalSeconds) {
    throw validationError('Health check timeout must be smaller than the interval')
  }
  if (!after.path.startsWith('/')) {
    throw validationError(`Health check path '${after.path}' must begin with a '/' character`)
  }
  if (!/^[2-4]\d\d(?:-[2-4]\d\d)?(?:,[2-4]\d\d(?:-[2-4]\d\d)?)*$/.test(after.matcher)) {
    throw validationError(
      `Health check matcher HTTP code '${after.matcher}' must be within '200-499' inclusive`,
    )
  }
  return after
}

function portOf(port: string | undefined): { port?: string } {
  if (port === undefined) return {}
  const isLegal =
    port === 'traffic-port' || (/^\d{1,5}$/.test(port) && Number(port) > 0 && Number(port) < 65_536)
  if (!isLegal) {
    throw validationError(
      `Health check port '${port}' must be 'traffic-port' or a valid port number`,
    )
  }
  return { port }
}

export const createTargetGroup = operation(CreateTargetGroup, {
  authorize: ({ Name, Tags }, ctx) =>
    making(anyOf(ctx, 'targetgroup', Name ?? '*'), 'CreateTargetGroup', Tags),
  provenance: 'modelled',
  refuses: ['TargetControlPort'],
  async run(ctx, input) {
    const { Name, TargetType = 'instance', Protocol, Port, VpcId, IpAddressType = 'ipv4' } = input
    checkName('Target group', Name)
    if (TargetType === 'alb') throw notModelled('target groups of load balancers')
    if (IpAddressType !== 'ipv4') throw notModelled(`the IP address type ${IpAddressType}`)
    const isFunction = TargetType === 'lambda'
    if (isFunction && (Protocol !== undefined || Port !== undefined || VpcId !== undefined)) {
      throw validationError(
        'Protocol, port and VPC ID cannot be specified for target groups with target type lambda',
      )
    }
    const protocol = isFunction ? undefined : groupProtocol(Protocol)
    if (!isFunction && Port === undefined) throw validationError('A port must be specified')
    if (!isFunction && VpcId === undefined) throw validationError('A VPC ID must be specified')
    const { ProtocolVersion = 'HTTP1' } = input
    if (ProtocolVersion !== 'HTTP1') throw notModelled(`the protocol version ${ProtocolVersion}`)
    const health = withHealth(initialHealth(TargetType), input)
    const tags = givenTags(ctx, input.Tags)
    const same = targetGroups.first(ctx, 'name', Name)
    if (same !== undefined) {
      if (same.port !== Port || same.vpcId !== VpcId || same.targetType !== TargetType) {
        throw duplicateTargetGroup(Name)
      }
      return { TargetGroups: [groupView(ctx, same)] }
    }
    if (targetGroups.count(ctx) >= targetGroupsMax) throw tooMany('groups')
    if (VpcId !== undefined) await checkVpc(ctx, VpcId)
    const group = targetGroups.put(ctx, {
      arn: newTargetGroupArn(ctx, Name),
      name: Name,
      targetType: TargetType === 'lambda' ? 'lambda' : TargetType === 'ip' ? 'ip' : 'instance',
      ...(protocol === undefined ? {} : { protocol, protocolVersion: ProtocolVersion }),
      ...(Port === undefined ? {} : { port: Port }),
      ...(VpcId === undefined ? {} : { vpcId: VpcId }),
      addressType: IpAddressType,
      health,
      attributes: {},
    })
    putTags(ctx, group.arn, tags)
    return { TargetGroups: [groupView(ctx, group)] }
  },
})

function groupProtocol(protocol: string | undefined): 'HTTP' | 'HTTPS' {
  if (protocol === 'HTTP' || protocol === 'HTTPS') return protocol
  if (protocol === undefined) throw validationError('A protocol must be specified')
  if (['TCP', 'TLS', 'UDP', 'TCP_UDP', 'GENEVE', 'QUIC', 'TCP_QUIC'].includes(protocol)) {
    throw notModelled(`target groups of the protocol ${protocol}`)
  }
  throw unsupportedProtocol(`Protocol '${protocol}' is not supported`)
}

export const modifyTargetGroup = operation(ModifyTargetGroup, {
  authorize: ({ TargetGroupArn }, ctx) => on(ctx, TargetGroupArn),
  provenance: 'modelled',
  run(ctx, input) {
    const before = findGroup(ctx, input.TargetGroupArn)
    if (before.targetType !== 'lambda' && input.HealthCheckEnabled === false) {
      throw validationError(
        'Health checks cannot be disabled for target groups with this target type',
      )
    }
    const health = withHealth(before.health, input)
    return {
      TargetGroups: [groupView(ctx, targetGroups.update(ctx, before.arn, { health }))],
    }
  },
})

export const deleteTargetGroup = operation(DeleteTargetGroup, {
  authorize: ({ TargetGroupArn }, ctx) => on(ctx, TargetGroupArn),
  provenance: 'modelled',
  run(ctx, { TargetGroupArn }) {
    if (rules.first(ctx, 'group', TargetGroupArn) !== undefined) {
      throw resourceInUse(
        `Target group '${TargetGroupArn}' is currently in use by a listener or a rule`,
      )
    }
    for (const target of [...targets.where(ctx, 'group', TargetGroupArn)]) {
      targets.delete(ctx, targetKey(target))
    }
    targetGroups.delete(ctx, TargetGroupArn)
    turns.delete(ctx, TargetGroupArn)
    tagSets.delete(ctx, TargetGroupArn)
    return {}
  },
})

export const describeTargetGroups = operation(DescribeTargetGroups, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx, { TargetGroupArns = [], Names = [], LoadBalancerArn, Marker, PageSize = pageItemsMax }) {
    if (TargetGroupArns.length + Names.length > 0) {
      const found = [
        ...TargetGroupArns.map((arn) => targetGroups.get(ctx, arn)),
        ...Names.map((name) => targetGroups.first(ctx, 'name', name)),
      ].filter((it) => it !== undefined)
      if (found.length < TargetGroupArns.length + Names.length) throw targetGroupsNotFound()
      return { TargetGroups: found.map((it) => groupView(ctx, it)) }
    }
    const { items, nextToken } = pageOf({
      list: (start) => targetGroups.scan(ctx, start),
      positionOf: ({ arn }) => arn,
      wanted: ({ arn }) =>
        LoadBalancerArn === undefined || balancersOf(ctx, arn).includes(LoadBalancerArn),
      itemsMax: PageSize,
      token: Marker,
      request: LoadBalancerArn ?? '',
      refused: () => validationError('The marker is not valid'),
    })
    return { TargetGroups: items.map((it) => groupView(ctx, it)), NextMarker: nextToken }
  },
})

function knownAttributes({ targetType }: TargetGroup) {
  return targetType === 'lambda' ? functionGroupAttributes : groupAttributes
}

export const describeTargetGroupAttributes = operation(DescribeTargetGroupAttributes, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx, { TargetGroupArn }) {
    const group = findGroup(ctx, TargetGroupArn)
    return { Attributes: shownAttributes(knownAttributes(group), group.attributes) }
  },
})

export const modifyTargetGroupAttributes = operation(ModifyTargetGroupAttributes, {
  authorize: ({ TargetGroupArn }, ctx) => on(ctx, TargetGroupArn),
  provenance: 'modelled',
  run(ctx, { TargetGroupArn, Attributes }) {
    const group = findGroup(ctx, TargetGroupArn)
    const known = knownAttributes(group)
    const attributes = withAttributes(known, group.attributes, Attributes)
    targetGroups.update(ctx, TargetGroupArn, { attributes })
    return { Attributes: shownAttributes(known, attributes) }
  },
})
