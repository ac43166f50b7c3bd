import {
  DescribeContributorInsights,
  DescribeEndpoints,
  DescribeLimits,
} from '@cloud-orrery/models/dynamodb'
import { operation } from '../define.ts'
import { arnOf, placeOf } from './arns.ts'
import { accountUnitsMax, tableUnitsMax } from './limits.ts'
import { namedTable } from './table-lookup.ts'

export const describeLimits = operation(DescribeLimits, {
  authorize: () => '*',
  provenance: 'modelled',
  run: () => ({
    AccountMaxReadCapacityUnits: accountUnitsMax,
    AccountMaxWriteCapacityUnits: accountUnitsMax,
    TableMaxReadCapacityUnits: tableUnitsMax,
    TableMaxWriteCapacityUnits: tableUnitsMax,
  }),
})

export const describeEndpoints = operation(DescribeEndpoints, {
  authorize: () => '*',
  provenance: 'modelled',
  run: ({ region }) => ({
    Endpoints: [{ Address: `dynamodb.${region}.amazonaws.com`, CachePeriodInMinutes: 1440 }],
  }),
})

/** They can not be switched on here: UpdateContributorInsights is refused by name. */
export const describeContributorInsights = operation(DescribeContributorInsights, {
  authorize: (input, ctx) => arnOf(ctx, input.TableName),
  scope: (input) => placeOf(input.TableName),
  provenance: 'recorded',
  run(ctx, { TableName, IndexName }) {
    return {
      TableName: namedTable(ctx, TableName).name,
      ...(IndexName === undefined ? {} : { IndexName }),
      ContributorInsightsStatus: 'DISABLED',
    }
  },
})
