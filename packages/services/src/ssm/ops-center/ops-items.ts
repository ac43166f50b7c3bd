import { orderedKey } from '@cloud-orrery/kernel'
import {
  CreateOpsItem,
  type CreateOpsItemRequest,
  DeleteOpsItem,
  GetOpsItem,
  type OpsItem,
  UpdateOpsItem,
  type UpdateOpsItemRequest,
} from '@cloud-orrery/models/ssm'
import type { Context } from '../../context.ts'
import { type Authorization, operation } from '../../define.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { callerArn } from '../caller-arn.ts'
import { isoTime } from '../iso-time.ts'
import { resourceTagContext, tagContext, tagsOf } from '../tag-lists.ts'
import {
  conflict,
  invalidParameter,
  limitExceeded,
  opsItemExists,
  opsItemNotFound,
} from './errors.ts'
import { announce } from './events.ts'
import {
  categories,
  opsItemsMax,
  opsItemsPerMonthMax,
  relatedOpsItemsMax,
  severities,
} from './limits.ts'
import {
  checkOperationalData,
  dedupKey,
  dedupOf,
  dedupStringOf,
  type OperationalData,
} from './operational-data.ts'
import {
  type IssueStatus,
  type OpsItemRecord,
  opsItemArn,
  opsItemEvents,
  opsItemMonths,
  opsItems,
  relatedItems,
} from './state.ts'

/** Parameters of change requests, which are another matter. */
const ofChangeRequests = [
  'ActualStartTime',
  'ActualEndTime',
  'PlannedStartTime',
  'PlannedEndTime',
] as const

export const createOpsItem = operation(CreateOpsItem, {
  authorize({ Tags = [] }, ctx) {
    const context = tagContext(Tags)
    const create: Authorization = { resource: opsItemArn(ctx, '*'), context }
    if (Tags.length === 0) return create
    return [create, { action: 'ssm:AddTagsToResource', resource: opsItemArn(ctx, '*'), context }]
  },
  provenance: 'modelled',
  refuses: ['AccountId', ...ofChangeRequests],
  run(ctx, input) {
    const { OpsItemType = '/aws/issue', Source, OperationalData: operationalData = {} } = input
    if (OpsItemType !== '/aws/issue') {
      throw notModelled(`OpsItemType ${OpsItemType} of ssm:CreateOpsItem`)
    }
    checkSource(ctx, Source)
    checkFields(input)
    checkOperationalData(operationalData)
    const dedup = dedupOf(operationalData)
    const twin = dedup === undefined ? undefined : opsItems.first(ctx, 'unresolved', dedup)
    if (twin !== undefined) throw opsItemExists(twin.id)
    countCreation(ctx)
    const item = opsItems.put(ctx, newItem(ctx, input, operationalData, dedup))
    announce(ctx, item, 'OpsItem Create')
    return { OpsItemId: item.id, OpsItemArn: item.arn }
  },
})

export const getOpsItem = operation(GetOpsItem, {
  authorize: ({ OpsItemId }, ctx) => judged(ctx, OpsItemId),
  provenance: 'modelled',
  run(ctx, { OpsItemId, OpsItemArn }) {
    refuseOtherAccounts(ctx, OpsItemId, OpsItemArn)
    return { OpsItem: shown(theItem(ctx, OpsItemId)) }
  },
})

export const updateOpsItem = operation(UpdateOpsItem, {
  authorize: ({ OpsItemId }, ctx) => judged(ctx, OpsItemId),
  provenance: 'modelled',
  refuses: [...ofChangeRequests],
  run(ctx, input) {
    const { OpsItemId, OpsItemArn } = input
    refuseOtherAccounts(ctx, OpsItemId, OpsItemArn)
    const item = theItem(ctx, OpsItemId)
    checkFields(input)
    const status = statusOf(input.Status) ?? item.status
    const operationalData = changedData(item.operationalData, input)
    const { dedup } = item
    if (item.status === 'Resolved' && status !== 'Resolved' && dedup !== undefined) {
      const twin = opsItems.first(ctx, 'unresolved', dedup)
      if (twin !== undefined) throw opsItemExists(twin.id)
    }
    const changed = opsItems.put(ctx, {
      ...item,
      ...fieldsOf(input),
      title: input.Title ?? item.title,
      description: input.Description ?? item.description,
      status,
      operationalData,
      version: item.version + 1,
      lastModifiedBy: callerArn(ctx),
      lastModifiedAtMs: ctx.now(),
    })
    announce(ctx, changed, 'OpsItem Update')
    return {}
  },
})

/** Deleting what is not there succeeds. Source: DeleteOpsItem. */
export const deleteOpsItem = operation(DeleteOpsItem, {
  authorize: ({ OpsItemId }, ctx) => judged(ctx, OpsItemId),
  provenance: 'modelled',
  run(ctx, { OpsItemId }) {
    opsItems.delete(ctx, OpsItemId)
    for (const { associationId } of relatedItems.where(ctx, 'item', OpsItemId)) {
      relatedItems.delete(ctx, associationId)
    }
    for (const { id } of opsItemEvents.scanIndex(ctx, 'item', {
      prefix: orderedKey(OpsItemId, ''),
    })) {
      opsItemEvents.delete(ctx, id)
    }
    return {}
  },
})

export function theItem(ctx: Context, id: string): OpsItemRecord {
  const item = opsItems.get(ctx, id)
  if (item === undefined) throw opsItemNotFound(id)
  return item
}

/** The item's ARN with its tags, as policies see it. */
export function judged(ctx: Context, id: string): Authorization {
  return {
    resource: opsItemArn(ctx, id),
    context: resourceTagContext(opsItems.get(ctx, id)?.tags ?? {}),
  }
}

