import {
  PutPermission,
  type PutPermissionRequest,
  RemovePermission,
} from '@cloud-orrery/models/events'
import { PolicyError, parsePolicy } from '@cloud-orrery/policy'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { busAuthorization, changeBus, theBus } from './bus-lookup.ts'
import { invalid, noPolicy, policyTooLong, statementNotFound } from './errors.ts'
import { policyCharactersMax } from './limits.ts'
import { busArn, defaultBus } from './state.ts'

interface StoredStatement {
  readonly Sid?: string
}

export const putPermission = operation(PutPermission, {
  authorize: ({ EventBusName }, ctx) => busAuthorization(ctx, EventBusName),
  provenance: 'modelled',
  run(ctx, input) {
    const { EventBusName = defaultBus, Policy } = input
    const bus = theBus(ctx, EventBusName)
    const policy = Policy ?? withStatement(bus.policy, ctx, EventBusName, input)
    if (policy.length > policyCharactersMax) throw policyTooLong()
    check(policy)
    changeBus(ctx, bus, { policy, modifiedAtMs: ctx.now() })
    return {}
  },
})

export const removePermission = operation(RemovePermission, {
  authorize: ({ EventBusName }, ctx) => busAuthorization(ctx, EventBusName),
  provenance: 'recorded',
  run(ctx, { EventBusName = defaultBus, StatementId, RemoveAllPermissions }) {
    const bus = theBus(ctx, EventBusName)
    if (bus.policy === undefined && !RemoveAllPermissions) {
      throw StatementId === undefined ? noPolicy(EventBusName) : statementNotFound()
    }
    const statements = statementsOf(bus.policy)
    const left = RemoveAllPermissions ? [] : statements.filter(({ Sid }) => Sid !== StatementId)
    if (!RemoveAllPermissions && left.length === statements.length) throw statementNotFound()
    const { policy: _, ...without } = bus
    changeBus(ctx, without, {
      modifiedAtMs: ctx.now(),
      ...(left.length === 0 ? {} : { policy: written(left) }),
    })
    return {}
  },
})

function withStatement(
  policy: string | undefined,
  ctx: Context,
  bus: string,
  { StatementId, Action, Principal, Condition }: PutPermissionRequest,
): string {
  if (StatementId === undefined || Action === undefined || Principal === undefined) {
    throw invalid('Parameters Action, Principal and StatementId, or Policy, must be specified.')
  }
  const statement = {
    Sid: StatementId,
    Effect: 'Allow',
    Principal: Principal === '*' ? '*' : { AWS: `arn:aws:iam::${Principal}:root` },
    Action,
    Resource: busArn(ctx, bus),
    ...(Condition === undefined
      ? {}
      : { Condition: { [Condition.Type]: { [Condition.Key]: Condition.Value } } }),
  }
  const others = statementsOf(policy).filter(({ Sid }) => Sid !== StatementId)
  return written([...others, statement])
}

function written(statements: readonly StoredStatement[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements })
}

function statementsOf(policy: string | undefined): readonly StoredStatement[] {
  if (policy === undefined) return []
  // It was parsed as a policy when it was put.
  const { Statement } = JSON.parse(policy) as { Statement: StoredStatement | StoredStatement[] }
  return Array.isArray(Statement) ? Statement : [Statement]
}

function check(policy: string): void {
  try {
    parsePolicy(policy, 'resource')
  } catch (error) {
    if (error instanceof PolicyError) throw invalid(`Invalid policy. Reason: ${error.message}`)
    throw error
  }
}
