import { AwsError } from '@cloud-orrery/models'
import { type InvocationResponse, Invoke } from '@cloud-orrery/models/lambda'
import type { CallAs, Context } from '../../context.ts'
import { isObject, type Json, type JsonObject } from '../engine/json.ts'
import { TransformFailure } from '../errors.ts'
import { macros } from './state.ts'

/** What a macro is given. Recorded: TestMacros::test_validate_lambda_internals. */
export interface MacroRequest {
  readonly name: string
  readonly fragment: Json
  /** Functions worked out. */
  readonly params: JsonObject
  /** Lists are lists. */
  readonly templateParameterValues: JsonObject
  /** Whose request it is. Absent: the caller's. */
  readonly as: CallAs | undefined
}

/** The fragment that a macro's function answers. Throws TransformFailure in AWS's words. */
export async function callMacro(ctx: Context, request: MacroRequest): Promise<Json> {
  const { name, fragment, params, templateParameterValues, as } = request
  const [owner, ownName] = name.includes('::') ? name.split('::') : [ctx.accountId, name]
  const transformId = `${owner}::${ownName}`
  const macro = owner === ctx.accountId ? macros.get(ctx, ownName ?? '') : undefined
  // Source: user reports of change sets with unknown macros.
  if (macro === undefined) throw new TransformFailure(`No transform named ${transformId} found.`)
  const requestId = ctx.ids.uuid()
  const event = {
    accountId: ctx.accountId,
    fragment,
    transformId,
    requestId,
    region: ctx.region,
    params,
    templateParameterValues,
  }
  const Payload = Buffer.from(JSON.stringify(event))
  const input = {
    FunctionName: macro.functionName,
    InvocationType: 'RequestResponse' as const,
    Payload,
  }
  let answered: InvocationResponse
  try {
    answered = await ctx.call(Invoke, input, as === undefined ? {} : { as })
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    throw new TransformFailure(`Transform ${transformId} failed with: ${error.message}`)
  }
  const body = answered.FunctionError === undefined ? parsed(answered.Payload) : undefined
  return fragmentOf(body, transformId, requestId)
}

function parsed(payload: Uint8Array | undefined): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(payload ?? []).toString())
    return isObject(value) ? value : undefined
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return undefined
  }
}

/** Source: CloudFormation User Guide, "Macro response"; user reports of malformed ones. */
function fragmentOf(body: JsonObject | undefined, transformId: string, requestId: string): Json {
  const malformed = `Received malformed response from transform ${transformId}`
  if (body === undefined || body['requestId'] !== requestId) throw new TransformFailure(malformed)
  const { status, errorMessage, fragment } = body
  if (typeof status !== 'string' || status.toLowerCase() !== 'success') {
    // Recorded: TestMacros::test_failed_state.
    throw new TransformFailure(
      typeof errorMessage === 'string'
        ? `Transform ${transformId} failed with: ${errorMessage}`
        : `Transform ${transformId} failed without an error message.`,
    )
  }
  if (fragment === undefined) throw new TransformFailure(malformed)
  return fragment
}