/**
 * Services act on behalf of others and name AWS itself as the source; people may not.
 * Source: CreateOpsItem, `Source`.
 */
function checkSource(ctx: Context, source: string): void {
  const { invokedBy, calledVia } = ctx.caller
  if (invokedBy !== undefined && calledVia === undefined) return
  if (/aws|amazon|amzn/i.test(source)) {
    throw invalidParameter('Source', "The source name can't contain: aws, amazon, amzn.")
  }
}

type Fields = Pick<
  CreateOpsItemRequest & UpdateOpsItemRequest,
  'Category' | 'Severity' | 'Priority' | 'Notifications' | 'RelatedOpsItems'
>

function checkFields({ Category, Severity, RelatedOpsItems = [] }: Fields): void {
  if (Category !== undefined && !categories.has(Category)) {
    throw invalidParameter('Category', `Category must be one of: ${[...categories].join(', ')}.`)
  }
  if (Severity !== undefined && !severities.has(Severity)) {
    throw invalidParameter('Severity', `Severity must be one of: ${[...severities].join(', ')}.`)
  }
  if (RelatedOpsItems.length > relatedOpsItemsMax) {
    throw limitExceeded('related OpsItems per OpsItem', relatedOpsItemsMax)
  }
}

/** The optional fields that a request sets. */
function fieldsOf(input: Fields): Partial<OpsItemRecord> {
  const { Category, Severity, Priority, Notifications, RelatedOpsItems } = input
  return {
    ...(Category === undefined ? {} : { category: Category }),
    ...(Severity === undefined ? {} : { severity: Severity }),
    ...(Priority === undefined ? {} : { priority: Priority }),
    ...(Notifications === undefined
      ? {}
      : { notifications: Notifications.flatMap(({ Arn }) => (Arn === undefined ? [] : [Arn])) }),
    ...(RelatedOpsItems === undefined
      ? {}
      : { relatedOpsItems: RelatedOpsItems.map(({ OpsItemId }) => OpsItemId) }),
  }
}

function newItem(
  ctx: Context,
  input: CreateOpsItemRequest,
  operationalData: OperationalData,
  dedup: string | undefined,
): OpsItemRecord {
  const id = `oi-${ctx.ids.hex(12)}`
  const by = callerArn(ctx)
  return {
    id,
    arn: opsItemArn(ctx, id),
    title: input.Title,
    source: input.Source,
    description: input.Description,
    status: 'Open',
    notifications: [],
    relatedOpsItems: [],
    ...fieldsOf(input),
    operationalData,
    version: 1,
    createdBy: by,
    createdAtMs: ctx.now(),
    lastModifiedBy: by,
    lastModifiedAtMs: ctx.now(),
    ...(dedup === undefined ? {} : { dedup }),
    tags: tagsOf(ctx, input.Tags),
  }
}

function countCreation(ctx: Context): void {
  if (opsItems.count(ctx) >= opsItemsMax) throw limitExceeded('OpsItems', opsItemsMax)
  const month = isoTime(ctx.now()).slice(0, 7)
  const created = opsItemMonths.get(ctx, month)?.created ?? 0
  if (created >= opsItemsPerMonthMax) {
    throw limitExceeded('OpsItems created per month', opsItemsPerMonthMax)
  }
  opsItemMonths.put(ctx, { month, created: created + 1 })
}

/** An issue may go from any of its three statuses to any other. */
function statusOf(status: string | undefined): IssueStatus | undefined {
  switch (status) {
    case undefined:
    case 'Open':
    case 'InProgress':
    case 'Resolved':
      return status
    default:
      throw notModelled(`OpsItem status ${status}: it belongs to change requests`)
  }
}

function changedData(before: OperationalData, input: UpdateOpsItemRequest): OperationalData {
  const { OperationalData: added = {}, OperationalDataToDelete: removed = [] } = input
  const both = removed.find((key) => key in added)
  if (both !== undefined) {
    throw conflict(`The operational data key ${both} can't be set and deleted in one request.`)
  }
  checkOperationalData(added)
  const edits = added[dedupKey] !== undefined && dedupStringOf(added) !== dedupStringOf(before)
  if (edits || removed.includes(dedupKey)) {
    throw invalidParameter('OperationalData', `${dedupKey} can't be changed after creation.`)
  }
  const kept = Object.entries(before).filter(([key]) => !removed.includes(key))
  return { ...Object.fromEntries(kept), ...added }
}

/** An item of another account can be named by ARN where OpsCenter works across accounts. */
function refuseOtherAccounts(ctx: Context, id: string, arn: string | undefined): void {
  if (arn !== undefined && arn !== opsItemArn(ctx, id)) {
    throw notModelled(`OpsItemArn of another item, account or Region: ${arn}`)
  }
}

function shown(item: OpsItemRecord): OpsItem {
  return {
    CreatedBy: item.createdBy,
    OpsItemType: '/aws/issue',
    CreatedTime: item.createdAtMs,
    Description: item.description,
    LastModifiedBy: item.lastModifiedBy,
    LastModifiedTime: item.lastModifiedAtMs,
    Notifications: item.notifications.map((Arn) => ({ Arn })),
    Priority: item.priority,
    RelatedOpsItems: item.relatedOpsItems.map((OpsItemId) => ({ OpsItemId })),
    Status: item.status,
    OpsItemId: item.id,
    Version: String(item.version),
    Title: item.title,
    Source: item.source,
    OperationalData: item.operationalData,
    Category: item.category,
    Severity: item.severity,
    OpsItemArn: item.arn,
  }
}
