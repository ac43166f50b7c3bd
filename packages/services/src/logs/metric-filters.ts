import {
  DeleteMetricFilter,
  DescribeMetricFilters,
  PutMetricFilter,
  TestMetricFilter,
} from '@cloud-orrery/models/logs'
import { operation } from '../define.ts'
import { notModelled } from '../shared/not-modelled.ts'
import { metricFilterNotFound } from './errors.ts'
import { compileFilterPattern } from './filter-pattern/compilation.ts'
import { judgedGroup, theGroup } from './lookup.ts'

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

/** Its input is judged as AWS judges it; then it is refused by name, since there is no cloudwatch yet. */
export const putMetricFilter = operation(PutMetricFilter, {
  authorize: ({ logGroupName }, ctx) => judgedGroup(ctx, logGroupName),
  provenance: 'simplified',
  run(ctx, { logGroupName, filterPattern }) {
    theGroup(ctx, { logGroupName })
    compileFilterPattern(filterPattern)
    throw notModelled('metric filters of logs, which need the service cloudwatch')
  },
})

/** None can have been made. */
export const deleteMetricFilter = operation(DeleteMetricFilter, {
  authorize: ({ logGroupName }, ctx) => judgedGroup(ctx, logGroupName),
  provenance: 'simplified',
  run(ctx, { logGroupName }) {
    theGroup(ctx, { logGroupName })
    throw metricFilterNotFound()
  },
})

/** None can have been made. */
export const describeMetricFilters = operation(DescribeMetricFilters, {
  authorize: ({ logGroupName }, ctx) => judgedGroup(ctx, logGroupName),
  provenance: 'simplified',
  run(ctx, { logGroupName }) {
    if (logGroupName !== undefined) theGroup(ctx, { logGroupName })
    return { metricFilters: [] }
  },
})
