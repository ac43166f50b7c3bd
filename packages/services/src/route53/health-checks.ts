import {
  CreateHealthCheck,
  DeleteHealthCheck,
  GetHealthCheck,
  GetHealthCheckCount,
  type HealthCheck,
  type HealthCheckConfig,
  ListHealthChecks,
  UpdateHealthCheck,
} from '@cloud-orrery/models/route53'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { healthStates } from '../shared/dns/state.ts'
import { notModelled } from '../shared/not-modelled.ts'
import {
  healthCheckAlreadyExists,
  healthCheckInUse,
  healthCheckVersionMismatch,
  invalidRequest,
  noSuchHealthCheck,
  tooManyHealthChecks,
} from './errors.ts'
import { healthChecksPerAccountMax } from './limits.ts'
import { type HealthCheckRecord, healthChecks } from './state.ts'
import { deleteTags } from './tags.ts'
import { arnOf, bareId } from './zone-access.ts'
import { pageSize } from './zone-listings.ts'

function view({ id, callerReference, config, version }: HealthCheckRecord): HealthCheck {
  return {
    Id: id,
    CallerReference: callerReference,
    HealthCheckConfig: config,
    HealthCheckVersion: version,
  }
}

function checkOf(ctx: Context, id: string): HealthCheckRecord {
  const check = healthChecks.get(ctx, bareId(id))
  if (check === undefined) throw noSuchHealthCheck(bareId(id))
  return check
}

/** What Route 53 fills in. Source: API reference, HealthCheckConfig. */
function completed(config: HealthCheckConfig): HealthCheckConfig {
  const { Type } = config
  const own = { Inverted: false, Disabled: false, ...config }
  if (Type === 'CALCULATED') return { HealthThreshold: 0, ChildHealthChecks: [], ...own }
  return {
    RequestInterval: 30,
    FailureThreshold: 3,
    MeasureLatency: false,
    ...(Type.startsWith('HTTPS') ? { EnableSNI: true } : {}),
    ...(Type === 'TCP' ? {} : { Port: Type.startsWith('HTTPS') ? 443 : 80 }),
    ...own,
  }
}

function checkConfig(ctx: Context, config: HealthCheckConfig): void {
  const { Type, IPAddress, FullyQualifiedDomainName, SearchString, ChildHealthChecks = [] } = config
  if (Type === 'RECOVERY_CONTROL' || Type === 'CLOUDWATCH_METRIC') {
    throw notModelled(`health checks of type ${Type} (route53:CreateHealthCheck)`)
  }
  if (Type === 'CALCULATED') {
    for (const id of ChildHealthChecks) checkOf(ctx, id)
    return
  }
  if (IPAddress === undefined && FullyQualifiedDomainName === undefined) {
    throw invalidRequest(
      'Invalid parameter : Either IPAddress or FullyQualifiedDomainName must be specified.',
    )
  }
  if (Type.endsWith('_STR_MATCH') && SearchString === undefined) {
    throw invalidRequest('Invalid parameter : SearchString must be specified.')
  }
  if (Type === 'TCP' && config.Port === undefined) {
    throw invalidRequest('Invalid parameter : Port must be specified.')
  }
}

/**
 * What a check says. Nothing is asked over the network: an endpoint is healthy, unless the check is inverted, which is
 * how AWS lets people try a failover.
 */
// Deviation: endpoints are never asked; `Inverted` makes a check fail, and calculated checks count their children.
function isHealthy(ctx: Context, { config }: HealthCheckRecord): boolean {
  const { Type, ChildHealthChecks = [], HealthThreshold = 0, Disabled, Inverted } = config
  const healthy =
    Type !== 'CALCULATED' || Disabled === true
      ? true
      : ChildHealthChecks.filter((id) => healthStates.get(ctx, id)?.healthy !== false).length >=
        HealthThreshold
  return healthy !== (Inverted === true)
}

