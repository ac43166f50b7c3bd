import {
  CreateRule,
  DeleteRule,
  DescribeRules,
  type Rule as ModelRule,
  ModifyRule,
  SetRulePriorities,
} from '@cloud-orrery/models/elbv2'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { pageOf } from '../shared/pages.ts'
import { making, on } from './access.ts'
import { checkedActions } from './actions.ts'
import { newRuleArn } from './arns.ts'
import { checkedConditions } from './conditions.ts'
import {
  loadBalancersNotFound,
  operationNotPermitted,
  priorityInUse,
  rulesNotFound,
  tooMany,
  validationError,
} from './errors.ts'
import { groupsChanged } from './health.ts'
import { pageItemsMax, rulesMax } from './limits.ts'
import { findListener } from './listeners.ts'
import { balancers, groupsOf, type Rule, rules, tagSets } from './state.ts'
import { givenTags, putTags } from './tags.ts'

function findRule(ctx: Context, arn: string): Rule {
  const rule = rules.get(ctx, arn)
  if (rule === undefined) throw rulesNotFound()
  return rule
}

function view({ arn, priority, conditions, actions }: Rule): ModelRule {
  return {
    RuleArn: arn,
    Priority: priority === undefined ? 'default' : String(priority),
    Conditions: conditions,
    Actions: actions,
    IsDefault: priority === undefined,
  }
}

/** Rules in the order in which requests meet them, the default one last. */
export function* inOrder(ctx: Context, listenerArn: string): Generator<Rule, void, undefined> {
  yield* rules.scanIndex(ctx, 'order', { prefix: `${listenerArn}\u0000` })
}

async function actionsFor(
  ctx: Context,
  listenerArn: string,
  given: ModelRule['Actions'],
  secret?: string,
) {
  const listener = findListener(ctx, listenerArn)
  const balancer = balancers.get(ctx, listener.balancerArn)
  if (balancer === undefined) throw loadBalancersNotFound([listener.balancerArn])
  return await checkedActions(ctx, given ?? [], balancer, listener, secret)
}

export const createRule = operation(CreateRule, {
  authorize: ({ ListenerArn, Tags }, ctx) => [
    on(ctx, ListenerArn),
    ...making(
      `${(ListenerArn ?? '*').replace(':listener/', ':listener-rule/')}/*`,
      'CreateRule',
      Tags,
    ).slice(1),
  ],
  provenance: 'modelled',
  refuses: ['Transforms'],
  async run(ctx, { ListenerArn, Conditions, Priority, Actions, Tags }) {
    findListener(ctx, ListenerArn)
    const conditions = checkedConditions(Conditions)
    const tags = givenTags(ctx, Tags)
    const checked = await actionsFor(ctx, ListenerArn, Actions)
    const others = [...rules.where(ctx, 'listener', ListenerArn)]
    if (others.some(({ priority }) => priority === Priority)) throw priorityInUse(Priority)
    if (others.length > rulesMax) throw tooMany('rules')
    const rule = rules.put(ctx, {
      arn: newRuleArn(ctx, ListenerArn),
      listenerArn: ListenerArn,
      priority: Priority,
      conditions,
      ...checked,
    })
    putTags(ctx, rule.arn, tags)
    groupsChanged(ctx, groupsOf(checked.actions))
    return { Rules: [view(rule)] }
  },
})

export const modifyRule = operation(ModifyRule, {
  authorize: ({ RuleArn }, ctx) => on(ctx, RuleArn),
  provenance: 'modelled',
  refuses: ['Transforms', 'ResetTransforms'],
  async run(ctx, { RuleArn, Conditions, Actions }) {
    const before = findRule(ctx, RuleArn)
    if (before.priority === undefined) {
      throw operationNotPermitted(`Default rule '${RuleArn}' cannot be modified`)
    }
    const conditions = Conditions === undefined ? before.conditions : checkedConditions(Conditions)
    const { clientSecret, ...rest } = before
    const secret = clientSecret === undefined ? {} : { clientSecret }
    const checked =
      Actions === undefined
        ? { actions: before.actions, ...secret }
        : await actionsFor(ctx, before.listenerArn, Actions, clientSecret)
    const rule = rules.put(ctx, { ...rest, conditions, ...checked })
    groupsChanged(ctx, groupsOf([...before.actions, ...checked.actions]))
    return { Rules: [view(rule)] }
  },
})

export const deleteRule = operation(DeleteRule, {
  authorize: ({ RuleArn }, ctx) => on(ctx, RuleArn),
  provenance: 'modelled',
  run(ctx, { RuleArn }) {
    const { priority, actions } = findRule(ctx, RuleArn)
    if (priority === undefined) {
      throw operationNotPermitted(`Default rule '${RuleArn}' cannot be deleted`)
    }
    rules.delete(ctx, RuleArn)
    tagSets.delete(ctx, RuleArn)
    groupsChanged(ctx, groupsOf(actions))
    return {}
  },
})

/** All at once, so that two rules can change places. */
export const setRulePriorities = operation(SetRulePriorities, {
  authorize: ({ RulePriorities }, ctx) =>
    (RulePriorities ?? []).map(({ RuleArn }) => on(ctx, RuleArn)),
  provenance: 'modelled',
  run(ctx, { RulePriorities }) {
    const changed = RulePriorities.map(({ RuleArn = '', Priority }) => {
      const rule = findRule(ctx, RuleArn)
      if (Priority === undefined) throw validationError('A priority must be specified')
      if (rule.priority === undefined) {
        throw operationNotPermitted(`The priority of the default rule '${RuleArn}' cannot be set`)
      }
      return { ...rule, priority: Priority }
    })
    const arns = new Set(changed.map(({ arn }) => arn))
    const taken = new Set<string>()
    for (const listenerArn of new Set(changed.map((rule) => rule.listenerArn))) {
      for (const rule of rules.where(ctx, 'listener', listenerArn)) {
        if (!arns.has(rule.arn)) taken.add(`${listenerArn} ${rule.priority}`)
      }
    }
    for (const { listenerArn, priority } of changed) {
      const place = `${listenerArn} ${priority}`
      if (taken.has(place)) throw priorityInUse(priority)
      taken.add(place)
    }
    for (const rule of changed) rules.put(ctx, rule)
    return { Rules: changed.map(view) }
  },
})

export const describeRules = operation(DescribeRules, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx, { ListenerArn, RuleArns = [], Marker, PageSize = pageItemsMax }) {
    if (RuleArns.length > 0) return { Rules: RuleArns.map((arn) => view(findRule(ctx, arn))) }
    if (ListenerArn === undefined) {
      throw validationError('You must specify either listener rule ARNs or a listener ARN')
    }
    findListener(ctx, ListenerArn)
    const { items, nextToken } = pageOf({
      list: ({ after }) => {
        const all = [...inOrder(ctx, ListenerArn)]
        return after === undefined ? all : all.slice(all.findIndex(({ arn }) => arn === after) + 1)
      },
      positionOf: ({ arn }) => arn,
      itemsMax: PageSize,
      token: Marker,
      request: ListenerArn,
      refused: () => validationError('The marker is not valid'),
    })
    return { Rules: items.map(view), NextMarker: nextToken }
  },
})
