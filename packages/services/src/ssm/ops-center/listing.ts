import { orderedKey } from '@cloud-orrery/kernel'
import { DescribeOpsItems, type OpsItemFilter, type OpsItemSummary } from '@cloud-orrery/models/ssm'
import { operation } from '../../define.ts'
import { pageOf } from '../../shared/pages.ts'
import { invalidFilter } from './errors.ts'
import { compileFilters } from './filters.ts'
import { pageItems } from './limits.ts'
import { searchable } from './operational-data.ts'
import { itemKeys, type OpsItemRecord, opsItems } from './state.ts'

/** Deviation: AWS promises no order; ours is the latest first, as its console shows them. */
export const describeOpsItems = operation(DescribeOpsItems, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx, { OpsItemFilters = [], MaxResults = pageItems, NextToken }) {
    const status = onlyStatus(OpsItemFilters)
    const index = status === undefined ? 'age' : 'statusAge'
    const { items, nextToken } = pageOf({
      list: (after) =>
        opsItems.scanIndex(ctx, index, {
          ...(status === undefined ? {} : { prefix: orderedKey(status, '') }),
          ...after,
          reverse: true,
        }),
      positionOf: (item) => orderedKey(itemKeys[index](item), item.id),
      wanted: compileFilters(OpsItemFilters, ctx.accountId),
      itemsMax: MaxResults,
      token: NextToken,
      request: ['DescribeOpsItems', OpsItemFilters],
      refused: () => invalidFilter('The specified token is not valid.'),
    })
    return { OpsItemSummaries: items.map(shown), NextToken: nextToken }
  },
})

/** The one status that is asked for: its items are found without the others. */
function onlyStatus(filters: readonly OpsItemFilter[]): string | undefined {
  const values = filters.flatMap(({ Key, Values }) => (Key === 'Status' ? [Values] : []))
  return values.length === 1 && values[0]?.length === 1 ? values[0][0] : undefined
}

function shown(item: OpsItemRecord): OpsItemSummary {
  const operationalData = searchable(item.operationalData)
  return {
    CreatedBy: item.createdBy,
    CreatedTime: item.createdAtMs,
    LastModifiedBy: item.lastModifiedBy,
    LastModifiedTime: item.lastModifiedAtMs,
    Priority: item.priority,
    Source: item.source,
    Status: item.status,
    OpsItemId: item.id,
    Title: item.title,
    OperationalData: operationalData,
    Category: item.category,
    Severity: item.severity,
    OpsItemType: '/aws/issue',
  }
}
