import { GetItem, type GetItemInput } from '@cloud-orrery/models/dynamodb'
import { operation } from '../define.ts'
import { access } from './access.ts'
import { placeOf } from './arns.ts'
import { consumed, readUnits, usageOf } from './capacity.ts'
import { unlocked } from './encryption.ts'
import { project } from './expressions/index.ts'
import { checkKey, itemKey } from './keys.ts'
import { checkKeysNotNested } from './named-keys.ts'
import { type Projecting, readProjection } from './projections.ts'
import { seen } from './read-lag.ts'
import { remembered } from './remembered.ts'
import { tableOf } from './table-lookup.ts'
import { take } from './throughput.ts'
import { type Item, itemFromModel, itemToModel } from './values/index.ts'

interface GetRequest extends Projecting {
  readonly key: Item
}

const getRequest = remembered((input: GetItemInput): GetRequest => {
  const key = itemFromModel(input.Key)
  return { key, ...readProjection(input) }
})

export const getItem = operation(GetItem, {
  authorize: (input, ctx) =>
    access(ctx, {
      tableName: input.TableName,
      keys: [input.Key],
      attributes: () => getRequest(input).projection?.attributes,
      select:
        (input.ProjectionExpression ?? input.AttributesToGet) ? 'SPECIFIC_ATTRIBUTES' : undefined,
      returnConsumedCapacity: input.ReturnConsumedCapacity,
    }),
  scope: (input) => placeOf(input.TableName),
  provenance: 'recorded',
  trail: { kind: 'data' },
  run(ctx, input) {
    const { key, projection } = getRequest(input)
    const table = tableOf(ctx, input.TableName)
    checkKey(table, key)
    checkKeysNotNested(table, projection)
    return unlocked(ctx, [table], () => {
      const consistent = input.ConsistentRead === true
      const found = seen(ctx, itemKey(table, key), consistent)
      const usage = usageOf(
        table,
        readUnits(found?.size ?? 0, consistent ? 'consistent' : 'eventual'),
      )
      take(ctx, usage, 'read')
      const item =
        found === undefined || projection === undefined
          ? found?.item
          : project(projection, found.item)
      return {
        ...(item === undefined ? {} : { Item: itemToModel(item) }),
        ...consumed(usage, input.ReturnConsumedCapacity),
      }
    })
  },
})
