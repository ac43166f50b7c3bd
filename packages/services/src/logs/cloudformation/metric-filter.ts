import {
  AwsLogsMetricFilter,
  type AwsLogsMetricFilterProperties,
  DeleteMetricFilter,
  DescribeMetricFilters,
  PutMetricFilter,
} from '@cloud-orrery/models/logs'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'

export const metricFilterType = resource(AwsLogsMetricFilter, {
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
    await ctx.call(DeleteMetricFilter, { logGroupName, filterName })
  },
  async read(ctx, { physicalId = '' }, { LogGroupName: logGroupName }) {
    const input = { logGroupName, filterNamePrefix: physicalId }
    const { metricFilters = [] } = await ctx.call(DescribeMetricFilters, input)
    const found = metricFilters.find(({ filterName }) => filterName === physicalId)
    if (found === undefined) return undefined
    return {
      LogGroupName: logGroupName,
      FilterName: physicalId,
      FilterPattern: found.filterPattern ?? '',
      MetricTransformations: (found.metricTransformations ?? []).map(
        ({ metricName, metricNamespace, metricValue, defaultValue, dimensions, unit }) => ({
          MetricName: metricName,
          MetricNamespace: metricNamespace,
          MetricValue: metricValue,
          ...(defaultValue === undefined ? {} : { DefaultValue: defaultValue }),
          ...(unit === undefined ? {} : { Unit: unit }),
          ...(dimensions === undefined
            ? {}
            : { Dimensions: Object.entries(dimensions).map(([Key, Value]) => ({ Key, Value })) }),
        }),
      ),
    }
  },
})

async function put(
  ctx: ResourceContext,
  filterName: string,
  properties: AwsLogsMetricFilterProperties,
): Promise<void> {
  await ctx.call(PutMetricFilter, {
    logGroupName: properties.LogGroupName,
    filterName,
    filterPattern: properties.FilterPattern,
    metricTransformations: properties.MetricTransformations.map((it) => ({
      metricName: it.MetricName,
      metricNamespace: it.MetricNamespace,
      metricValue: it.MetricValue,
      defaultValue: it.DefaultValue,
      unit: it.Unit,
      ...(it.Dimensions === undefined
        ? {}
        : { dimensions: Object.fromEntries(it.Dimensions.map(({ Key, Value }) => [Key, Value])) }),
    })),
    applyOnTransformedLogs: properties.ApplyOnTransformedLogs,
    fieldSelectionCriteria: properties.FieldSelectionCriteria,
    emitSystemFieldDimensions: properties.EmitSystemFieldDimensions,
  })
}
