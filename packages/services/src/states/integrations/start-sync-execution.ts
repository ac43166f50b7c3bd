import { AwsError } from '@cloud-orrery/models'
import { StartSyncExecution } from '@cloud-orrery/models/states'
import type { Context } from '../../context.ts'
import { inputFromJson, sdkError } from '../../shared/sdk-calls/index.ts'
import type { Integration, TaskOutcome, TaskRequest } from '../executions/contract.ts'
import { StartExpress } from '../start-express.ts'
import { awaitEnd } from './awaited.ts'
import { callerOf } from './identity.ts'
import { parametersOf, wrongParameters } from './parameters.ts'

/** `arn:aws:states:::aws-sdk:sfn:startSyncExecution`: an express execution whose end is the answer. */
export const startSyncExecutionIntegration: Integration = { start }

async function start(ctx: Context, request: TaskRequest): Promise<TaskOutcome> {
  const read = inputFromJson(StartSyncExecution, parametersOf(request))
  if (read.kind === 'wrong') return wrongParameters(request, read.problems)
  const { stateMachineArn } = read.input
  if (typeof stateMachineArn !== 'string') {
    return wrongParameters(request, ["The field 'StateMachineArn' is required but was missing"])
  }
  try {
    const input = { ...read.input, stateMachineArn }
    const { executionArn } = await ctx.call(StartExpress, input, await callerOf(ctx, request))
    awaitEnd(ctx, request, executionArn, 'express')
    return { kind: 'pending' }
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    return { kind: 'failed', ...sdkError(StartSyncExecution, error, ctx.ids.uuid()) }
  }
}
