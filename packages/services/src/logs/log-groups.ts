import { orderedKey } from '@cloud-orrery/kernel'
import {
  CreateLogGroup,
  type CreateLogGroupRequest,
  DeleteLogGroup,
  DescribeLogGroups,
  ListLogGroups,
  type LogGroup as LogGroupOutput,
  PutLogGroupDeletionProtection,
} from '@cloud-orrery/models/logs'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { notModelled } from '../shared/not-modelled.ts'
import { encryptionFor } from './encryption.ts'
import {
  deletionProtected,
  limitExceeded,
  logGroupExists,
  prefixAndPattern,
  reservedName,
} from './errors.ts'
import { logGroupsMax, pageItems } from './limits.ts'
import { judgedGroup, nameOf, theGroup } from './lookup.ts'
import { metricFilters } from './metric-filter-state.ts'
import { pageOf } from './pages.ts'
import {
  type GroupEncryption,
  type LogGroup,
  logGroupArn,
  logGroups,
  logStreams,
  subscriptionFilters,
} from './state.ts'
import { filtersOf } from './subscriptions.ts'
import { dropEvents } from './sweep.ts'
import { tagContext, tagsOf } from './tags.ts'

export const createLogGroup = operation(CreateLogGroup, {
  authorize({ logGroupName, tags }, ctx) {
    const { resource, context } = judgedGroup(ctx, logGroupName)
    return { resource, context: { ...context, ...tagContext(tags) } }
  },
  provenance: 'recorded',
  run(ctx, input) {
    const { logGroupName: name, kmsKeyId } = input
    checkNew(ctx, input)
    if (kmsKeyId === undefined) return put(ctx, input)
    return encryptionFor(ctx, logGroupArn(ctx, name), kmsKeyId).then((encryption) => {
      checkNew(ctx, input) // Others may have called meanwhile.
      return put(ctx, input, encryption)
    })
  },
})

