import { AwsError } from '@cloud-orrery/models'
import { DescribeExecution, StartExecution, StopExecution } from '@cloud-orrery/models/states'
import type { Context } from '../../context.ts'
import { inputFromJson } from '../../shared/sdk-calls/index.ts'
import type { Json } from '../asl/json.ts'
import type { Integration, TaskOutcome, TaskRequest } from '../executions/contract.ts'
import { awaitEnd, awaited } from './awaited.ts'
import { callerOf } from './identity.ts'
import { answered, messageText, parametersOf, wrongParameters } from './parameters.ts'
import { jsonHeaders, outcomeOf, sdkMetadata, statesV1 } from './sdk-v1.ts'

/** `arn:aws:states:::states:startExecution`, `.sync` and `.sync:2`. Recorded: states, 2022 to 2025. */
export const startExecutionIntegration: Integration = {
  start: (ctx, request) => outcomeOf(ctx, statesV1, () => start(ctx, request)),
  async abort(ctx, { token, roleArn, stateMachineArn }) {
    const child = awaited.first(ctx, 'token', token)
    if (child === undefined) return
    const { executionArn, credentialsRoleArn } = child
    awaited.delete(ctx, executionArn)
    try {
      const of = {
        roleArn,
        stateMachineArn,
        ...(credentialsRoleArn === undefined ? {} : { credentialsRoleArn }),
      }
      await ctx.call(StopExecution, { executionArn }, await callerOf(ctx, of))
    } catch (error) {
      // A role that may not stop the child leaves it running, as on AWS.
      if (!(error instanceof AwsError)) throw error
    }
  },
}

async function start(ctx: Context, request: TaskRequest): Promise<TaskOutcome> {
  const { Input, ...parameters } = parametersOf(request)
  const input = messageText(Input)
  const read = inputFromJson(StartExecution, {
    ...parameters,
    ...(input === undefined ? {} : { Input: input }),
  })
  if (read.kind === 'wrong') return wrongParameters(request, read.problems)
  const { stateMachineArn } = read.input
  if (typeof stateMachineArn !== 'string') {
    return wrongParameters(request, ["The field 'StateMachineArn' is required but was missing"])
  }
  const as = await callerOf(ctx, request)
  const answer = await ctx.call(StartExecution, { ...read.input, stateMachineArn }, as)
  const { executionArn, startDate } = answer
  const output: Json = {
    ExecutionArn: executionArn,
    ...sdkMetadata(ctx, jsonHeaders({ executionArn, startDate: startDate / 1000 })),
    StartDate: startDate,
  }
  const pattern = request.resource.kind === 'service' ? request.resource.pattern : 'requestResponse'
  if (pattern !== 'sync' && pattern !== 'sync:2') return answered(request, output)
  // Whoever may not describe the child can not wait for it.
  await ctx.call(DescribeExecution, { executionArn }, as)
  awaitEnd(ctx, request, executionArn, pattern === 'sync' ? 'plain' : 'parsed')
  return { kind: 'pending', output }
}
