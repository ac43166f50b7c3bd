import { orderedKey } from '@cloud-orrery/kernel'
import { AwsError } from '@cloud-orrery/models'
import {
  DeleteSubscriptionFilter,
  DescribeSubscriptionFilters,
  PutSubscriptionFilter,
} from '@cloud-orrery/models/logs'
import { operation } from '../define.ts'
import { notModelled } from '../shared/not-modelled.ts'
import { pageOf } from '../shared/pages.ts'
import { isTransient } from '../shared/transient-errors.ts'
import {
  functionNotExecuted,
  invalidToken,
  limitExceeded,
  serviceUnavailable,
  subscriptionFilterNotFound,
} from './errors.ts'
import { compileFilterPattern } from './filter-pattern/compilation.ts'
import { subscriptionFiltersMax } from './limits.ts'
import { judgedGroup, theGroup } from './lookup.ts'
import { type SubscriptionFilterRecord, subscriptionFilters } from './state.ts'
import { filtersOf, invokeFunction } from './subscriptions.ts'

/** Functions are the destinations that are built; streams and others are refused by name. */
export const putSubscriptionFilter = operation(PutSubscriptionFilter, {
  authorize: ({ logGroupName }, ctx) => judgedGroup(ctx, logGroupName),
  provenance: 'recorded',
  refuses: ['roleArn', 'applyOnTransformedLogs', 'fieldSelectionCriteria', 'emitSystemFields'],
  async run(ctx, input) {
    const { logGroupName, filterName, filterPattern, destinationArn } = input
    const group = theGroup(ctx, { logGroupName })
    compileFilterPattern(filterPattern)
    const service = destinationArn.split(':')[2]
    if (service !== 'lambda') {
      throw notModelled(`subscription filters of logs with the destination ${destinationArn}`)
    }
    const others = [...filtersOf(ctx, group)].filter(({ name }) => name !== filterName)
    if (others.length >= subscriptionFiltersMax) throw limitExceeded()
    try {
      await invokeFunction(ctx, { destinationArn, groupName: group.name }, undefined)
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      throw isTransient(error)
        ? serviceUnavailable(`Lambda: ${error.message}`)
        : functionNotExecuted()
    }
    const now = theGroup(ctx, { logGroupName })
    const before = subscriptionFilters.get(ctx, orderedKey(now.id, filterName))
    subscriptionFilters.put(ctx, {
      groupId: now.id,
      groupName: now.name,
      name: filterName,
      pattern: filterPattern,
      destinationArn,
      // The model lists these two.
      distribution: (input.distribution ??
        'ByLogStream') as SubscriptionFilterRecord['distribution'],
      createdAtMs: before?.createdAtMs ?? ctx.now(),
    })
    return {}
  },
})

export const deleteSubscriptionFilter = operation(DeleteSubscriptionFilter, {
  authorize: ({ logGroupName }, ctx) => judgedGroup(ctx, logGroupName),
  provenance: 'modelled',
  run(ctx, { logGroupName, filterName }) {
    const group = theGroup(ctx, { logGroupName })
    const gone = subscriptionFilters.delete(ctx, orderedKey(group.id, filterName))
    if (gone === undefined) throw subscriptionFilterNotFound()
    return {}
  },
})

export const describeSubscriptionFilters = operation(DescribeSubscriptionFilters, {
  authorize: ({ logGroupName }, ctx) => judgedGroup(ctx, logGroupName),
  provenance: 'recorded',
  run(ctx, { logGroupName, filterNamePrefix = '', limit = 50, nextToken: token }) {
    const group = theGroup(ctx, { logGroupName })
    const prefix = orderedKey(group.id, filterNamePrefix)
    const { items, nextToken } = pageOf<SubscriptionFilterRecord>({
      list: ({ after }) =>
        subscriptionFilters.scan(ctx, { prefix, ...(after === undefined ? {} : { after }) }),
      positionOf: ({ name }) => orderedKey(group.id, name),
      itemsMax: limit,
      token,
      request: ['DescribeSubscriptionFilters', logGroupName, filterNamePrefix],
      refused: invalidToken,
    })
    return {
      subscriptionFilters: items.map((filter) => ({
        filterName: filter.name,
        logGroupName: filter.groupName,
        filterPattern: filter.pattern,
        destinationArn: filter.destinationArn,
        distribution: filter.distribution,
        applyOnTransformedLogs: false,
        creationTime: filter.createdAtMs,
      })),
      ...(nextToken === undefined ? {} : { nextToken }),
    }
  },
})
