import type { DeleteItemInput, PutItemInput, UpdateItemInput } from '@cloud-orrery/models/dynamodb'
import { invalid } from './errors.ts'
import {
  type CompiledCondition,
  legacyExpected,
  legacyUpdates,
  parseCondition,
  parseUpdate,
  refuseUnused,
  type Substitutions,
  substitutions,
} from './expressions/index.ts'
import type { ItemWrite } from './item-writes.ts'
import { itemBytesMax } from './limits.ts'
import { remembered } from './remembered.ts'
import { checkExpressionParameters } from './requests.ts'
import { itemFromModel, sizeOf } from './values/index.ts'

/*
 * Requests that write one item, read once: for the policies' condition keys and for the work.
 */

/** The members that conditions come in. */
interface Conditional {
  readonly ConditionExpression?: string | undefined
  readonly Expected?: PutItemInput['Expected']
  readonly ConditionalOperator?: PutItemInput['ConditionalOperator']
  readonly ExpressionAttributeNames?: PutItemInput['ExpressionAttributeNames']
  readonly ExpressionAttributeValues?: PutItemInput['ExpressionAttributeValues']
}

function conditionIn(
  { ConditionExpression: text, Expected, ConditionalOperator }: Conditional,
  given: Substitutions,
): CompiledCondition | undefined {
  if (Expected !== undefined) return legacyExpected(Expected, ConditionalOperator)
  return text === undefined ? undefined : parseCondition(text, given)
}

function given({ ExpressionAttributeNames, ExpressionAttributeValues }: Conditional) {
  return substitutions(ExpressionAttributeNames, ExpressionAttributeValues)
}

export const putRequest = remembered((input: PutItemInput): ItemWrite => {
  checkExpressionParameters(input, ['ConditionExpression'], ['Expected'])
  const item = itemFromModel(input.Item)
  if (!isOneOf(input.ReturnValues, ['ALL_OLD', 'NONE'])) {
    throw invalid('ReturnValues can only be ALL_OLD or NONE')
  }
  if (sizeOf(item) > itemBytesMax) {
    throw invalid('Item size has exceeded the maximum allowed size')
  }
  return { kind: 'put', item, condition: readCondition(input) }
})

export const deleteRequest = remembered((input: DeleteItemInput): ItemWrite => {
  checkExpressionParameters(input, ['ConditionExpression'], ['Expected'])
  const item = itemFromModel(input.Key)
  if (!isOneOf(input.ReturnValues, ['ALL_OLD', 'NONE'])) {
    throw invalid('ReturnValues can only be ALL_OLD or NONE')
  }
  return { kind: 'delete', item, condition: readCondition(input) }
})

/** The condition alone, with all names and values used. */
function readCondition(input: Conditional): CompiledCondition | undefined {
  const names = given(input)
  const condition = conditionIn(input, names)
  refuseUnused(names)
  return condition
}

export const updateRequest = remembered((input: UpdateItemInput): ItemWrite => {
  checkExpressionParameters(
    input,
    ['UpdateExpression', 'ConditionExpression'],
    ['AttributeUpdates', 'Expected'],
  )
  const item = itemFromModel(input.Key)
  const names = given(input)
  const { UpdateExpression: text, AttributeUpdates } = input
  const update =
    AttributeUpdates !== undefined
      ? legacyUpdates(AttributeUpdates)
      : text === undefined
        ? undefined
        : parseUpdate(text, names)
  const condition = conditionIn(input, names)
  refuseUnused(names)
  return { kind: 'update', item, condition, update }
})

/** A condition that a transaction checks. */
export const checkRequest = remembered(
  (input: Conditional & { readonly Key: DeleteItemInput['Key'] }): ItemWrite => ({
    kind: 'check',
    item: itemFromModel(input.Key),
    condition: readCondition(input),
  }),
)

function isOneOf(value: string | undefined, allowed: readonly string[]): boolean {
  return value === undefined || allowed.includes(value)
}

/** Attributes that a write names beside those of its item or key. */
export function namedIn({ condition, update }: ItemWrite): readonly string[] {
  return [...(condition?.attributes ?? []), ...(update?.attributes ?? [])]
}
