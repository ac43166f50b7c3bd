import type { GetItemInput } from '@cloud-orrery/models/dynamodb'
import {
  attributesToGet,
  type CompiledProjection,
  parseProjection,
  refuseUnused,
  substitutions,
} from './expressions/index.ts'
import { checkExpressionParameters } from './requests.ts'

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
  if (input.AttributesToGet !== undefined) {
    return { projection: attributesToGet(input.AttributesToGet) }
  }
  const given = substitutions(input.ExpressionAttributeNames, undefined)
  const { ProjectionExpression: text } = input
  const projection = text === undefined ? undefined : parseProjection(text, given)
  refuseUnused(given)
  return { projection }
}
