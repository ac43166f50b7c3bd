import { AwsError } from '@cloud-orrery/models'
import { Invoke } from '@cloud-orrery/models/lambda'
import type { Context } from '../context.ts'
import { task } from '../define.ts'
import { measure } from '../shared/metrics.ts'
import { balancersOf } from './actions.ts'
import { fullName } from './arns.ts'
import { functionAnswer, healthEvent } from './requests/lambda-target.ts'
import { rules, type Target, type TargetGroup, targetGroups, targetKey, targets } from './state.ts'

interface CheckInput {
  readonly groupArn: string
  readonly key: string
  readonly registration: string
}

/** Whether some rule forwards to a group: only then its targets are checked. */
function isUsed(ctx: Context, groupArn: string): boolean {
  return rules.first(ctx, 'group', groupArn) !== undefined
}

/** Rules came or went: targets of groups that are used now are checked, those of others no more. */
export function groupsChanged(ctx: Context, groupArns: readonly string[]): void {
  for (const arn of new Set(groupArns)) {
    if (!isUsed(ctx, arn)) {
      for (const target of [...targets.where(ctx, 'group', arn)]) forget(ctx, target)
      continue
    }
    for (const target of [...targets.where(ctx, 'group', arn)]) {
      if (target.registration === '' && target.state !== 'draining') startChecks(ctx, target)
    }
  }
}

function forget(ctx: Context, target: Target): void {
  if (target.state === 'draining') return
  const { reason: _, description: __, lastPassed: ___, ...rest } = target
  targets.put(ctx, { ...rest, state: 'initial', checksInRow: 0, registration: '' })
}

/** A target is healthy from its first good check on. Source: User Guide, "Health checks". */
export function startChecks(ctx: Context, target: Target): void {
  const group = targetGroups.get(ctx, target.groupArn)
  if (group?.health.enabled !== true || !isUsed(ctx, target.groupArn)) return
  const registration = ctx.ids.hex(8)
  targets.put(ctx, {
    ...target,
    state: 'initial',
    reason: 'Elb.RegistrationInProgress',
    description: 'Target registration is in progress',
    checksInRow: 0,
    registration,
  })
  const { groupArn } = target
  ctx.after(0, checkTarget, { groupArn, key: targetKey(target), registration })
}

export const checkTarget = task<CheckInput>('elbv2.checkTarget', {
  async run(ctx, input) {
    const group = targetGroups.get(ctx, input.groupArn)
    const target = targets.get(ctx, input.key)
    if (group === undefined || target?.registration !== input.registration) return
    const passed = await check(ctx, group, target)
    const now = targets.get(ctx, input.key)
    if (now?.registration !== input.registration) return
    targets.put(ctx, judged(group, now, passed))
    measureGroup(ctx, group)
    ctx.after(group.health.intervalSeconds * 1000, checkTarget, input)
  },
})

/** What a check came to: nothing, or why it failed. */
type Failure = { readonly reason: string; readonly description: string } | undefined

async function check(ctx: Context, group: TargetGroup, target: Target): Promise<Failure> {
  const status = await statusOf(ctx, group, target)
  if (status === 0) {
    return { reason: 'Target.Timeout', description: 'Request timed out' }
  }
  if (isMatch(group.health.matcher, status)) return undefined
  return {
    reason: 'Target.ResponseCodeMismatch',
    description: `Health checks failed with these codes: [${status}]`,
  }
}

async function statusOf(ctx: Context, group: TargetGroup, target: Target): Promise<number> {
  const { path, timeoutSeconds, protocol = 'HTTP', port } = group.health
  if (group.targetType === 'lambda') return await functionStatus(ctx, group, target)
  const at = port === undefined || port === 'traffic-port' ? target.port : Number(port)
  const answer = await ctx.http({
    method: 'GET',
    url: `${protocol.toLowerCase()}://${hostText(target.id)}:${at}${path}`,
    headers: { host: `${hostText(target.id)}:${at}`, 'user-agent': 'ELB-HealthChecker/2.0' },
    body: '',
    timeoutMs: timeoutSeconds * 1000,
  })
  return answer.status
}

