import type { Context } from '../context.ts'
import type { AnsweredRequest } from '../define.ts'
import { measure } from '../shared/metrics.ts'
import { nameOf } from './arns.ts'

/*
 * Metrics of requests as a whole. Source: DynamoDB Developer Guide, "DynamoDB metrics and dimensions". What is taken
 * of throughput is measured in throughput.ts. Deviation: of requests that services make themselves, only that is.
 */

/** Errors that are not the caller's mistake: they have metrics of their own, or none. */
const noUserErrors: ReadonlySet<string> = new Set([
  'ConditionalCheckFailedException',
  'ProvisionedThroughputExceededException',
  'TransactionConflictException',
  'ThrottlingException',
])

/**
 * Answers take no model time. Deviation: SuccessfulRequestLatency is that of a usual request, 4 ms.
 */
const latencyMs = 4

export function answered(ctx: Context, { operation, error, input }: AnsweredRequest): undefined {
  if (operation === undefined) return
  const namespace = 'AWS/DynamoDB'
  const count = (name: string, dimensions: Readonly<Record<string, string>>): void =>
    measure(ctx, { namespace, name, dimensions, value: 1, unit: 'Count' })
  const table = tableIn(input)
  const ofTable: Readonly<Record<string, string>> = table === undefined ? {} : { TableName: table }
  const ofRequest = { ...ofTable, Operation: operation }
  if (error === undefined) {
    if (table === undefined) return
    const name = 'SuccessfulRequestLatency'
    const unit = 'Milliseconds'
    measure(ctx, { namespace, name, dimensions: ofRequest, value: latencyMs, unit })
    return
  }
  if (error.code === 'ConditionalCheckFailedException') {
    count('ConditionalCheckFailedRequests', ofTable)
  } else if (error.code === 'ProvisionedThroughputExceededException') {
    count('ThrottledRequests', ofRequest)
    count(isRead(operation) ? 'ReadThrottleEvents' : 'WriteThrottleEvents', ofTable)
  } else if (error.code === 'TransactionConflictException') count('TransactionConflict', ofTable)
  if (error.status >= 500) count('SystemErrors', ofRequest)
  else if (!noUserErrors.has(error.code)) count('UserErrors', {})
}

function isRead(operation: string): boolean {
  return /^(Get|BatchGet|Query|Scan|TransactGet)/.test(operation)
}

function tableIn(input: unknown): string | undefined {
  if (typeof input !== 'object' || input === null || !('TableName' in input)) return undefined
  const { TableName } = input
  return typeof TableName === 'string' ? nameOf(TableName) : undefined
}
