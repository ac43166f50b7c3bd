import { AwsError, type Operation } from '@cloud-orrery/models'
import type { Context } from '../../context.ts'
import { inputFromJson, outputToJson, sdkCall, sdkError } from '../../shared/sdk-calls/index.ts'
import type { Integration, TaskOutcome, TaskRequest, TaskResource } from '../executions/contract.ts'
import { callerOf } from './identity.ts'
import { answered, parametersOf, wrongParameters } from './parameters.ts'
import { startSyncExecutionIntegration } from './start-sync-execution.ts'

type ServiceResource = Extract<TaskResource, { kind: 'service' }>

/** `arn:aws:states:::aws-sdk:s3:getObject`: any operation of any service. Recorded: states, 2023 to 2025. */
export function sdkIntegration(resource: ServiceResource): Integration | undefined {
  const service = resource.service.slice('aws-sdk:'.length)
  const found = sdkCall(service, resource.action)
  if (found.kind === 'unknown') return undefined
  if (found.kind === 'notModelled') return notModelledIntegration(resource)
  if (service === 'sfn' && resource.action === 'startSyncExecution') {
    return startSyncExecutionIntegration
  }
  return { start: (ctx, request) => call(ctx, request, found.operation) }
}

async function call(
  ctx: Context,
  request: TaskRequest,
  operation: Operation,
): Promise<TaskOutcome> {
  const read = inputFromJson(operation, parametersOf(request))
  if (read.kind === 'wrong') return wrongParameters(request, read.problems)
  try {
    const output = await ctx.call(operation, read.input, await callerOf(ctx, request))
    return answered(request, outputToJson(operation, output))
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    return { kind: 'failed', ...sdkError(operation, error, ctx.ids.uuid()) }
  }
}

/** Fails the state by the name of what is not built. */
export function notModelledIntegration({ service, action }: ServiceResource): Integration {
  return {
    start: () => ({
      kind: 'failed',
      error: 'Orrery.NotImplemented',
      cause: `Orrery does not model the integration ${service}:${action} of states.`,
    }),
  }
}
