import type { TableContext } from '@cloud-orrery/kernel'
import type { Caller } from '../../context.ts'
import { accessKeys, roles } from './state.ts'

/**
 * Notes that a caller's key, or the role behind its session, was used: `AccessKeyLastUsed` and `RoleLastUsed`.
 * Writes only where the second, region or service differs from what is noted.
 */
export function noteUse(
  ctx: TableContext,
  { accessKeyId, principal }: Caller,
  use: { readonly atMs: number; readonly region: string; readonly service: string },
): void {
  const atMs = use.atMs - (use.atMs % 1000)
  if (principal.kind === 'role-session') {
    const scope = { store: ctx.store, accountId: principal.accountId, region: use.region }
    const name = principal.roleArn.slice(principal.roleArn.lastIndexOf('/') + 1).toLowerCase()
    const role = roles.get(scope, name)
    if (role === undefined || role.roleId !== principal.roleId) return
    const { lastUsed } = role
    if (lastUsed?.atMs === atMs && lastUsed.region === use.region) return
    roles.put(scope, { ...role, lastUsed: { atMs, region: use.region } })
    return
  }
  const key = accessKeyId === undefined ? undefined : accessKeys.get(ctx, accessKeyId)
  if (key === undefined) return
  const { lastUsed } = key
  const same = lastUsed?.region === use.region && lastUsed.service === use.service
  if (same && lastUsed.atMs === atMs) return
  accessKeys.put(ctx, { ...key, lastUsed: { atMs, region: use.region, service: use.service } })
}
