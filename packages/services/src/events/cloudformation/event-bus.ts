import {
  AwsEventsEventBus,
  CreateEventBus,
  DeleteEventBus,
  DescribeEventBus,
  PutPermission,
  RemovePermission,
  UpdateEventBus,
} from '@cloud-orrery/models/events'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'
import { unlessGone } from './gone.ts'
import { jsonText, likeTemplate } from './json-text.ts'
import { allTags, currentTags, updateTags } from './tags.ts'

export const eventBusType = resource(AwsEventsEventBus, {
  async create(ctx, properties) {
    const { Name, Description, EventSourceName, KmsKeyIdentifier, DeadLetterConfig, LogConfig } =
      properties
    const { EventBusArn = '' } = await ctx.call(CreateEventBus, {
      Name,
      Description,
      // Refused by name, as in the call itself.
      EventSourceName,
      KmsKeyIdentifier,
      DeadLetterConfig,
      LogConfig,
      Tags: allTags(ctx, properties.Tags),
    })
    ctx.made({ Arn: EventBusArn, Name })
    const Policy = await setPolicy(ctx, Name, properties.Policy)
    return { Arn: EventBusArn, Name, Policy }
  },
  async update(ctx, properties, previous, state) {
    const { Description, KmsKeyIdentifier, DeadLetterConfig, LogConfig } = properties
    const { Name } = state
    const config = { KmsKeyIdentifier, DeadLetterConfig, LogConfig }
    await ctx.call(UpdateEventBus, { Name, Description, ...config })
    if (previous.Policy !== undefined && properties.Policy === undefined) {
      const EventBusName = Name
      await ctx.call(RemovePermission, { EventBusName, RemoveAllPermissions: true })
    }
    const Policy = await setPolicy(ctx, Name, properties.Policy)
    await updateTags(ctx, state.Arn, properties.Tags, previous.Tags)
    return { ...state, Policy }
  },
  async delete(ctx, { Name }) {
    await unlessGone(ctx.call(DeleteEventBus, { Name }))
  },
  async read(ctx, { Arn, Name }, properties) {
    const bus = await unlessGone(ctx.call(DescribeEventBus, { Name }))
    if (bus === undefined) return undefined
    return {
      Name,
      ...(bus.Description === undefined ? {} : { Description: bus.Description }),
      ...(bus.Policy === undefined ? {} : { Policy: likeTemplate(bus.Policy, properties.Policy) }),
      ...(await currentTags(ctx, Arn, properties)),
    }
  },
})

async function setPolicy(
  ctx: ResourceContext,
  EventBusName: string,
  policy: unknown,
): Promise<string> {
  if (policy === undefined) return ''
  const Policy = jsonText(policy)
  await ctx.call(PutPermission, { EventBusName, Policy })
  return Policy
}
