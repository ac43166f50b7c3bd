import {
  AssociateOpsItemRelatedItem,
  DisassociateOpsItemRelatedItem,
  ListOpsItemRelatedItems,
  type OpsItemRelatedItemSummary,
  type OpsItemRelatedItemsFilter,
} from '@cloud-orrery/models/ssm'
import { operation } from '../../define.ts'
import { pageOf } from '../../shared/pages.ts'
import { callerArn } from '../caller-arn.ts'
import {
  associationNotFound,
  invalidParameter,
  limitExceeded,
  relatedItemExists,
} from './errors.ts'
import { pageItems, relatedItemsMax } from './limits.ts'
import { judged, theItem } from './ops-items.ts'
import { type RelatedItem, relatedItems } from './state.ts'

/** Source: AssociateOpsItemRelatedItem, `AssociationType`. */
const associationTypes: ReadonlySet<string> = new Set(['IsParentOf', 'RelatesTo'])

/** Source: AssociateOpsItemRelatedItem, `ResourceType`. */
const resourceTypes: ReadonlySet<string> = new Set([
  'AWS::SSMIncidents::IncidentRecord',
  'AWS::SSM::Document',
])

export const associateOpsItemRelatedItem = operation(AssociateOpsItemRelatedItem, {
  authorize: ({ OpsItemId }, ctx) => judged(ctx, OpsItemId),
  provenance: 'modelled',
  run(ctx, { OpsItemId, AssociationType, ResourceType, ResourceUri }) {
    theItem(ctx, OpsItemId)
    refuseOthers('AssociationType', AssociationType, associationTypes)
    refuseOthers('ResourceType', ResourceType, resourceTypes)
    const others = [...relatedItems.where(ctx, 'item', OpsItemId)]
    if (others.some(({ resourceUri }) => resourceUri === ResourceUri)) {
      throw relatedItemExists(OpsItemId, ResourceUri)
    }
    if (others.length >= relatedItemsMax) {
      throw limitExceeded('related items per OpsItem', relatedItemsMax)
    }
    const { associationId } = relatedItems.put(ctx, {
      opsItemId: OpsItemId,
      associationId: ctx.ids.uuid(),
      associationType: AssociationType,
      resourceType: ResourceType,
      resourceUri: ResourceUri,
      createdBy: callerArn(ctx),
      createdAtMs: ctx.now(),
    })
    return { AssociationId: associationId }
  },
})

export const disassociateOpsItemRelatedItem = operation(DisassociateOpsItemRelatedItem, {
  authorize: ({ OpsItemId }, ctx) => judged(ctx, OpsItemId),
  provenance: 'modelled',
  run(ctx, { OpsItemId, AssociationId }) {
    theItem(ctx, OpsItemId)
    if (relatedItems.get(ctx, AssociationId)?.opsItemId !== OpsItemId) {
      throw associationNotFound(AssociationId)
    }
    relatedItems.delete(ctx, AssociationId)
    return {}
  },
})

export const listOpsItemRelatedItems = operation(ListOpsItemRelatedItems, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx, { OpsItemId, Filters = [], MaxResults = pageItems, NextToken }) {
    const { items, nextToken } = pageOf({
      list: (start) =>
        OpsItemId === undefined
          ? relatedItems.scan(ctx, start)
          : relatedItems.where(ctx, 'item', OpsItemId, start),
      positionOf: ({ associationId }) => associationId,
      wanted: (item) => Filters.every((filter) => passes(item, filter)),
      itemsMax: MaxResults,
      token: NextToken,
      request: ['ListOpsItemRelatedItems', OpsItemId, Filters],
      refused: () => invalidParameter('NextToken', 'The specified token is not valid.'),
    })
    return { Summaries: items.map(shown), NextToken: nextToken }
  },
})

function passes(item: RelatedItem, { Key, Values }: OpsItemRelatedItemsFilter): boolean {
  switch (Key) {
    case 'ResourceType':
      return Values.includes(item.resourceType)
    case 'AssociationId':
      return Values.includes(item.associationId)
    default:
      return Values.includes(item.resourceUri)
  }
}

function refuseOthers(name: string, value: string, allowed: ReadonlySet<string>): void {
  if (allowed.has(value)) return
  throw invalidParameter(name, `${name} must be one of: ${[...allowed].join(', ')}.`)
}

function shown(item: RelatedItem): OpsItemRelatedItemSummary {
  return {
    OpsItemId: item.opsItemId,
    AssociationId: item.associationId,
    ResourceType: item.resourceType,
    AssociationType: item.associationType,
    ResourceUri: item.resourceUri,
    CreatedBy: { Arn: item.createdBy },
    CreatedTime: item.createdAtMs,
    LastModifiedBy: { Arn: item.createdBy },
    LastModifiedTime: item.createdAtMs,
  }
}
