import { orderedKey } from '@cloud-orrery/kernel'
import { ListUsers } from '@cloud-orrery/models/cognitoidp'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { type PageOptions, pageOf } from '../../shared/pages.ts'
import { invalidParameter } from '../errors.ts'
import { pageMax } from '../limits.ts'
import { onPool, poolOf } from '../pools/lookup.ts'
import type { Pool } from '../pools/state.ts'
import { type Filter, filterOf, passes } from './filter.ts'
import { keyOf, shownUser } from './lookup.ts'
import { foundBy, type User, users } from './state.ts'

export const listUsers = operation(ListUsers, {
  authorize: onPool,
  provenance: 'modelled',
  run(ctx, { UserPoolId, AttributesToGet, Limit, PaginationToken, Filter = '' }) {
    const pool = poolOf(ctx, UserPoolId)
    const filter = filterOf(Filter)
    for (const name of AttributesToGet ?? []) {
      if (!pool.schema.some((attribute) => attribute.Name === name)) {
        throw invalidParameter(`One or more requested attributes do not exist in user pool.`)
      }
    }
    const wanted = AttributesToGet === undefined ? undefined : new Set(AttributesToGet)
    const { items, nextToken } = pageOf({
      ...candidates(ctx, pool, filter),
      wanted: (user) => filter === undefined || passes(user, filter),
      itemsMax: Limit || pageMax,
      token: PaginationToken,
      request: ['ListUsers', pool.id, Filter],
      refused: () => invalidParameter('Invalid pagination token given.'),
    })
    return {
      Users: items.map((user) =>
        shownUser(user, wanted === undefined ? undefined : (name) => wanted.has(name)),
      ),
      ...(nextToken === undefined ? {} : { PaginationToken: nextToken }),
    }
  },
})

type Candidates = Pick<PageOptions<User>, 'list' | 'positionOf'>

/**
 * Users in order of their names; where the filter names a value of an index, those alone, and the beginning of one, in
 * order of the values: a search by the first letters of an address does not go through all users.
 */
function candidates(ctx: Context, pool: Pool, filter: Filter | undefined): Candidates {
  const prefix = orderedKey(pool.id, '')
  const byName = ({ key }: User) => orderedKey(pool.id, key)
  if (filter === undefined) {
    return { list: (start) => users.scan(ctx, { prefix, ...start }), positionOf: byName }
  }
  const { name, comparison } = filter
  if (name === 'username') {
    const named = prefix + keyOf(pool, filter.value)
    return { list: (start) => users.scan(ctx, { prefix: named, ...start }), positionOf: byName }
  }
  if (name !== 'sub' && !foundBy.some((one) => one === name)) {
    return { list: (start) => users.scan(ctx, { prefix, ...start }), positionOf: byName }
  }
  const value = orderedKey(
    pool.id,
    name,
    name === 'sub' ? filter.value : filter.value.toLowerCase(),
  )
  if (comparison === '=') {
    return { list: (start) => users.where(ctx, 'value', value, start), positionOf: byName }
  }
  return {
    list: (start) => users.scanIndex(ctx, 'value', { prefix: value, ...start }),
    positionOf: (user) => {
      const own = name === 'sub' ? user.sub : (user.attributes[name] ?? '').toLowerCase()
      return orderedKey(pool.id, name, own, pool.id, user.key)
    },
  }
}
