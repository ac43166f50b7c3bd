import type { Action, TargetGroupTuple } from '@cloud-orrery/models/elbv2'
import type { Context } from '../../context.ts'
import type { HttpOperationOutput } from '../../http-operation.ts'
import { measure } from '../../shared/metrics.ts'
import { fullName } from '../arns.ts'
import { attribute, groupAttributes, isOn } from '../attributes.ts'
import { type Target, type TargetGroup, targetGroups, targets, turns } from '../state.ts'
import { cookiesOf, httpDate } from './cookies.ts'
import type { Incoming } from './incoming.ts'
import { askAddress } from './ip-target.ts'
import { askFunction } from './lambda-target.ts'
import { errorPage } from './responses.ts'
import { sealed, unsealed } from './sealing.ts'

/** Chooses a group and a target of it, asks the target, and has the client come back to it. */
export async function forward(
  ctx: Context,
  action: Action,
  request: Incoming,
): Promise<HttpOperationOutput> {
  const chosen = chosenGroup(ctx, action, request)
  const group = targetGroups.get(ctx, chosen.arn)
  if (group === undefined) return errorPage(503)
  request.notes.groupArn = group.arn
  const { target, cookies: ownCookies } = chosenTarget(ctx, group, request)
  if (target === undefined) {
    request.notes.error = 'NoTargets'
    return errorPage(503)
  }
  request.notes.target = target.port === undefined ? '-' : `${target.id}:${target.port}`
  const startMs = ctx.now()
  const answer =
    group.targetType === 'lambda'
      ? await askFunction(ctx, group, target, request)
      : await askAddress(ctx, group, target, request)
  measureTarget(ctx, request, group, answer.status, ctx.now() - startMs)
  const cookies = [...(answer.cookies ?? []), ...ownCookies(answer), ...chosen.cookies]
  return cookies.length === 0 ? answer : { ...answer, cookies }
}

interface ChosenGroup {
  readonly arn: string
  readonly cookies: readonly string[]
}

/** Clients that were sent to a group stay there while its cookie lasts. */
function chosenGroup(ctx: Context, { ForwardConfig }: Action, request: Incoming): ChosenGroup {
  const tuples = ForwardConfig?.TargetGroups ?? []
  const { Enabled = false, DurationSeconds = 0 } = ForwardConfig?.TargetGroupStickinessConfig ?? {}
  const given = cookiesOf(request.headers['cookie']).get('AWSALBTG')
  const { arn: balancerArn } = request.balancer
  const kept =
    Enabled && given !== undefined ? unsealed(ctx, balancerArn, 'AWSALBTG', given) : undefined
  const known = keptValue(ctx, kept)
  const isKept = tuples.some(
    ({ TargetGroupArn, Weight = 1 }) => TargetGroupArn === known && Weight > 0,
  )
  const arn = isKept && known !== undefined ? known : byWeight(ctx, request, tuples)
  if (!Enabled || tuples.length < 2) return { arn, cookies: [] }
  const untilMs = ctx.now() + DurationSeconds * 1000
  const value = sealed(ctx, balancerArn, 'AWSALBTG', JSON.stringify([arn, untilMs]))
  return { arn, cookies: stickyCookies('AWSALBTG', value, untilMs) }
}

/** The first of what a sticky cookie says, while it counts. */
function keptValue(ctx: Context, text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const [value, untilMs] = JSON.parse(text) as [string, number] // Sealed by ourselves.
  return ctx.now() < untilMs ? value : undefined
}

function stickyCookies(name: string, value: string, untilMs: number): string[] {
  const rest = `=${value}; Expires=${httpDate(untilMs)}; Path=/`
  return [`${name}${rest}`, `${name}CORS${rest}; SameSite=None; Secure`]
}

/** Groups take turns by their weights. Deviation: in a fixed order, where AWS draws. */
function byWeight(ctx: Context, request: Incoming, tuples: readonly TargetGroupTuple[]): string {
  const [first, ...others] = tuples
  const total = tuples.reduce((sum, { Weight = 1 }) => sum + Weight, 0)
  if (others.length === 0 || total === 0) return first?.TargetGroupArn ?? ''
  let turn = nextTurn(ctx, `groups ${request.listener.arn} ${request.notes.rulePriority}`) % total
  for (const { TargetGroupArn = '', Weight = 1 } of tuples) {
    if (turn < Weight) return TargetGroupArn
    turn -= Weight
  }
  return first?.TargetGroupArn ?? ''
}