function checkNew(
  ctx: Context,
  { logGroupName: name, logGroupClass = 'STANDARD' }: CreateLogGroupRequest,
): void {
  if (logGroupClass !== 'STANDARD') {
    throw notModelled(`logGroupClass ${logGroupClass} of logs:CreateLogGroup`)
  }
  if (/^aws\//i.test(name)) throw reservedName()
  if (logGroups.has(ctx, name)) throw logGroupExists()
  if (logGroups.count(ctx) >= logGroupsMax) throw limitExceeded()
}

function put(
  ctx: Context,
  { logGroupName: name, tags, deletionProtectionEnabled }: CreateLogGroupRequest,
  encryption?: GroupEncryption,
) {
  logGroups.put(ctx, {
    name,
    id: ctx.ids.hex(12),
    arn: logGroupArn(ctx, name),
    createdAtMs: ctx.now(),
    deletionProtection: deletionProtectionEnabled ?? false,
    tags: tagsOf(tags),
    ...(encryption === undefined ? {} : { encryption }),
    storedBytes: 0,
    nextSequence: 1,
  })
  return {}
}

/** Streams go at once; the events, which no call can reach any more, follow by a task. */
export const deleteLogGroup = operation(DeleteLogGroup, {
  authorize: ({ logGroupName }, ctx) => judgedGroup(ctx, logGroupName),
  provenance: 'modelled',
  run(ctx, { logGroupName }) {
    const group = theGroup(ctx, { logGroupName })
    if (group.deletionProtection) throw deletionProtected()
    if (group.sweepTaskId !== undefined) ctx.cancel(group.sweepTaskId)
    for (const { groupId, name } of logStreams.scan(ctx, { prefix: orderedKey(group.id, '') })) {
      logStreams.delete(ctx, orderedKey(groupId, name))
    }
    for (const { name } of [...filtersOf(ctx, group)]) {
      subscriptionFilters.delete(ctx, orderedKey(group.id, name))
    }
    for (const { name } of [...metricFilters.scan(ctx, { prefix: orderedKey(group.id, '') })]) {
      metricFilters.delete(ctx, orderedKey(group.id, name))
    }
    logGroups.delete(ctx, group.name)
    if (group.storedBytes > 0) ctx.after(0, dropEvents, { groupId: group.id })
    return {}
  },
})

export const putLogGroupDeletionProtection = operation(PutLogGroupDeletionProtection, {
  authorize: (input, ctx) => judgedGroup(ctx, nameOf(input)),
  provenance: 'modelled',
  run(ctx, { logGroupIdentifier, deletionProtectionEnabled }) {
    const { name } = theGroup(ctx, { logGroupIdentifier })
    logGroups.update(ctx, name, { deletionProtection: deletionProtectionEnabled })
    return {}
  },
})

export const describeLogGroups = operation(DescribeLogGroups, {
  authorize: (_, ctx) => judgedGroup(ctx),
  provenance: 'recorded',
  refuses: ['accountIdentifiers'],
  run(ctx, input) {
    const { logGroupNamePrefix, logGroupNamePattern, logGroupClass, logGroupIdentifiers } = input
    if (input.includeLinkedAccounts === true) {
      throw notModelled('includeLinkedAccounts of logs:DescribeLogGroups')
    }
    if (logGroupNamePrefix !== undefined && logGroupNamePattern !== undefined) {
      throw prefixAndPattern()
    }
    const names = logGroupIdentifiers?.map((it) => nameOf({ logGroupIdentifier: it }))
    const { items, nextToken } = pageOf({
      list: (start) => logGroups.scan(ctx, { prefix: logGroupNamePrefix ?? '', ...start }),
      positionOf: ({ name }) => name,
      wanted: ({ name }) =>
        (logGroupNamePattern === undefined || name.includes(logGroupNamePattern)) &&
        (names === undefined || names.includes(name)) &&
        (logGroupClass ?? 'STANDARD') === 'STANDARD',
      itemsMax: input.limit ?? pageItems,
      token: input.nextToken,
      request: [logGroupNamePrefix, logGroupNamePattern, logGroupClass, logGroupIdentifiers],
    })
    const shown = items.map((group) => ({
      ...summary(ctx, group),
      // Recorded: a search by pattern does not tell the size.
      ...(logGroupNamePattern === undefined ? { storedBytes: group.storedBytes } : {}),
    }))
    return { logGroups: shown, nextToken }
  },
})

export const listLogGroups = operation(ListLogGroups, {
  authorize: (_, ctx) => judgedGroup(ctx),
  provenance: 'modelled',
  refuses: ['accountIdentifiers', 'dataSources', 'fieldIndexNames', 'logGroupTags'],
  run(ctx, { logGroupNamePattern = '', logGroupClass, includeLinkedAccounts, nextToken, limit }) {
    if (includeLinkedAccounts === true) {
      throw notModelled('includeLinkedAccounts of logs:ListLogGroups')
    }
    const parts = logGroupNamePattern.split('|')
    const page = pageOf({
      list: (start) => logGroups.scan(ctx, start),
      positionOf: ({ name }) => name,
      wanted: ({ name }) =>
        parts.some((it) =>
          it.startsWith('^') ? name.startsWith(it.slice(1)) : name.includes(it),
        ) && (logGroupClass ?? 'STANDARD') === 'STANDARD',
      itemsMax: limit ?? pageItems,
      token: nextToken,
      request: ['ListLogGroups', logGroupNamePattern, logGroupClass],
    })
    const groups = page.items.map(({ name, arn }) => ({
      logGroupName: name,
      logGroupArn: arn,
      logGroupClass: 'STANDARD' as const,
    }))
    return { logGroups: groups, nextToken: page.nextToken }
  },
})

function summary(ctx: Context, group: LogGroup): LogGroupOutput {
  const { id, name, arn, createdAtMs, retentionInDays, deletionProtection, encryption } = group
  const filters = metricFilters.scan(ctx, { prefix: orderedKey(id, '') })
  return {
    logGroupName: name,
    creationTime: createdAtMs,
    retentionInDays,
    metricFilterCount: [...filters].length,
    arn: `${arn}:*`,
    logGroupClass: 'STANDARD',
    logGroupArn: arn,
    ...(encryption === undefined ? {} : { kmsKeyId: encryption.kmsKeyId }),
    ...(deletionProtection ? { deletionProtectionEnabled: true } : {}),
  }
}
