import { orderedKey } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'
import { type Group, groups, memberships, type User } from '../users/state.ts'

/** The groups of a user, the most important first: by precedence, those without one last. */
export function groupsOf(ctx: Context, { poolId, key }: User): Group[] {
  const found: Group[] = []
  for (const { group } of memberships.scan(ctx, { prefix: orderedKey(poolId, key, '') })) {
    const record = groups.get(ctx, orderedKey(poolId, group))
    if (record !== undefined) found.push(record)
  }
  const rank = ({ precedence = Number.POSITIVE_INFINITY }: Group) => precedence
  return found.sort((a, b) => (rank(a) === rank(b) ? 0 : rank(a) - rank(b)))
}

/** What groups say of roles in a token. */
export interface GroupClaims {
  readonly groups: readonly string[]
  readonly roles: readonly string[]
  /** The role of the first group, unless another as important has another role. */
  readonly preferredRole?: string
}

/** Source: "Adding groups to a user pool", assigning precedence values to groups. */
export function groupClaims(of: readonly Group[]): GroupClaims {
  const roles = of.flatMap(({ roleArn }) => (roleArn === undefined ? [] : [roleArn]))
  const [first] = of
  const best = of.filter(
    ({ precedence }) => first?.precedence !== undefined && precedence === first.precedence,
  )
  const bestRoles = new Set(best.map(({ roleArn }) => roleArn))
  const [preferredRole] = bestRoles
  return {
    groups: of.map(({ name }) => name),
    roles: [...new Set(roles)],
    ...(bestRoles.size === 1 && preferredRole !== undefined ? { preferredRole } : {}),
  }
}
