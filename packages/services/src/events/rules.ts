import { orderedKey } from '@cloud-orrery/kernel'
import {
  DeleteRule,
  DescribeRule,
  DisableRule,
  EnableRule,
  ListRuleNamesByTarget,
  ListRules,
  PutRule,
  type PutRuleRequest,
} from '@cloud-orrery/models/events'
import type { RequestContext } from '@cloud-orrery/policy'
import type { Context } from '../context.ts'
import { type Authorization, operation } from '../define.ts'
import { compilePattern } from '../shared/event-pattern/compilation.ts'
import { JsonProblem } from '../shared/json-tokens.ts'
import { namedBus, resourceTagContext, scopeOfBus, theBus } from './bus-lookup.ts'
import {
  invalid,
  invalidPattern,
  limitExceeded,
  ruleHasTargets,
  ruleIsManaged,
  ruleNotFound,
} from './errors.ts'
import { rulesPerBusMax } from './limits.ts'
import { pageOf } from './pages.ts'
import { authorizePassRole } from './pass-role.ts'
import { checkSchedule, endSchedule, startSchedule } from './schedules.ts'
import { defaultBus, keyPrefix, type Rule, ruleArn, ruleKey, rules, targets } from './state.ts'
import { tagContext, tagsOf } from './tags.ts'

/** Who may do something with a rule: the rule's ARN, its maker and its manager. */
export function ruleAuthorization(
  ctx: Context,
  name: string,
  busName: string | undefined,
  context: RequestContext = {},
): Authorization {
  const bus = namedBus(ctx, busName)
  const rule = rules.get(ctx.at(bus), ruleKey(bus.name, name))
  return {
    resource: ruleArn(bus, bus.name, name),
    context: {
      ...resourceTagContext(rule?.tags),
      'events:creatorAccount': rule?.createdBy,
      'events:ManagedBy': rule?.managedBy,
      ...context,
    },
  }
}

export function theRule(ctx: Context, busName: string | undefined, name: string): Rule {
  const bus = namedBus(ctx, busName).name
  theBus(ctx, bus)
  const rule = rules.get(ctx, ruleKey(bus, name))
  if (rule === undefined) throw ruleNotFound(name, bus)
  return rule
}

/** Rules that a service made for itself are changed by no one else. */
export function refuseManaged(rule: Rule, force = false): void {
  if (rule.managedBy !== undefined && !force) throw ruleIsManaged(rule.name, rule.managedBy)
}

/** Refuses a pattern that AWS would refuse. */
export function checkPattern(pattern: string): void {
  try {
    compilePattern(pattern)
  } catch (error) {
    if (error instanceof JsonProblem) throw invalidPattern(error.message)
    throw error
  }
}

export const putRule = operation(PutRule, {
  authorize: (input, ctx) =>
    ruleAuthorization(ctx, input.Name, input.EventBusName, {
      ...tagContext(input.Tags),
      ...patternContext(input.EventPattern),
    }),
  scope: scopeOfBus,
  provenance: 'recorded',
  run(ctx, input) {
    const bus = namedBus(ctx, input.EventBusName).name
    theBus(ctx, bus)
    checkRule(input, bus)
    const earlier = rules.get(ctx, ruleKey(bus, input.Name))
    if (earlier !== undefined) refuseManaged(earlier)
    else if (countOfRules(ctx, bus) >= rulesPerBusMax) throw limitExceeded()
    const arn = ruleArn(ctx, bus, input.Name)
    if (input.RoleArn !== undefined) authorizePassRole(ctx, input.RoleArn, arn)
    if (earlier !== undefined) endSchedule(ctx, earlier)
    const rule = rules.put(ctx, {
      bus,
      name: input.Name,
      arn,
      ...(input.EventPattern === undefined ? {} : { pattern: input.EventPattern }),
      ...(input.ScheduleExpression === undefined ? {} : { schedule: input.ScheduleExpression }),
      // The model allows these states and no other.
      state: (input.State as Rule['state'] | undefined) ?? 'ENABLED',
      ...(input.Description === undefined ? {} : { description: input.Description }),
      ...(input.RoleArn === undefined ? {} : { roleArn: input.RoleArn }),
      createdBy: earlier?.createdBy ?? callerAccount(ctx),
      tags: earlier?.tags ?? tagsOf(ctx, input.Tags),
    })
    startSchedule(ctx, rule)
    return { RuleArn: arn }
  },
})

function checkRule({ EventPattern, ScheduleExpression }: PutRuleRequest, bus: string): void {
  const pattern = EventPattern === '' ? undefined : EventPattern
  const schedule = ScheduleExpression === '' ? undefined : ScheduleExpression
  if (pattern === undefined && schedule === undefined) {
    throw invalid('Parameter(s) EventPattern or ScheduleExpression must be specified.')
  }
  if (schedule !== undefined && bus !== defaultBus) {
    throw invalid('ScheduleExpression is supported only on the default event bus.')
  }
  if (schedule !== undefined) checkSchedule(schedule)
  if (pattern !== undefined) checkPattern(pattern)
}

function countOfRules(ctx: Context, bus: string): number {
  let count = 0
  for (const _ of rules.scan(ctx, { prefix: keyPrefix(bus) })) count += 1
  return count
}