/** An address of version 6 stands in brackets. */
export function hostText(address: string): string {
  return address.includes(':') ? `[${address}]` : address
}

async function functionStatus(ctx: Context, group: TargetGroup, target: Target): Promise<number> {
  try {
    const Payload = Buffer.from(JSON.stringify(healthEvent(group)))
    const answer = await ctx.call(
      Invoke,
      { FunctionName: target.id, Payload },
      { as: 'elasticloadbalancing.amazonaws.com', sourceArn: group.arn },
    )
    return functionAnswer(group, answer)?.status ?? 502
  } catch (error) {
    if (error instanceof AwsError) return 502
    throw error
  }
}

/** `200`, `200,202`, `200-299` */
export function isMatch(matcher: string, status: number): boolean {
  return matcher.split(',').some((part) => {
    const [from = '', to = from] = part.split('-')
    return status >= Number(from) && status <= Number(to)
  })
}

function judged({ health }: TargetGroup, target: Target, failure: Failure): Target {
  const passed = failure === undefined
  const { reason: _, description: __, ...rest } = target
  const checksInRow = target.lastPassed === passed ? target.checksInRow + 1 : 1
  const noted = { ...rest, lastPassed: passed, checksInRow }
  const why = { ...(target.reason === undefined ? {} : { reason: target.reason }) }
  const described = target.description === undefined ? {} : { description: target.description }
  if (passed) {
    const needed = target.state === 'initial' ? 1 : health.healthyCount
    if (target.state === 'healthy' || checksInRow >= needed) return { ...noted, state: 'healthy' }
    return { ...noted, ...why, ...described }
  }
  if (target.state === 'healthy' && checksInRow < health.unhealthyCount) return noted
  if (target.state === 'initial' && checksInRow < health.unhealthyCount) {
    const description = 'Initial health checks in progress'
    return { ...noted, reason: 'Elb.InitialHealthChecking', description }
  }
  return { ...noted, state: 'unhealthy', ...failure }
}

function measureGroup(ctx: Context, group: TargetGroup): void {
  let healthy = 0
  let unhealthy = 0
  for (const { state } of targets.where(ctx, 'group', group.arn)) {
    if (state === 'healthy') healthy += 1
    if (state === 'unhealthy') unhealthy += 1
  }
  for (const balancer of balancersOf(ctx, group.arn)) {
    const dimensions = { LoadBalancer: fullName(balancer), TargetGroup: fullName(group.arn) }
    const common = { namespace: 'AWS/ApplicationELB', dimensions, unit: 'Count' } as const
    measure(ctx, { ...common, name: 'HealthyHostCount', value: healthy })
    measure(ctx, { ...common, name: 'UnHealthyHostCount', value: unhealthy })
  }
}

interface Health {
  readonly State: string
  readonly Reason?: string
  readonly Description?: string
}

/** Health as DescribeTargetHealth shows it. */
export function healthOf(ctx: Context, group: TargetGroup, target: Target): Health {
  if (target.state === 'draining') {
    return {
      State: 'draining',
      Reason: 'Target.DeregistrationInProgress',
      Description: 'Target deregistration is in progress',
    }
  }
  if (!isUsed(ctx, group.arn)) {
    return {
      State: 'unused',
      Reason: 'Target.NotInUse',
      Description: 'Target group is not configured to receive traffic from the load balancer',
    }
  }
  if (!group.health.enabled) {
    return {
      State: 'unavailable',
      Reason: 'Target.HealthCheckDisabled',
      Description: 'Health checks are not enabled for this target',
    }
  }
  const { state: State, reason, description } = target
  return {
    State,
    ...(reason === undefined ? {} : { Reason: reason }),
    ...(description === undefined ? {} : { Description: description }),
  }
}
