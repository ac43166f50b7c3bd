import {
  AwsRoute53HealthCheck,
  ChangeTagsForResource,
  CreateHealthCheck,
  DeleteHealthCheck,
  UpdateHealthCheck,
} from '@cloud-orrery/models/route53'
import { resource } from '../../define.ts'
import { tagChanges } from './tag-changes.ts'

export const healthCheckType = resource(AwsRoute53HealthCheck, {
  async create(ctx, { HealthCheckConfig, HealthCheckTags = [] }) {
    const { HealthCheck } = await ctx.call(CreateHealthCheck, {
      CallerReference: ctx.ids.uuid(),
      HealthCheckConfig,
    })
    const tags = tagChanges([], HealthCheckTags, ctx.stackTags)
    if (tags !== undefined) {
      const { Id: ResourceId } = HealthCheck
      await ctx.call(ChangeTagsForResource, { ResourceType: 'healthcheck', ResourceId, ...tags })
    }
    return { HealthCheckId: HealthCheck.Id }
  },

  async update(ctx, properties, previous, { HealthCheckId }) {
    const {
      Type: _,
      MeasureLatency: __,
      RequestInterval: ___,
      RoutingControlArn: ____,
      ...changes
    } = properties.HealthCheckConfig
    await ctx.call(UpdateHealthCheck, { HealthCheckId, ...changes })
    const tags = tagChanges(
      previous.HealthCheckTags ?? [],
      properties.HealthCheckTags ?? [],
      ctx.stackTags,
    )
    if (tags !== undefined) {
      const ResourceId = HealthCheckId
      await ctx.call(ChangeTagsForResource, { ResourceType: 'healthcheck', ResourceId, ...tags })
    }
    return { HealthCheckId }
  },

  async delete(ctx, { HealthCheckId }) {
    await ctx.call(DeleteHealthCheck, { HealthCheckId })
  },
})
