import { orderedKey } from '@cloud-orrery/kernel'
import { ListOpsItemEvents, type OpsItemEventSummary } from '@cloud-orrery/models/ssm'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { pageOf } from '../../shared/pages.ts'
import { isoTime } from '../iso-time.ts'
import { invalidParameter } from './errors.ts'
import { pageItems } from './limits.ts'
import { notifyTopic } from './notifications.ts'
import { eventKeys, type OpsItemEvent, type OpsItemRecord, opsItemEvents } from './state.ts'

/**
 * Tells EventBridge of an item's creation or change, and keeps it for `ListOpsItemEvents`.
 * Source: Systems Manager User Guide, "Amazon EventBridge event examples", OpsCenter.
 */
export function announce(
  ctx: Context,
  item: OpsItemRecord,
  detailType: 'OpsItem Create' | 'OpsItem Update',
): void {
  const modified = {
    'modified-by': item.lastModifiedBy,
    'modified-time': isoTime(item.lastModifiedAtMs),
  }
  const detail = {
    'created-by': item.createdBy,
    'created-time': isoTime(item.createdAtMs),
    ...(detailType === 'OpsItem Update' ? modified : {}),
    source: item.source,
    status: item.status,
    'ops-item-id': item.id,
    title: item.title,
    'ops-item-type': '/aws/issue',
    description: item.description,
  }
  opsItemEvents.put(ctx, {
    id: ctx.ids.uuid(),
    opsItemId: item.id,
    detailType,
    detail: JSON.stringify(detail),
    createdBy: item.lastModifiedBy,
    createdAtMs: ctx.now(),
  })
  ctx.emit({ source: 'aws.ssm', detailType, resources: [item.arn], detail })
  for (const topicArn of item.notifications) {
    const message = JSON.stringify(detail)
    ctx.after(0, notifyTopic, { topicArn, opsItemArn: item.arn, subject: detailType, message })
  }
}

/**
 * Deviation: AWS does not document which events it lists; ours are those that went to EventBridge, the
 * latest first.
 */
export const listOpsItemEvents = operation(ListOpsItemEvents, {
  authorize: () => '*',
  provenance: 'simplified',
  run(ctx, { Filters = [], MaxResults = pageItems, NextToken }) {
    const ids = Filters.flatMap(({ Values }) => Values)
    if (Filters.length > 1 || ids.length > 1) {
      throw invalidParameter('Filters', 'Only one filter with one OpsItemId is allowed.')
    }
    const [id] = ids
    const index = id === undefined ? 'age' : 'item'
    const { items, nextToken } = pageOf({
      list: (after) =>
        opsItemEvents.scanIndex(ctx, index, {
          ...(id === undefined ? {} : { prefix: orderedKey(id, '') }),
          ...after,
          reverse: true,
        }),
      positionOf: (event) => orderedKey(eventKeys[index](event), event.id),
      itemsMax: MaxResults,
      token: NextToken,
      request: ['ListOpsItemEvents', id],
      refused: () => invalidParameter('NextToken', 'The specified token is not valid.'),
    })
    return { Summaries: items.map(shown), NextToken: nextToken }
  },
})

function shown(event: OpsItemEvent): OpsItemEventSummary {
  return {
    OpsItemId: event.opsItemId,
    EventId: event.id,
    Source: 'aws.ssm',
    DetailType: event.detailType,
    Detail: event.detail,
    CreatedBy: { Arn: event.createdBy },
    CreatedTime: event.createdAtMs,
  }
}
