import { isIP } from 'node:net'
import { AwsError } from '@cloud-orrery/models'
import {
  DeregisterTargets,
  DescribeTargetHealth,
  RegisterTargets,
  type TargetDescription,
} from '@cloud-orrery/models/elbv2'
import { Invoke } from '@cloud-orrery/models/lambda'
import type { Context } from '../context.ts'
import { operation, task } from '../define.ts'
import { notModelled } from '../shared/not-modelled.ts'
import { isTransient } from '../shared/transient-errors.ts'
import { on } from './access.ts'
import { attribute, groupAttributes } from './attributes.ts'
import { functionNotAllowed, invalidTarget, tooMany, validationError } from './errors.ts'
import { healthOf, startChecks } from './health.ts'
import { targetsPerGroupMax } from './limits.ts'
import { type Target, type TargetGroup, targetKey, targets } from './state.ts'
import { findGroup } from './target-groups.ts'

/** A target as a call names it: without a port, it has the group's. */
function targetOf(group: TargetGroup, { Id, Port, AvailabilityZone }: TargetDescription) {
  const port = Port ?? group.port
  return {
    groupArn: group.arn,
    id: Id,
    ...(group.targetType === 'lambda' || port === undefined ? {} : { port }),
    ...(AvailabilityZone === undefined ? {} : { zone: AvailabilityZone }),
  }
}

/** Addresses that nothing of a VPC or of a network connected to it has. Source: RegisterTargets; CreateTargetGroup. */
const privateAddress =
  /^(?:10\.|172\.(?:1[6-9]|2\d|3[01])\.|192\.168\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/

async function check(
  ctx: Context,
  group: TargetGroup,
  { Id, Port }: TargetDescription,
): Promise<void> {
  if (group.targetType === 'lambda') {
    if (Port !== undefined) {
      throw validationError('Port cannot be specified for targets with target type lambda')
    }
    await checkFunction(ctx, group, Id)
    return
  }
  if (group.targetType === 'instance') throw notModelled('targets that are instances of EC2')
  if (isIP(Id) !== 4) throw validationError(`The IP address '${Id}' is not a valid IPv4 address`)
  if (!privateAddress.test(Id)) {
    throw invalidTarget(`The IP address '${Id}' is not within the permitted IP ranges`)
  }
}

/** The service may have to wait for the permission: it looks whether it could invoke the function. */
async function checkFunction(ctx: Context, group: TargetGroup, arn: string): Promise<void> {
  if (!/^arn:aws:lambda:[a-z0-9-]+:\d{12}:function:/.test(arn)) {
    throw validationError(`'${arn}' is not a valid Lambda function ARN`)
  }
  try {
    await ctx.call(
      Invoke,
      { FunctionName: arn, InvocationType: 'DryRun' },
      { as: 'elasticloadbalancing.amazonaws.com', sourceArn: group.arn },
    )
  } catch (error) {
    if (!(error instanceof AwsError) || isTransient(error)) throw error
    throw functionNotAllowed(arn, group.arn)
  }
}

export const registerTargets = operation(RegisterTargets, {
  authorize: ({ TargetGroupArn }, ctx) => on(ctx, TargetGroupArn),
  provenance: 'modelled',
  async run(ctx, { TargetGroupArn, Targets }) {
    const group = findGroup(ctx, TargetGroupArn)
    for (const target of Targets) await check(ctx, group, target)
    const present = [...targets.where(ctx, 'group', TargetGroupArn)]
    const given = Targets.map((target) => targetOf(group, target))
    const keys = new Set([...present, ...given].map(targetKey))
    if (keys.size > (group.targetType === 'lambda' ? 1 : targetsPerGroupMax)) {
      throw group.targetType === 'lambda'
        ? invalidTarget('A target group with target type lambda can have only one target')
        : tooMany('targets')
    }
    for (const named of given) {
      const before = targets.get(ctx, targetKey(named))
      if (before !== undefined && before.state !== 'draining') continue
      const target = targets.put(ctx, {
        ...named,
        state: 'initial',
        checksInRow: 0,
        registration: '',
      })
      startChecks(ctx, target)
    }
    return {}
  },
})

export const deregisterTargets = operation(DeregisterTargets, {
  authorize: ({ TargetGroupArn }, ctx) => on(ctx, TargetGroupArn),
  provenance: 'modelled',
  run(ctx, { TargetGroupArn, Targets }) {
    const group = findGroup(ctx, TargetGroupArn)
    const doomed = Targets.map(({ Id, Port }) => {
      const found = [...targets.where(ctx, 'group', TargetGroupArn)].filter(
        (it) => it.id === Id && (Port === undefined || it.port === Port),
      )
      if (found.length === 0) {
        throw invalidTarget(`The following targets are not registered: '${Id}'`)
      }
      return found
    })
    for (const target of doomed.flat()) drain(ctx, group, target)
    return {}
  },
})

/** What is on its way to a target gets some time. */
function drain(ctx: Context, group: TargetGroup, target: Target): void {
  if (target.state === 'draining') return
  const delayMs =
    Number(attribute(groupAttributes, group, 'deregistration_delay.timeout_seconds')) * 1000
  const key = targetKey(target)
  if (group.targetType === 'lambda' || delayMs === 0) {
    targets.delete(ctx, key)
    return
  }
  const registration = ctx.ids.hex(8)
  targets.put(ctx, { ...target, state: 'draining', registration })
  ctx.after(delayMs, endDraining, { key, registration })
}

export const endDraining = task<{ key: string; registration: string }>('elbv2.endDraining', {
  run(ctx, { key, registration }) {
    if (targets.get(ctx, key)?.registration === registration) targets.delete(ctx, key)
  },
})

function shown({ id, port, zone }: Target): TargetDescription {
  return {
    Id: id,
    ...(port === undefined ? {} : { Port: port }),
    ...(zone === undefined ? {} : { AvailabilityZone: zone }),
  }
}

export const describeTargetHealth = operation(DescribeTargetHealth, {
  authorize: () => '*',
  provenance: 'modelled',
  refuses: ['Include'],
  run(ctx, { TargetGroupArn, Targets }) {
    const group = findGroup(ctx, TargetGroupArn)
    const { port } = group.health
    const healthPort = (target: Target) =>
      target.port === undefined
        ? {}
        : {
            HealthCheckPort:
              port === undefined || port === 'traffic-port' ? String(target.port) : port,
          }
    if (Targets === undefined || Targets.length === 0) {
      const all = [...targets.where(ctx, 'group', TargetGroupArn)]
      return {
        TargetHealthDescriptions: all.map((target) => ({
          Target: shown(target),
          ...healthPort(target),
          TargetHealth: healthOf(ctx, group, target),
        })),
      }
    }
    return {
      TargetHealthDescriptions: Targets.map((asked) => {
        const target = targets.get(ctx, targetKey(targetOf(group, asked)))
        if (target !== undefined) {
          return {
            Target: shown(target),
            ...healthPort(target),
            TargetHealth: healthOf(ctx, group, target),
          }
        }
        return {
          Target: asked,
          TargetHealth: {
            State: 'unused',
            Reason: 'Target.NotRegistered',
            Description: 'Target is not registered to the target group',
          },
        }
      }),
    }
  },
})
