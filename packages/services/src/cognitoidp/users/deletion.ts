import { orderedKey } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'
import { tokenSessions } from '../tokens/state.ts'
import { codes, devices, memberships, type User, userCounts, users } from './state.ts'

/** Removes a user and all that belongs to them. */
export function deleteUser(ctx: Context, { poolId, key }: User): void {
  users.delete(ctx, orderedKey(poolId, key))
  const prefix = orderedKey(poolId, key, '')
  for (const { group } of [...memberships.scan(ctx, { prefix })]) {
    memberships.delete(ctx, orderedKey(poolId, key, group))
  }
  for (const { purpose } of [...codes.scan(ctx, { prefix })]) {
    codes.delete(ctx, orderedKey(poolId, key, purpose))
  }
  for (const { deviceKey } of [...devices.scan(ctx, { prefix })]) {
    devices.delete(ctx, orderedKey(poolId, key, deviceKey))
  }
  for (const { id } of [...tokenSessions.where(ctx, 'user', orderedKey(poolId, key))]) {
    tokenSessions.delete(ctx, id)
  }
  countUsers(ctx, poolId, -1)
}

export function deleteUsersOf(ctx: Context, poolId: string): void {
  for (const user of [...users.scan(ctx, { prefix: orderedKey(poolId, '') })]) deleteUser(ctx, user)
  userCounts.delete(ctx, poolId)
}

export function countUsers(ctx: Context, poolId: string, more: number): void {
  const count = userCounts.get(ctx, poolId)?.count ?? 0
  userCounts.put(ctx, { poolId, count: count + more })
}