function nextTurn(ctx: Context, key: string): number {
  const count = turns.get(ctx, key)?.count ?? 0
  turns.put(ctx, { key, count: count + 1 })
  return count
}

/** Healthy targets; where none is, all: a balancer would rather try. Source: User Guide, "Target group health". */
function candidates(ctx: Context, group: TargetGroup): Target[] {
  const all = [...targets.where(ctx, 'group', group.arn)].filter(
    ({ state }) => state !== 'draining',
  )
  if (!group.health.enabled) return all
  const healthy = all.filter(({ state }) => state === 'healthy')
  return healthy.length > 0 ? healthy : all
}

interface ChosenTarget {
  readonly target: Target | undefined
  readonly cookies: (answer: HttpOperationOutput) => readonly string[]
}

const none = () => []

function chosenTarget(ctx: Context, group: TargetGroup, request: Incoming): ChosenTarget {
  const able = candidates(ctx, group)
  if (group.targetType === 'lambda' || !isOn(groupAttributes, group, 'stickiness.enabled')) {
    return { target: inTurn(ctx, group, able), cookies: none }
  }
  const type = attribute(groupAttributes, group, 'stickiness.type')
  const name = type === 'app_cookie' ? 'AWSALBAPP-0' : 'AWSALB'
  const { arn } = request.balancer
  const given = cookiesOf(request.headers['cookie']).get(name)
  const kept = keptValue(ctx, given === undefined ? undefined : unsealed(ctx, arn, name, given))
  const known = able.find((target) => nameOf(target) === kept)
  const target = known ?? inTurn(ctx, group, able)
  if (target === undefined) return { target, cookies: none }
  const seconds = Number(attribute(groupAttributes, group, `stickiness.${type}.duration_seconds`))
  const untilMs = ctx.now() + seconds * 1000
  const value = sealed(ctx, arn, name, JSON.stringify([nameOf(target), untilMs]))
  if (type !== 'app_cookie') return { target, cookies: () => stickyCookies(name, value, untilMs) }
  const own = attribute(groupAttributes, group, 'stickiness.app_cookie.cookie_name')
  // The client sticks only once the application has given it its own cookie.
  const cookies = ({ cookies: set = [] }: HttpOperationOutput) =>
    set.some((cookie) => cookie.startsWith(`${own}=`))
      ? [`${name}=${value}; Expires=${httpDate(untilMs)}; Path=/`]
      : []
  return { target, cookies }
}

function nameOf({ groupArn, id, port }: Target): string {
  return `${groupArn} ${id}:${port}`
}

/** Which target is asked is open on AWS beyond its algorithm; calm: each in turn. */
function inTurn(ctx: Context, group: TargetGroup, able: readonly Target[]): Target | undefined {
  if (able.length < 2) return able[0]
  const at = nextTurn(ctx, group.arn) % able.length
  const [first, ...others] = [...able.slice(at), ...able.slice(0, at)]
  return first === undefined ? undefined : ctx.choose('elbv2.target', [first, ...others])
}

function measureTarget(
  ctx: Context,
  { balancer, notes }: Incoming,
  group: TargetGroup,
  status: number,
  tookMs: number,
): void {
  const dimensions = { LoadBalancer: fullName(balancer.arn), TargetGroup: fullName(group.arn) }
  const common = { namespace: 'AWS/ApplicationELB', dimensions } as const
  if (group.targetType === 'lambda' && notes.targetStatus === undefined) {
    measure(ctx, { ...common, name: 'LambdaUserError', value: 1, unit: 'Count' })
    return
  }
  if (notes.targetStatus === undefined) {
    measure(ctx, { ...common, name: 'TargetConnectionErrorCount', value: 1, unit: 'Count' })
    return
  }
  const kind = `HTTPCode_Target_${Math.floor(status / 100)}XX_Count`
  measure(ctx, { ...common, name: kind, value: 1, unit: 'Count' })
  measure(ctx, { ...common, name: 'RequestCountPerTarget', value: 1, unit: 'Count' })
  measure(ctx, { ...common, name: 'TargetResponseTime', value: tookMs / 1000, unit: 'Seconds' })
}
