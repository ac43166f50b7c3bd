import { DescribeEndpoints, DescribeLimits } from '@cloud-orrery/models/dynamodb'
import { operation } from '../define.ts'
import { accountUnitsMax, tableUnitsMax } from './limits.ts'

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
