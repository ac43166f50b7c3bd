import {
  DeleteSubscriptionFilter,
  DescribeSubscriptionFilters,
  PutSubscriptionFilter,
} from '@cloud-orrery/models/logs'
import { operation } from '../define.ts'
import { notModelled } from '../shared/not-modelled.ts'
import { subscriptionFilterNotFound } from './errors.ts'
import { compileFilterPattern } from './filter-pattern/compilation.ts'
import { judgedGroup, theGroup } from './lookup.ts'

/** Refused by name: none of the destinations (Kinesis, Firehose, Lambda) is there yet. */
export const putSubscriptionFilter = operation(PutSubscriptionFilter, {
  authorize: ({ logGroupName }, ctx) => judgedGroup(ctx, logGroupName),
  provenance: 'simplified',
  run(ctx, { logGroupName, filterPattern, destinationArn }) {
    theGroup(ctx, { logGroupName })
    compileFilterPattern(filterPattern)
    throw notModelled(`subscription filters of logs with the destination ${destinationArn}`)
  },
})

/** None can have been made. */
export const deleteSubscriptionFilter = operation(DeleteSubscriptionFilter, {
  authorize: ({ logGroupName }, ctx) => judgedGroup(ctx, logGroupName),
  provenance: 'simplified',
  run(ctx, { logGroupName }) {
    theGroup(ctx, { logGroupName })
    throw subscriptionFilterNotFound()
  },
})

/** None can have been made. */
export const describeSubscriptionFilters = operation(DescribeSubscriptionFilters, {
  authorize: ({ logGroupName }, ctx) => judgedGroup(ctx, logGroupName),
  provenance: 'recorded',
  run(ctx, { logGroupName }) {
    theGroup(ctx, { logGroupName })
    return { subscriptionFilters: [] }
  },
})
