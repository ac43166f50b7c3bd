import { orderedKey, table } from '@cloud-orrery/kernel'
import type { Action, RuleCondition } from '@cloud-orrery/models/elbv2'

export interface Balancer {
  readonly arn: string
  readonly name: string
  /** First label of its own name. */
  readonly dnsName: string
  readonly scheme: 'internet-facing' | 'internal'
  readonly vpcId: string
  readonly addressType: string
  readonly createdAtMs: number
  readonly activeAtMs: number
  readonly securityGroups: readonly string[]
  readonly zones: readonly { readonly zone: string; readonly subnetId: string }[]
  /** Of the interfaces that it has in its subnets. */
  readonly interfaceIds: readonly string[]
  readonly attributes: Readonly<Record<string, string>>
}

export const balancers = table<Balancer, 'name'>('elbv2.balancers', {
  key: (it) => it.arn,
  partition: 'region',
  indexes: { name: (it) => it.name },
  resource: (it) => it.arn,
})

/** Where a name leads: names are unique in the whole cloud. */
export interface BalancerHost {
  readonly dnsName: string
  readonly arn: string
  readonly accountId: string
  readonly region: string
}

export const balancerHosts = table<BalancerHost>('elbv2.hosts', {
  key: (it) => it.dnsName,
  partition: 'cloud',
})

export interface Listener {
  readonly arn: string
  readonly balancerArn: string
  readonly port: number
  readonly protocol: 'HTTP' | 'HTTPS'
  readonly sslPolicy?: string
  /** The default one first. */
  readonly certificates: readonly string[]
  readonly attributes: Readonly<Record<string, string>>
}

export const listeners = table<Listener, 'balancer'>('elbv2.listeners', {
  key: (it) => it.arn,
  partition: 'region',
  indexes: { balancer: (it) => it.balancerArn },
  resource: (it) => it.arn,
})

/** What a rule's action keeps that no answer shows. */
export interface Rule {
  readonly arn: string
  readonly listenerArn: string
  /** Undefined: the default rule. */
  readonly priority?: number
  readonly conditions: readonly RuleCondition[]
  readonly actions: readonly Action[]
  readonly clientSecret?: string
}

export const rules = table<Rule, 'listener' | 'order' | 'group'>('elbv2.rules', {
  key: (it) => it.arn,
  partition: 'region',
  indexes: {
    listener: (it) => it.listenerArn,
    order: (it) => orderedKey(it.listenerArn, it.priority ?? Number.MAX_SAFE_INTEGER),
    group: (it) => groupsOf(it.actions),
  },
  resource: (it) => (it.priority === undefined ? undefined : it.arn),
})

/** Target groups that actions forward to. */
export function groupsOf(actions: readonly Action[]): string[] {
  const arns = actions.flatMap(({ TargetGroupArn, ForwardConfig }) => [
    ...(TargetGroupArn === undefined ? [] : [TargetGroupArn]),
    ...(ForwardConfig?.TargetGroups ?? []).flatMap((it) => it.TargetGroupArn ?? []),
  ])
  return [...new Set(arns)]
}

export interface HealthCheck {
  readonly enabled: boolean
  readonly protocol?: 'HTTP' | 'HTTPS'
  /** A number or `traffic-port`. */
  readonly port?: string
  readonly path: string
  readonly intervalSeconds: number
  readonly timeoutSeconds: number
  readonly healthyCount: number
  readonly unhealthyCount: number
  readonly matcher: string
}

export interface TargetGroup {
  readonly arn: string
  readonly name: string
  readonly targetType: 'instance' | 'ip' | 'lambda'
  readonly protocol?: 'HTTP' | 'HTTPS'
  readonly protocolVersion?: string
  readonly port?: number
  readonly vpcId?: string
  readonly addressType: string
  readonly health: HealthCheck
  readonly attributes: Readonly<Record<string, string>>
}

export const targetGroups = table<TargetGroup, 'name'>('elbv2.target-groups', {
  key: (it) => it.arn,
  partition: 'region',
  indexes: { name: (it) => it.name },
  resource: (it) => it.arn,
})

export interface Target {
  readonly groupArn: string
  readonly id: string
  /** Absent for functions. */
  readonly port?: number
  readonly zone?: string
  readonly state: 'initial' | 'healthy' | 'unhealthy' | 'draining'
  readonly reason?: string
  readonly description?: string
  /** Checks in a row that went as `lastPassed` says. */
  readonly checksInRow: number
  readonly lastPassed?: boolean
  /** Marks the registration that pending checks belong to. */
  readonly registration: string
}

export function targetKey({
  groupArn,
  id,
  port,
}: Pick<Target, 'groupArn' | 'id' | 'port'>): string {
  return orderedKey(groupArn, id, port ?? 0)
}

export const targets = table<Target, 'group'>('elbv2.targets', {
  key: targetKey,
  partition: 'region',
  indexes: { group: (it) => it.groupArn },
})

/** How many requests a group had: whose turn is next. */
export const turns = table<{ readonly key: string; readonly count: number }>('elbv2.turns', {
  key: (it) => it.key,
  partition: 'region',
})

export interface TagsRecord {
  readonly arn: string
  readonly tags: Readonly<Record<string, string>>
}

export const tagSets = table<TagsRecord>('elbv2.tags', {
  key: (it) => it.arn,
  partition: 'region',
})

/** Keys of a balancer, made when it first needs one. */
export interface KeyRecord {
  readonly arn: string
  /** Seals cookies and states; base64. */
  readonly sealing: string
  /** Signs claims (P-256); hex. */
  readonly signing: string
  readonly keyId: string
}

export const keys = table<KeyRecord>('elbv2.keys', { key: (it) => it.arn, partition: 'region' })

/** Public keys by their id, as PEM: the endpoint that gives them is one for all accounts of a region. */
export const publicKeys = table<{
  readonly keyId: string
  readonly region: string
  readonly pem: string
}>('elbv2.public-keys', { key: (it) => orderedKey(it.region, it.keyId), partition: 'cloud' })

/** Lines of an access log that were not written yet. */
export interface LogLine {
  readonly arn: string
  readonly number: number
  readonly text: string
}

export const logLines = table<LogLine>('elbv2.log-lines', {
  key: (it) => orderedKey(it.arn, it.number),
  partition: 'region',
})
