import {
  ListTargetsByRule,
  PutTargets,
  RemoveTargets,
  type Target,
} from '@cloud-orrery/models/events'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { notModelled } from '../shared/not-modelled.ts'
import { namedBus, scopeOfBus } from './bus-lookup.ts'
import { invalid, limitExceeded } from './errors.ts'
import { checkInput } from './input.ts'
import { targetsPerRuleMax } from './limits.ts'
import { pageOf } from './pages.ts'
import { authorizePassRole } from './pass-role.ts'
import { queueCall } from './queue-arn.ts'
import { refuseManaged, ruleAuthorization, theRule } from './rules.ts'
import { keyPrefix, type Rule, targetKey, targets } from './state.ts'
import { checkKind } from './target-kinds.ts'

/** Parameters of kinds of targets that are not built. */
const kindParameters = [
  'KinesisParameters',
  'RunCommandParameters',
  'EcsParameters',
  'BatchParameters',
  'HttpParameters',
  'RedshiftDataParameters',
  'SageMakerPipelineParameters',
  'AppSyncParameters',
] as const satisfies readonly (keyof Target)[]

export const putTargets = operation(PutTargets, {
  authorize: ({ Rule, EventBusName, Targets }, ctx) =>
    ruleAuthorization(ctx, Rule, EventBusName, {
      'events:TargetArn': Targets.map(({ Arn }) => Arn),
    }),
  scope: scopeOfBus,
  provenance: 'recorded',
  run(ctx, { Rule, EventBusName, Targets }) {
    const rule = theRule(ctx, EventBusName, Rule)
    refuseManaged(rule)
    for (const target of Targets) checkTarget(ctx, rule, target)
    const kept = new Set(targetsOf(ctx, rule).map(({ Id }) => Id))
    for (const { Id } of Targets) kept.add(Id)
    if (kept.size > targetsPerRuleMax) throw limitExceeded()
    for (const target of Targets) targets.put(ctx, { bus: rule.bus, rule: rule.name, target })
    return { FailedEntryCount: 0, FailedEntries: [] }
  },
})

function checkTarget(ctx: Context, rule: Rule, target: Target): void {
  for (const name of kindParameters) {
    if (target[name] !== undefined) throw notModelled(`the parameter ${name} of events:PutTargets`)
  }
  checkKind(ctx, target)
  checkInput(target)
  const dlq = target.DeadLetterConfig?.Arn
  if (dlq !== undefined) checkDeadLetterQueue(ctx, dlq)
  if (target.RoleArn === undefined) return
  authorizePassRole(ctx, target.RoleArn, rule.arn)
}

/** A standard queue of the rule's Region. Source: EventBridge User Guide, "Using dead-letter queues". */
function checkDeadLetterQueue(ctx: Context, arn: string): void {
  const queue = queueCall(arn)
  if (queue === undefined || queue.region !== ctx.region || arn.endsWith('.fifo')) {
    throw invalid(`Invalid DeadLetterConfig Arn: ${arn}.`)
  }
}

/** Targets of a rule in the order of their ids: at most five. */
function targetsOf(ctx: Context, rule: Rule): Target[] {
  const prefix = keyPrefix(rule.bus, rule.name)
  return [...targets.scan(ctx, { prefix })].map(({ target }) => target)
}

export const removeTargets = operation(RemoveTargets, {
  authorize: ({ Rule, EventBusName }, ctx) => ruleAuthorization(ctx, Rule, EventBusName),
  scope: scopeOfBus,
  provenance: 'recorded',
  run(ctx, { Rule, EventBusName, Ids, Force }) {
    const rule = theRule(ctx, EventBusName, Rule)
    refuseManaged(rule, Force)
    const missing = Ids.filter(
      (id) => targets.delete(ctx, targetKey(rule.bus, rule.name, id)) === undefined,
    )
    return {
      FailedEntryCount: missing.length,
      FailedEntries: missing.map((id) => ({
        TargetId: id,
        ErrorCode: 'ResourceNotFoundException',
        ErrorMessage: `Rule '${rule.name}' does not have a target with the Id '${id}'.`,
      })),
    }
  },
})

export const listTargetsByRule = operation(ListTargetsByRule, {
  authorize: ({ Rule, EventBusName }, ctx) => ruleAuthorization(ctx, Rule, EventBusName),
  scope: scopeOfBus,
  provenance: 'recorded',
  run(ctx, { Rule, EventBusName, Limit, NextToken }) {
    const bus = namedBus(ctx, EventBusName).name
    const all = targetsOf(ctx, theRule(ctx, EventBusName, Rule))
    const { items, nextToken } = pageOf(all, ({ Id }) => Id, { NextToken, Limit }, { bus, Rule })
    return { Targets: items, NextToken: nextToken }
  },
})