function callerAccount(ctx: Context): string {
  const { principal } = ctx.caller
  return 'accountId' in principal ? (principal.accountId ?? ctx.accountId) : ctx.accountId
}

/** Condition keys of PutRule: what the pattern asks of source, detail type and some details. */
function patternContext(pattern: string | undefined): RequestContext {
  const parsed = parsedObject(pattern)
  const detail = parsedObject(parsed['detail'])
  return {
    'events:source': textsOf(parsed['source']),
    'events:detail-type': textsOf(parsed['detail-type']),
    'events:detail.service': textsOf(detail['service'])?.[0],
    'events:detail.eventTypeCode': textsOf(detail['eventTypeCode'])?.[0],
    'events:detail.userIdentity.principalId': textsOf(
      parsedObject(detail['userIdentity'])['principalId'],
    )?.[0],
  }
}

function parsedObject(value: unknown): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = typeof value === 'string' ? JSON.parse(value) : value
    // Only own names are read from it.
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {}
  } catch (error) {
    if (error instanceof SyntaxError) return {} // The operation itself refuses the pattern.
    throw error
  }
}

function textsOf(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined
  const texts = value.filter((item) => typeof item === 'string')
  return texts.length === 0 ? undefined : texts
}

export const describeRule = operation(DescribeRule, {
  authorize: ({ Name, EventBusName }, ctx) => ruleAuthorization(ctx, Name, EventBusName),
  scope: scopeOfBus,
  provenance: 'recorded',
  run(ctx, { Name, EventBusName }) {
    const rule = theRule(ctx, EventBusName, Name)
    return { ...described(rule), CreatedBy: rule.createdBy }
  },
})

export const listRules = operation(ListRules, {
  authorize: () => '*',
  scope: scopeOfBus,
  provenance: 'recorded',
  run(ctx, { EventBusName, NamePrefix = '', Limit, NextToken }) {
    const bus = namedBus(ctx, EventBusName).name
    theBus(ctx, bus)
    const all = rules.scan(ctx, { prefix: orderedKey(bus, NamePrefix) })
    const page = pageOf(all, ({ name }) => name, { NextToken, Limit }, { bus, NamePrefix })
    return { Rules: page.items.map(described), NextToken: page.nextToken }
  },
})

export const listRuleNamesByTarget = operation(ListRuleNamesByTarget, {
  authorize: () => '*',
  scope: scopeOfBus,
  provenance: 'recorded',
  run(ctx, { TargetArn, EventBusName, Limit, NextToken }) {
    const bus = namedBus(ctx, EventBusName).name
    theBus(ctx, bus)
    const names = new Set<string>()
    for (const { rule } of targets.where(ctx, 'byArn', orderedKey(bus, TargetArn))) names.add(rule)
    const page = pageOf(names, (name) => name, { NextToken, Limit }, { bus, TargetArn })
    return { RuleNames: page.items, NextToken: page.nextToken }
  },
})

function described(rule: Rule) {
  return {
    Name: rule.name,
    Arn: rule.arn,
    EventPattern: rule.pattern,
    ScheduleExpression: rule.schedule,
    State: rule.state,
    Description: rule.description,
    RoleArn: rule.roleArn,
    ManagedBy: rule.managedBy,
    EventBusName: rule.bus,
  }
}

export const enableRule = operation(EnableRule, {
  authorize: ({ Name, EventBusName }, ctx) => ruleAuthorization(ctx, Name, EventBusName),
  scope: scopeOfBus,
  provenance: 'recorded',
  run(ctx, { Name, EventBusName }) {
    const rule = theRule(ctx, EventBusName, Name)
    refuseManaged(rule)
    if (rule.state === 'DISABLED') startSchedule(ctx, rules.put(ctx, { ...rule, state: 'ENABLED' }))
    return {}
  },
})

export const disableRule = operation(DisableRule, {
  authorize: ({ Name, EventBusName }, ctx) => ruleAuthorization(ctx, Name, EventBusName),
  scope: scopeOfBus,
  provenance: 'recorded',
  run(ctx, { Name, EventBusName }) {
    const rule = theRule(ctx, EventBusName, Name)
    refuseManaged(rule)
    endSchedule(ctx, rule)
    rules.put(ctx, { ...rule, state: 'DISABLED' })
    return {}
  },
})

export const deleteRule = operation(DeleteRule, {
  authorize: ({ Name, EventBusName }, ctx) => ruleAuthorization(ctx, Name, EventBusName),
  scope: scopeOfBus,
  provenance: 'recorded',
  run(ctx, { Name, EventBusName, Force }) {
    const bus = namedBus(ctx, EventBusName).name
    theBus(ctx, bus)
    const rule = rules.get(ctx, ruleKey(bus, Name))
    if (rule === undefined) return {} // Deleting what is not there is no error.
    refuseManaged(rule, Force)
    for (const _ of targets.scan(ctx, { prefix: keyPrefix(bus, Name) })) throw ruleHasTargets()
    endSchedule(ctx, rule)
    rules.delete(ctx, ruleKey(bus, Name))
    return {}
  },
})
