import type { Operation } from '@cloud-orrery/models'
import { DeleteItem, GetItem, PutItem, UpdateItem } from '@cloud-orrery/models/dynamodb'
import type { Context } from '../../context.ts'
import { inputFromJson, outputToJson } from '../../shared/sdk-calls/index.ts'
import type { JsonObject } from '../asl/json.ts'
import type { Integration, TaskOutcome, TaskRequest } from '../executions/contract.ts'
import { callerOf } from './identity.ts'
import { answered, parametersOf, wrongParameters } from './parameters.ts'
import { dynamodbV1, jsonHeaders, outcomeOf, sdkMetadata } from './sdk-v1.ts'

const operations: Readonly<Record<string, Operation>> = {
  getItem: GetItem,
  putItem: PutItem,
  updateItem: UpdateItem,
  deleteItem: DeleteItem,
}

/** `arn:aws:states:::dynamodb:putItem` and its like. Recorded: states, 2023. */
export function putItemsIntegration(action: string): Integration | undefined {
  if (!Object.hasOwn(operations, action)) return undefined
  const operation = operations[action]
  if (operation === undefined) return undefined
  return {
    start: (ctx, request) => outcomeOf(ctx, dynamodbV1, () => call(ctx, request, operation)),
  }
}

async function call(
  ctx: Context,
  request: TaskRequest,
  operation: Operation,
): Promise<TaskOutcome> {
  const read = inputFromJson(operation, parametersOf(request))
  if (read.kind === 'wrong') return wrongParameters(request, read.problems)
  const answer = await ctx.call(operation, read.input, await callerOf(ctx, request))
  const output = outputToJson(operation, answer) as JsonObject // An output is a structure.
  const metadata = sdkMetadata(ctx, [
    ...jsonHeaders(answer, 'Connection'),
    ['Server', 'Server'],
    ['x-amz-crc32', String(ctx.random.uint32())],
  ])
  return answered(request, { ...output, ...metadata })
}
