import {
  DescribeTimeToLive,
  type TimeToLiveDescription,
  UpdateTimeToLive,
} from '@cloud-orrery/models/dynamodb'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { arnOf, placeOf } from '../arns.ts'
import { invalid, tableInUse } from '../errors.ts'
import { tables } from '../state.ts'
import { follow, followers } from '../streams/followers.ts'
import { isBusy, namedTable } from '../table-lookup.ts'
import { forgetExpiries } from './expiry.ts'
import { timesToLive } from './state.ts'
import { listExpiries } from './sweeping.ts'

/** Between two changes of a table. Source: API reference, UpdateTimeToLive: up to one hour. */
const intervalMs = 3_600_000

/** How long a change is on its way. Deviation: up to an hour on AWS. */
const changingMs = 2000

export const updateTimeToLive = operation(UpdateTimeToLive, {
  authorize: ({ TableName }, ctx) => arnOf(ctx, TableName),
  provenance: 'modelled',
  scope: ({ TableName }) => placeOf(TableName),
  run(ctx, { TableName, TimeToLiveSpecification: spec }) {
    const table = namedTable(ctx, TableName)
    const { AttributeName: attribute, Enabled: enabled } = spec
    // Source: user reports of the words.
    if (attribute === '') throw invalid('TimeToLiveSpecification.AttributeName must be non empty')
    if (isBusy(ctx, table)) throw tableInUse(table.name, 'updated')
    const before = timesToLive.get(ctx, table.name)
    const wasEnabled = before?.enabled ?? false
    if (enabled === wasEnabled) {
      throw invalid(`TimeToLive is already ${enabled ? 'enabled' : 'disabled'}`)
    }
    if (before !== undefined && ctx.now() < before.changedAtMs + intervalMs) {
      throw invalid('Time to live has been modified multiple times within a fixed interval')
    }
    if (!enabled && before?.attribute !== attribute) {
      throw invalid(
        `TimeToLive is active on a different AttributeName: current AttributeName is ${before?.attribute}`,
      )
    }
    setTimeToLive(ctx, table, attribute, enabled)
    // Source: Developer Guide, "Global tables": the setting is the same in all regions.
    for (const region of followers.get(ctx, table.name)?.replicas ?? []) {
      const there = ctx.at({ region })
      const replica = tables.get(there, table.name)
      if (replica !== undefined) setTimeToLive(there, replica, attribute, enabled)
    }
    return { TimeToLiveSpecification: { AttributeName: attribute, Enabled: enabled } }
  },
})

/** Changes the setting, and lists or forgets when items expire. */
export function setTimeToLive(
  ctx: Context,
  { name: tableName, space }: { readonly name: string; readonly space: string },
  attribute: string,
  enabled: boolean,
): void {
  timesToLive.put(ctx, { tableName, enabled, attribute, changedAtMs: ctx.now() })
  follow(ctx, tableName, { expiryAttribute: enabled ? attribute : undefined })
  if (enabled) ctx.after(0, listExpiries, { tableName, space })
  else forgetExpiries(ctx, space)
}

export const describeTimeToLive = operation(DescribeTimeToLive, {
  authorize: ({ TableName }, ctx) => arnOf(ctx, TableName),
  provenance: 'modelled',
  scope: ({ TableName }) => placeOf(TableName),
  run: (ctx, { TableName }) => ({
    TimeToLiveDescription: describe(ctx, namedTable(ctx, TableName).name),
  }),
})

function describe(ctx: Context, tableName: string): TimeToLiveDescription {
  const setting = timesToLive.get(ctx, tableName)
  if (setting === undefined) return { TimeToLiveStatus: 'DISABLED' }
  const { enabled, attribute: AttributeName, changedAtMs } = setting
  const isChanging = ctx.now() < changedAtMs + changingMs
  if (enabled) return { TimeToLiveStatus: isChanging ? 'ENABLING' : 'ENABLED', AttributeName }
  return isChanging
    ? { TimeToLiveStatus: 'DISABLING', AttributeName }
    : { TimeToLiveStatus: 'DISABLED' }
}
