import type { Scope } from '@cloud-orrery/kernel'
import type { Context } from '../context.ts'

function arn({ accountId, region }: Scope, rest: string): string {
  return `arn:aws:elasticloadbalancing:${region}:${accountId}:${rest}`
}

export function newBalancerArn(ctx: Context, name: string): string {
  return arn(ctx, `loadbalancer/app/${name}/${ctx.ids.hex(16)}`)
}

export function newTargetGroupArn(ctx: Context, name: string): string {
  return arn(ctx, `targetgroup/${name}/${ctx.ids.hex(16)}`)
}

/** ARNs of parts begin as those of what they are parts of. */
export function newListenerArn(ctx: Context, balancerArn: string): string {
  return `${balancerArn.replace(':loadbalancer/', ':listener/')}/${ctx.ids.hex(16)}`
}

export function newRuleArn(ctx: Context, listenerArn: string): string {
  return `${listenerArn.replace(':listener/', ':listener-rule/')}/${ctx.ids.hex(16)}`
}

export function anyOf(ctx: Scope, kind: string, name: string): string {
  return arn(ctx, `${kind}/${name}/*`)
}

/** `app/web/50dc6c495c0c9188`, `targetgroup/web/73e2d6bc24d8a067`: how metrics and logs name things. */
export function fullName(of: string): string {
  const rest = of.slice(of.lastIndexOf(':') + 1)
  return rest.startsWith('loadbalancer/') ? rest.slice('loadbalancer/'.length) : rest
}

/** The account or region that an ARN says. */
export function regionOf(of: string): string {
  return of.split(':')[3] ?? ''
}
