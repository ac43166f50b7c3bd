import {
  AwsEventsEventBusPolicy,
  type AwsEventsEventBusPolicyProperties,
  DescribeEventBus,
  PutPermission,
  RemovePermission,
} from '@cloud-orrery/models/events'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'
import { defaultBus } from '../state.ts'
import { unlessGone } from './gone.ts'

interface Statement {
  readonly Sid?: string
}

export const eventBusPolicyType = resource(AwsEventsEventBusPolicy, {
  async create(ctx, properties) {
    await put(ctx, properties)
    const { EventBusName = defaultBus, StatementId } = properties
    return { physicalId: `${EventBusName}|${StatementId}` }
  },
  async update(ctx, properties, _previous, state) {
    await put(ctx, properties)
    return state
  },
  async delete(ctx, _state, { EventBusName = defaultBus, StatementId }) {
    await unlessGone(ctx.call(RemovePermission, { EventBusName, StatementId }))
  },
  async read(ctx, _state, { EventBusName = defaultBus, StatementId, Statement: statement }) {
    const found = (await statementsOf(ctx, EventBusName)).find(({ Sid }) => Sid === StatementId)
    if (found === undefined) return undefined
    return { StatementId, ...(statement === undefined ? {} : { Statement: found }) }
  },
})

async function put(
  ctx: ResourceContext,
  properties: AwsEventsEventBusPolicyProperties,
): Promise<void> {
  const { EventBusName = defaultBus, StatementId, Action, Principal, Condition } = properties
  if (properties.Statement === undefined) {
    const condition =
      Condition === undefined
        ? undefined
        : {
            Type: Condition.Type ?? 'StringEquals',
            Key: Condition.Key ?? 'aws:PrincipalOrgID',
            Value: Condition.Value ?? '',
          }
    const permission = { Action, Principal, Condition: condition }
    await ctx.call(PutPermission, { EventBusName, StatementId, ...permission })
    return
  }
  // The template's own statement, under the resource's id.
  const statement = { ...(properties.Statement as Statement), Sid: StatementId }
  const others = (await statementsOf(ctx, EventBusName)).filter(({ Sid }) => Sid !== StatementId)
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [...others, statement] })
  await ctx.call(PutPermission, { EventBusName, Policy })
}

async function statementsOf(ctx: ResourceContext, Name: string): Promise<readonly Statement[]> {
  const bus = await unlessGone(ctx.call(DescribeEventBus, { Name }))
  if (bus?.Policy === undefined) return []
  // The bus took it as a policy.
  const { Statement: found } = JSON.parse(bus.Policy) as { Statement: Statement | Statement[] }
  return Array.isArray(found) ? found : [found]
}
