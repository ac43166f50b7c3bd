import type { PutMetricAlarmInput } from '@cloud-orrery/models/cloudwatch'
import { validationError } from '../errors.ts'
import { evaluate } from '../math/evaluate.ts'
import { ExpressionError, parseExpression } from '../math/syntax.ts'
import { isList, isSeries, type Value } from '../math/values.ts'

type Queries = NonNullable<PutMetricAlarmInput['Metrics']>

const minuteMs = 60_000

/**
 * Refuses an alarm on what is a single number, or several series, whatever data its metrics get: each stands here
 * with one value. Source: "Create a CloudWatch alarm based on a metric math expression": an alarm watches one time
 * series. The words are ours.
 */
export function checkWatchable(queries: Queries): void {
  const returned = queries.find(({ ReturnData }) => ReturnData !== false)
  if (returned?.Expression === undefined) return
  const value = resultOf(queries, returned.Id, new Map())
  if (value === undefined || isSeries(value)) return
  if (isList(value) && value.length < 2) return
  throw validationError(
    `Error in expression '${returned.Id}': The expression for an alarm must return a single time series, and not ${
      isList(value) ? 'several' : 'a number'
    }.`,
  )
}

/** `known`: what the queries gave that are evaluated already; undefined of those that are being evaluated. */
function resultOf(
  queries: Queries,
  id: string,
  known: Map<string, Value | undefined>,
): Value | undefined {
  const query = queries.find(({ Id }) => Id === id)
  if (query === undefined) return undefined
  if (query.Expression === undefined) {
    const values = new Map([[0, 1]])
    return { label: id, periodMs: (query.MetricStat?.Period ?? 60) * 1000, values }
  }
  if (known.has(id)) {
    const value = known.get(id)
    if (value !== undefined) return value
    throw validationError(`Error in expression '${id}': Circular reference`)
  }
  known.set(id, undefined)
  const metrics = queries.filter(({ MetricStat }) => MetricStat !== undefined)
  try {
    const value = evaluate(parseExpression(query.Expression), {
      periodMs: minuteMs,
      valueOf: (name) => resultOf(queries, name, known),
      metrics: (part) =>
        metrics.flatMap(({ Id }) =>
          Id.includes(part) ? [resultOf(queries, Id, known) ?? []] : [],
        ),
      search: () => [],
      moments: () => [0],
    })
    known.set(id, value)
    return value
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error
    throw validationError(`Error in expression '${id}': ${error.message}`)
  }
}
