import { invalid } from './errors.ts'

/*
 * What DynamoDB asks of the parameters of a request together. Source: the facts of dynalite's tests.
 */

type Input = object

function given(input: Input, names: readonly string[]): readonly string[] {
  const record = input as Readonly<Record<string, unknown>> // Members by name.
  return names.filter((name) => record[name] !== undefined)
}

/** Refuses expressions beside the parameters that they replaced, and names and values without expressions. */
export function checkExpressionParameters(
  input: Input & {
    readonly ExpressionAttributeNames?: unknown
    readonly ExpressionAttributeValues?: unknown
  },
  expressions: readonly string[],
  legacy: readonly string[],
): void {
  const used = given(input, expressions)
  if (used.length > 0) {
    const old = given(input, legacy)
    if (old.length > 0) {
      throw invalid(
        `Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {${old.join(', ')}} Expression parameters: {${used.join(', ')}}`,
      )
    }
  }
  if (input.ExpressionAttributeNames !== undefined && used.length === 0) {
    throw invalid('ExpressionAttributeNames can only be specified when using expressions')
  }
  const withValues = expressions.filter((name) => name !== 'ProjectionExpression')
  if (
    input.ExpressionAttributeValues !== undefined &&
    withValues.length > 0 &&
    given(input, withValues).length === 0
  ) {
    throw invalid(
      `ExpressionAttributeValues can only be specified when using expressions: ${withValues.join(' and ')} ${withValues.length > 1 ? 'are' : 'is'} null`,
    )
  }
}
