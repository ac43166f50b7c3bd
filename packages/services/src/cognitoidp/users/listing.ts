import { orderedKey } from '@cloud-orrery/kernel'
import { ListUsers } from '@cloud-orrery/models/cognitoidp'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { pageOf } from '../../shared/pages.ts'
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
      list: (start) => candidates(ctx, pool, filter, start),
      positionOf: ({ key }) => orderedKey(pool.id, key),
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

/** Users in order of their names; where the filter names one value of an index, those alone. */
function* candidates(
  ctx: Context,
  pool: Pool,
  filter: Filter | undefined,
  start: { after?: string },
): Generator<User, void, undefined> {
  const prefix = orderedKey(pool.id, '')
  if (filter?.name === 'username') {
    yield* users.scan(ctx, { prefix: prefix + keyOf(pool, filter.value), ...start })
    return
  }
  const isIndexed = filter?.name === 'sub' || foundBy.some((name) => name === filter?.name)
  if (filter?.comparison === '=' && isIndexed) {
    const value = filter.name === 'sub' ? filter.value : filter.value.toLowerCase()
    yield* users.where(ctx, 'value', orderedKey(pool.id, filter.name, value), start)
    return
  }
  yield* users.scan(ctx, { prefix, ...start })
}
