import {
  AwsLogsSubscriptionFilter,
  type AwsLogsSubscriptionFilterProperties,
  DeleteSubscriptionFilter,
  DescribeSubscriptionFilters,
  PutSubscriptionFilter,
} from '@cloud-orrery/models/logs'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'

export const subscriptionFilterType = resource(AwsLogsSubscriptionFilter, {
  async create(ctx, properties) {
    const filterName = properties.FilterName ?? ctx.physicalName({ lengthMax: 512 })
    await put(ctx, filterName, properties)
    return { physicalId: filterName }
  },
  async update(ctx, properties, _previous, state) {
    await put(ctx, state.physicalId ?? '', properties)
    return state
  },
  async delete(ctx, { physicalId: filterName = '' }, { LogGroupName: logGroupName }) {
    await ctx.call(DeleteSubscriptionFilter, { logGroupName, filterName })
  },
  async read(ctx, { physicalId = '' }, { LogGroupName: logGroupName }) {
    const input = { logGroupName, filterNamePrefix: physicalId }
    const { subscriptionFilters = [] } = await ctx.call(DescribeSubscriptionFilters, input)
    const found = subscriptionFilters.find(({ filterName }) => filterName === physicalId)
    if (found === undefined) return undefined
    const { filterPattern = '', destinationArn = '', distribution } = found
    return {
      LogGroupName: logGroupName,
      FilterName: physicalId,
      FilterPattern: filterPattern,
      DestinationArn: destinationArn,
      ...(distribution === undefined ? {} : { Distribution: distribution }),
    }
  },
})

async function put(
  ctx: ResourceContext,
  filterName: string,
  properties: AwsLogsSubscriptionFilterProperties,
): Promise<void> {
  await ctx.call(PutSubscriptionFilter, {
    logGroupName: properties.LogGroupName,
    filterName,
    filterPattern: properties.FilterPattern,
    destinationArn: properties.DestinationArn,
    roleArn: properties.RoleArn,
    distribution: properties.Distribution,
    applyOnTransformedLogs: properties.ApplyOnTransformedLogs,
    fieldSelectionCriteria: properties.FieldSelectionCriteria,
    emitSystemFields: properties.EmitSystemFields,
  })
}
