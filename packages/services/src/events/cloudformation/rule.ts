import {
  AwsEventsRule,
  type AwsEventsRuleProperties,
  DeleteRule,
  DescribeRule,
  ListTargetsByRule,
  PutRule,
  PutTargets,
  RemoveTargets,
  type Target,
} from '@cloud-orrery/models/events'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'
import { alreadyExists, isThere } from '../../shared/already-exists.ts'
import { namedBus } from '../bus-lookup.ts'
import { defaultBus } from '../state.ts'
import { isGone, unlessGone } from './gone.ts'
import { jsonText, likeTemplate } from './json-text.ts'
import { allTags, currentTags, updateTags } from './tags.ts'

export const ruleType = resource(AwsEventsRule, {
  async create(ctx, properties) {
    const Name = properties.Name ?? ctx.physicalName({ lengthMax: 64 })
    // PutRule changes a rule of the name that is there: it would be taken for the stack's own.
    const { EventBusName } = properties
    const look = ctx.call(DescribeRule, { Name, EventBusName })
    if (await isThere(look, isGone)) throw alreadyExists(Name)
    const { RuleArn = '' } = await ctx.call(PutRule, {
      ...ruleOf(properties, Name),
      Tags: allTags(ctx, properties.Tags),
    })
    const physicalId = physicalIdOf(ctx, Name, properties)
    ctx.made({ Arn: RuleArn, RuleName: Name, physicalId })
    await putTargets(ctx, Name, properties)
    return { Arn: RuleArn, RuleName: Name, physicalId }
  },
  async update(ctx, properties, previous, state) {
    await ctx.call(PutRule, ruleOf(properties, state.RuleName))
    const kept = new Set(properties.Targets?.map(({ Id }) => Id))
    const gone = (previous.Targets ?? []).map(({ Id }) => Id).filter((id) => !kept.has(id))
    await removeTargets(ctx, state.RuleName, properties.EventBusName, gone)
    await putTargets(ctx, state.RuleName, properties)
    await updateTags(ctx, state.Arn, properties.Tags, previous.Tags)
    return state
  },
  async delete(ctx, { RuleName }, { EventBusName }) {
    const list = ctx.call(ListTargetsByRule, { Rule: RuleName, EventBusName })
    const { Targets = [] } = (await unlessGone(list)) ?? {}
    const ids = Targets.map(({ Id }) => Id)
    await removeTargets(ctx, RuleName, EventBusName, ids)
    await unlessGone(ctx.call(DeleteRule, { Name: RuleName, EventBusName }))
  },
  async read(ctx, { Arn, RuleName }, properties) {
    const { EventBusName } = properties
    const rule = await unlessGone(ctx.call(DescribeRule, { Name: RuleName, EventBusName }))
    if (rule === undefined) return undefined
    const { Targets = [] } = await ctx.call(ListTargetsByRule, { Rule: RuleName, EventBusName })
    return {
      Name: RuleName,
      ...(EventBusName === undefined ? {} : { EventBusName }),
      ...(rule.EventPattern === undefined
        ? {}
        : { EventPattern: likeTemplate(rule.EventPattern, properties.EventPattern) }),
      ...(rule.ScheduleExpression === undefined
        ? {}
        : { ScheduleExpression: rule.ScheduleExpression }),
      ...(rule.Description === undefined ? {} : { Description: rule.Description }),
      ...(rule.RoleArn === undefined ? {} : { RoleArn: rule.RoleArn }),
      ...(rule.State === undefined ? {} : { State: rule.State }),
      ...(Targets.length === 0 ? {} : { Targets: inTemplateOrder(Targets, properties) }),
      ...(await currentTags(ctx, Arn, properties)),
    }
  },
})

function ruleOf(properties: AwsEventsRuleProperties, Name: string) {
  const { EventPattern, EventBusName, ScheduleExpression, State, Description, RoleArn } = properties
  return {
    Name,
    EventBusName,
    EventPattern: EventPattern === undefined ? undefined : jsonText(EventPattern),
    ScheduleExpression,
    State,
    Description,
    RoleArn,
  }
}

/** Both `Ref` and the physical id: the name, with its bus before it unless that is the default one. */
function physicalIdOf(
  ctx: ResourceContext,
  name: string,
  { EventBusName }: AwsEventsRuleProperties,
): string {
  const bus = namedBus(ctx, EventBusName).name
  return bus === defaultBus ? name : `${EventBusName}|${name}`
}

async function putTargets(
  ctx: ResourceContext,
  Rule: string,
  { EventBusName, Targets = [] }: AwsEventsRuleProperties,
): Promise<void> {
  if (Targets.length === 0) return
  // Property types and API shapes have the same members for every kind of target that is built; the
  // others are refused by PutTargets, by name.
  await ctx.call(PutTargets, { Rule, EventBusName, Targets: Targets as unknown as Target[] })
}

/** Targets as the template has them, so that drift compares each with its own. */
function inTemplateOrder(
  targets: readonly Target[],
  { Targets = [] }: AwsEventsRuleProperties,
): NonNullable<AwsEventsRuleProperties['Targets']> {
  const place = new Map(Targets.map(({ Id }, i) => [Id, i]))
  const last = Targets.length
  const sorted = targets.toSorted((a, b) => (place.get(a.Id) ?? last) - (place.get(b.Id) ?? last))
  return sorted as unknown as NonNullable<AwsEventsRuleProperties['Targets']> // As in `putTargets`.
}

async function removeTargets(
  ctx: ResourceContext,
  Rule: string,
  EventBusName: string | undefined,
  Ids: readonly string[],
): Promise<void> {
  if (Ids.length > 0) await unlessGone(ctx.call(RemoveTargets, { Rule, EventBusName, Ids }))
}
