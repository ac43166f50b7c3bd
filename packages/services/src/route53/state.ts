import { orderedKey, table } from '@cloud-orrery/kernel'
import type { HealthCheckConfig } from '@cloud-orrery/models/route53'

/** What Route 53 keeps of a hosted zone besides what the DNS needs (`shared/dns`). */
export interface HostedZoneRecord {
  readonly id: string
  readonly accountId: string
  readonly callerReference: string
  readonly comment?: string
  readonly delegationSetId?: string
  readonly recordSetCount: number
}

export const hostedZones = table<HostedZoneRecord, 'reference' | 'delegationSet'>(
  'route53.hosted-zones',
  {
    key: (it) => it.id,
    partition: 'cloud',
    resource: (it) => `arn:aws:route53:::hostedzone/${it.id}`,
    indexes: {
      reference: (it) => orderedKey(it.accountId, it.callerReference),
      delegationSet: (it) => it.delegationSetId,
    },
  },
)

/** Another account's VPC that may be associated with a private zone. */
export interface VpcAuthorizationRecord {
  readonly zoneId: string
  readonly vpcId: string
  readonly region: string
}

export const vpcAuthorizations = table<VpcAuthorizationRecord>('route53.vpc-authorizations', {
  key: (it) => orderedKey(it.zoneId, it.vpcId, it.region),
  partition: 'cloud',
})

/** A set of four name servers that several zones share. */
export interface DelegationSetRecord {
  readonly id: string
  readonly callerReference: string
  /** In the normal form of `shared/dns`. */
  readonly nameServers: readonly string[]
}

export const delegationSets = table<DelegationSetRecord>('route53.delegation-sets', {
  key: (it) => it.id,
  partition: 'account',
  resource: (it) => `arn:aws:route53:::delegationset/${it.id}`,
})

/** A change on its way to the name servers. */
export interface ChangeRecord {
  readonly id: string
  readonly submittedAtMs: number
  readonly comment?: string
}

export const changes = table<ChangeRecord>('route53.changes', {
  key: (it) => it.id,
  partition: 'account',
})

export interface HealthCheckRecord {
  readonly id: string
  readonly callerReference: string
  readonly config: HealthCheckConfig
  readonly version: number
}

export const healthChecks = table<HealthCheckRecord, 'reference'>('route53.health-checks', {
  key: (it) => it.id,
  partition: 'account',
  resource: (it) => `arn:aws:route53:::healthcheck/${it.id}`,
  indexes: { reference: (it) => it.callerReference },
})

export interface TagsRecord {
  readonly resourceType: string
  readonly resourceId: string
  /** In the order of their keys. */
  readonly tags: Readonly<Record<string, string>>
}

export const resourceTags = table<TagsRecord>('route53.tags', {
  key: (it) => orderedKey(it.resourceType, it.resourceId),
  partition: 'account',
})