function keep(ctx: Context, check: HealthCheckRecord): HealthCheckRecord {
  healthChecks.put(ctx, check)
  healthStates.put(ctx, { healthCheckId: check.id, healthy: isHealthy(ctx, check) })
  // A calculated check can't have another one as its child, so that one step is enough.
  for (const other of [...healthChecks.scan(ctx)]) {
    if (other.config.ChildHealthChecks?.includes(check.id) !== true) continue
    healthStates.put(ctx, { healthCheckId: other.id, healthy: isHealthy(ctx, other) })
  }
  return check
}

export const createHealthCheck = operation(CreateHealthCheck, {
  authorize: () => '*',
  provenance: 'simplified',
  run(ctx, { CallerReference, HealthCheckConfig }) {
    checkConfig(ctx, HealthCheckConfig)
    const config = completed(HealthCheckConfig)
    const there = healthChecks.first(ctx, 'reference', CallerReference)
    if (there !== undefined && JSON.stringify(there.config) !== JSON.stringify(config)) {
      throw healthCheckAlreadyExists()
    }
    if (there === undefined && healthChecks.count(ctx) >= healthChecksPerAccountMax) {
      throw tooManyHealthChecks(healthChecksPerAccountMax)
    }
    const check =
      there ??
      keep(ctx, { id: ctx.ids.uuid(), callerReference: CallerReference, config, version: 1 })
    return {
      HealthCheck: view(check),
      Location: `https://route53.amazonaws.com/2013-04-01/healthcheck/${check.id}`,
    }
  },
})

export const getHealthCheck = operation(GetHealthCheck, {
  authorize: ({ HealthCheckId }) => arnOf('healthcheck', HealthCheckId),
  provenance: 'modelled',
  run: (ctx, { HealthCheckId }) => ({ HealthCheck: view(checkOf(ctx, HealthCheckId)) }),
})

export const updateHealthCheck = operation(UpdateHealthCheck, {
  authorize: ({ HealthCheckId }) => arnOf('healthcheck', HealthCheckId),
  provenance: 'simplified',
  refuses: ['AlarmIdentifier', 'InsufficientDataHealthStatus'],
  run(ctx, { HealthCheckId, HealthCheckVersion, ResetElements = [], ...changes }) {
    const check = checkOf(ctx, HealthCheckId)
    if (HealthCheckVersion !== undefined && HealthCheckVersion !== check.version) {
      throw healthCheckVersionMismatch()
    }
    const given = Object.entries(changes).filter(([, value]) => value !== undefined)
    const reset = new Set<string>(ResetElements)
    const kept = Object.entries(check.config).filter(([name]) => !reset.has(name))
    // The members of an update are members of the configuration.
    const config = completed(
      Object.fromEntries([...kept, ...given]) as unknown as HealthCheckConfig,
    )
    checkConfig(ctx, config)
    return { HealthCheck: view(keep(ctx, { ...check, config, version: check.version + 1 })) }
  },
})

export const deleteHealthCheck = operation(DeleteHealthCheck, {
  authorize: ({ HealthCheckId }) => arnOf('healthcheck', HealthCheckId),
  provenance: 'modelled',
  run(ctx, { HealthCheckId }) {
    const { id } = checkOf(ctx, HealthCheckId)
    for (const { config } of healthChecks.scan(ctx)) {
      if (config.ChildHealthChecks?.includes(id) === true) throw healthCheckInUse(id)
    }
    healthChecks.delete(ctx, id)
    healthStates.delete(ctx, id)
    deleteTags(ctx, 'healthcheck', id)
    return {}
  },
})

export const listHealthChecks = operation(ListHealthChecks, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx, { Marker = '', MaxItems }) {
    const itemsMax = pageSize(MaxItems)
    const found: HealthCheckRecord[] = []
    for (const check of healthChecks.scan(ctx, { from: Marker })) {
      found.push(check)
      if (found.length > itemsMax) break
    }
    const next = found[itemsMax]
    return {
      HealthChecks: found.slice(0, itemsMax).map(view),
      Marker,
      IsTruncated: next !== undefined,
      ...(next === undefined ? {} : { NextMarker: next.id }),
      MaxItems: String(itemsMax),
    }
  },
})

export const getHealthCheckCount = operation(GetHealthCheckCount, {
  authorize: () => '*',
  provenance: 'modelled',
  run: (ctx) => ({ HealthCheckCount: healthChecks.count(ctx) }),
})
