import type { GetItemInput } from '@cloud-orrery/models/dynamodb'
import {
  type CompiledProjection,
  parseProjection,
  refuseUnused,
  substitutions,
} from './expressions/index.ts'
import { checkAttributesToGet, checkExpressionParameters } from './requests.ts'

export interface Projecting {
  readonly projection?: CompiledProjection | undefined
}

/** Which parts of items a request for keys wants. */
export function readProjection(
  input: Pick<
    GetItemInput,
    'ProjectionExpression' | 'AttributesToGet' | 'ExpressionAttributeNames'
  >,
): Projecting {
  checkExpressionParameters(input, ['ProjectionExpression'], ['AttributesToGet'])
  checkAttributesToGet(input.AttributesToGet)
  if (input.AttributesToGet !== undefined) {
    return { projection: attributesToGet(input.AttributesToGet) }
  }
  const given = substitutions(input.ExpressionAttributeNames, undefined)
  const { ProjectionExpression: text } = input
  const projection = text === undefined ? undefined : parseProjection(text, given)
  refuseUnused(given)
  return { projection }
}

/** Whole attributes by their names. */
export function attributesToGet(names: readonly string[]): CompiledProjection {
  return {
    attributes: names,
    nestedAttributes: [],
    paths: names.map((name) => [name]),
    tree: { steps: new Map(names.map((name) => [name, { end: true }])) },
  }
}
