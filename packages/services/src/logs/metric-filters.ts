import { orderedKey } from '@cloud-orrery/kernel'
import {
  DeleteMetricFilter,
  DescribeMetricFilters,
  type DescribeMetricFiltersRequest,
  type MetricFilter,
  type MetricTransformation,
  PutMetricFilter,
  TestMetricFilter,
} from '@cloud-orrery/models/logs'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { notModelled } from '../shared/not-modelled.ts'
import { pageOf } from '../shared/pages.ts'
import { invalid, invalidToken, limitExceeded, metricFilterNotFound } from './errors.ts'
import { compileFilterPattern } from './filter-pattern/compilation.ts'
import { pageItems } from './limits.ts'
import { judgedGroup, theGroup } from './lookup.ts'
import {
  filterDimensionsMax,
  type MetricFilterRecord,
  metricFilters,
  metricFiltersMax,
} from './metric-filter-state.ts'
import { logGroups } from './state.ts'

export const testMetricFilter = operation(TestMetricFilter, {
  authorize: (_, ctx) => judgedGroup(ctx),
  provenance: 'modelled',
  run(_, { filterPattern, logEventMessages }) {
    const match = compileFilterPattern(filterPattern)
    const matches = logEventMessages.flatMap((eventMessage, index) => {
      const extractedValues = match(eventMessage)
      return extractedValues === undefined
        ? []
        : [{ eventNumber: index + 1, eventMessage, extractedValues }]
    })
    return { matches }
  },
})

export const putMetricFilter = operation(PutMetricFilter, {
  authorize: ({ logGroupName }, ctx) => judgedGroup(ctx, logGroupName),
  provenance: 'recorded',
  refuses: ['fieldSelectionCriteria', 'emitSystemFieldDimensions'],
  run(ctx, input) {
    const { logGroupName, filterName, filterPattern, metricTransformations } = input
    if (input.applyOnTransformedLogs === true) {
      throw notModelled('metric filters of logs on transformed logs')
    }
    const group = theGroup(ctx, { logGroupName })
    compileFilterPattern(filterPattern)
    const [transformation] = metricTransformations
    if (transformation === undefined)
      throw invalid('A metric filter has one metric transformation.')
    checkTransformation(transformation, filterPattern)
    const key = orderedKey(group.id, filterName)
    const before = metricFilters.get(ctx, key)
    if (before === undefined && countOf(ctx, group.id) >= metricFiltersMax) throw limitExceeded()
    metricFilters.put(ctx, {
      groupId: group.id,
      groupName: group.name,
      name: filterName,
      pattern: filterPattern,
      transformation,
      createdAtMs: before?.createdAtMs ?? ctx.now(),
    })
    return {}
  },
})

function countOf(ctx: Context, groupId: string): number {
  return [...metricFilters.scan(ctx, { prefix: orderedKey(groupId, '') })].length
}

// Deviation: the words for what a transformation may not be are ours, from the API reference.
function checkTransformation(
  { metricValue, dimensions = {}, defaultValue }: MetricTransformation,
  pattern: string,
): void {
  const names = Object.keys(dimensions)
  if (names.length > filterDimensionsMax) {
    throw invalid(
      `A metric transformation can have no more than ${filterDimensionsMax} dimensions.`,
    )
  }
  if (names.length > 0 && defaultValue !== undefined) {
    throw invalid('mutually exclusive fields: dimensions, defaultValue')
  }
  const hasFields = /^\s*[{[]/.test(pattern)
  if (names.length > 0 && !hasFields) {
    throw invalid('Dimensions are only supported for JSON or space-delimited filter patterns.')
  }
  if (!metricValue.startsWith('$') && !Number.isFinite(Number(metricValue))) {
    throw invalid(`Invalid metric transformation: the metric value ${metricValue} is no number.`)
  }
}

export const deleteMetricFilter = operation(DeleteMetricFilter, {
  authorize: ({ logGroupName }, ctx) => judgedGroup(ctx, logGroupName),
  provenance: 'recorded',
  run(ctx, { logGroupName, filterName }) {
    const group = theGroup(ctx, { logGroupName })
    const gone = metricFilters.delete(ctx, orderedKey(group.id, filterName))
    if (gone === undefined) throw metricFilterNotFound()
    return {}
  },
})

export const describeMetricFilters = operation(DescribeMetricFilters, {
  authorize: ({ logGroupName }, ctx) => judgedGroup(ctx, logGroupName),
  provenance: 'recorded',
  run(ctx, input) {
    const { nextToken: token, limit = pageItems, ...request } = input
    const prefix = prefixOf(ctx, input)
    const { items, nextToken } = pageOf<MetricFilterRecord>({
      list: (start) =>
        metricFilters.scan(ctx, { ...(prefix === undefined ? {} : { prefix }), ...start }),
      positionOf: ({ groupId, name }) => orderedKey(groupId, name),
      wanted: (filter) => isWanted(ctx, filter, input),
      itemsMax: limit,
      token,
      request,
      refused: invalidToken,
    })
    return { metricFilters: items.map(described), nextToken }
  },
})

function prefixOf(
  ctx: Context,
  { logGroupName, filterNamePrefix = '' }: DescribeMetricFiltersRequest,
): string | undefined {
  if (logGroupName === undefined) return undefined
  return orderedKey(theGroup(ctx, { logGroupName }).id, filterNamePrefix)
}

function isWanted(
  ctx: Context,
  filter: MetricFilterRecord,
  { filterNamePrefix = '', metricName, metricNamespace }: DescribeMetricFiltersRequest,
): boolean {
  // A group of the same name may have taken the place of the filter's own.
  if (logGroups.get(ctx, filter.groupName)?.id !== filter.groupId) return false
  const { transformation } = filter
  return (
    filter.name.startsWith(filterNamePrefix) &&
    (metricName === undefined || transformation.metricName === metricName) &&
    (metricNamespace === undefined || transformation.metricNamespace === metricNamespace)
  )
}

function described(filter: MetricFilterRecord): MetricFilter {
  return {
    filterName: filter.name,
    filterPattern: filter.pattern,
    metricTransformations: [filter.transformation],
    creationTime: filter.createdAtMs,
    logGroupName: filter.groupName,
    applyOnTransformedLogs: false,
  }
}
