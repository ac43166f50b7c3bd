import { Invoke } from '@cloud-orrery/models/lambda'
import type { Context } from '../../context.ts'
import { inputFromJson } from '../../shared/sdk-calls/index.ts'
import { isObject, type Json, parsedJson, textOf } from '../asl/json.ts'
import type { Integration, TaskOutcome, TaskRequest } from '../executions/contract.ts'
import { callerOf } from './identity.ts'
import { answered, messageText, parametersOf, wrongParameters } from './parameters.ts'
import { type Header, lambdaV1, outcomeOf, sdkMetadata } from './sdk-v1.ts'

/** A function by its plain ARN: the state's input is its event, its result the state's. */
export const functionIntegration: Integration = {
  start: (ctx, request) =>
    outcomeOf(ctx, lambdaV1, async () => {
      const { resource, parameters } = request
      const input = { FunctionName: resource.arn, Payload: Buffer.from(textOf(parameters)) }
      const answer = await ctx.call(Invoke, input, await callerOf(ctx, request))
      const payload = textOfPayload(answer.Payload)
      if (answer.FunctionError !== undefined) return functionFailed(payload)
      return { kind: 'done', output: parsedJson(payload) ?? null }
    }),
}

/** `arn:aws:states:::lambda:invoke`. Recorded: states, 2023. */
export const invokeIntegration: Integration = {
  start: (ctx, request) => outcomeOf(ctx, lambdaV1, () => invoke(ctx, request)),
}

async function invoke(ctx: Context, request: TaskRequest): Promise<TaskOutcome> {
  const { Payload, ...parameters } = parametersOf(request)
  const payload = Payload === null ? 'null' : messageText(Payload)
  const read = inputFromJson(Invoke, {
    ...parameters,
    // A string is the event's JSON text already.
    ...(payload === undefined ? {} : { Payload: payload }),
  })
  if (read.kind === 'wrong') return wrongParameters(request, read.problems)
  const { FunctionName } = read.input
  if (typeof FunctionName !== 'string') {
    return wrongParameters(request, ["The field 'FunctionName' is required but was missing"])
  }
  const answer = await ctx.call(
    Invoke,
    { ...read.input, FunctionName },
    await callerOf(ctx, request),
  )
  const result = textOfPayload(answer.Payload)
  if (answer.FunctionError !== undefined) return functionFailed(result)
  const { ExecutedVersion, LogResult, StatusCode = 200 } = answer
  return answered(request, {
    ...(ExecutedVersion === undefined ? {} : { ExecutedVersion }),
    ...(LogResult === undefined ? {} : { LogResult }),
    ...(answer.Payload === undefined ? {} : { Payload: parsedJson(result) ?? result }),
    ...sdkMetadata(ctx, invokeHeaders(ctx, result, ExecutedVersion), StatusCode),
    StatusCode,
  })
}

function invokeHeaders(ctx: Context, payload: string, version: string | undefined): Header[] {
  const epoch = Math.floor(ctx.now() / 1000).toString(16)
  return [
    ['Connection', 'keep-alive'],
    ['Content-Length', String(Buffer.byteLength(payload))],
    ['Content-Type', 'application/json'],
    ...(version === undefined ? [] : [['X-Amz-Executed-Version', version] as const]),
    ['x-amzn-Remapped-Content-Length', '0'],
    ['X-Amzn-Trace-Id', `Root=1-${epoch}-${ctx.ids.hex(24)};Sampled=0`],
  ]
}

function textOfPayload(payload: Uint8Array | undefined): string {
  return payload === undefined ? '' : Buffer.from(payload).toString()
}

/** A function's error has the name that its runtime gave it. Recorded: states, 2022. */
function functionFailed(payload: string): TaskOutcome {
  const body: Json | undefined = parsedJson(payload)
  const type = isObject(body) ? body['errorType'] : undefined
  return {
    kind: 'failed',
    error: typeof type === 'string' ? type : 'Lambda.Unknown',
    cause: payload,
  }
}
