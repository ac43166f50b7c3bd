import { orderedKey } from '@cloud-orrery/kernel'
import type { ReplicaDescription, TableDescription } from '@cloud-orrery/models/dynamodb'
import type { Context } from '../../context.ts'
import { type TableRecord, tables } from '../state.ts'
import { follow, followers } from '../streams/followers.ts'
import { itemStamps, replicaSets } from './state.ts'

/** What DescribeTable says of the other regions. */
export function describedReplicas(
  ctx: Context,
  { name }: Pick<TableRecord, 'name'>,
): Pick<TableDescription, 'Replicas' | 'GlobalTableVersion'> {
  const set = replicaSets.get(ctx, name)
  if (set === undefined || set.others.length === 0) return {}
  return {
    GlobalTableVersion: '2019.11.21',
    Replicas: set.others.map(
      ({ region }): ReplicaDescription => ({
        RegionName: region,
        ReplicaStatus: statusOf(tables.get(ctx.at({ region }), name)),
      }),
    ),
  }
}

function statusOf(table: TableRecord | undefined): 'CREATING' | 'DELETING' | 'ACTIVE' {
  if (table === undefined || table.status === 'DELETING') return 'DELETING'
  return table.status === 'CREATING' ? 'CREATING' : 'ACTIVE'
}

/** Writes who the others are into the record of each region of a group. */
export function keepGroup(ctx: Context, tableName: string, regions: readonly string[]): void {
  for (const region of regions) {
    const there = ctx.at({ region })
    const others = regions.filter((it) => it !== region)
    if (!tables.has(there, tableName)) continue
    if (others.length === 0) replicaSets.delete(there, tableName)
    else {
      const known = replicaSets.get(there, tableName)?.others ?? []
      replicaSets.put(there, {
        tableName,
        others: others.map(
          (it) => known.find((old) => old.region === it) ?? { region: it, createdAtMs: ctx.now() },
        ),
      })
    }
    follow(there, tableName, { replicas: others.length === 0 ? undefined : others })
  }
}

/** A region's table is gone: the others are told. */
export function leaveGroup(ctx: Context, { name, space }: TableRecord): void {
  const regions = followers.get(ctx, name)?.replicas
  replicaSets.delete(ctx, name)
  for (const { key } of [...itemStamps.scan(ctx, { prefix: orderedKey(space, '') })]) {
    itemStamps.delete(ctx, orderedKey(space, key))
  }
  if (regions !== undefined) keepGroup(ctx, name, regions)
}
