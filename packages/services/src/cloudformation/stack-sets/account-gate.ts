import { AwsError } from '@cloud-orrery/models'
import { Invoke } from '@cloud-orrery/models/lambda'
import type { Caller, Context } from '../../context.ts'
import { isTransient } from '../../shared/transient-errors.ts'
import { isObject } from '../engine/json.ts'
import type { SetOperation } from './state.ts'

const gateFunction = 'AWSCloudFormationStackSetAccountGate'

export interface GateResult {
  readonly status: 'SUCCEEDED' | 'FAILED' | 'SKIPPED'
  readonly reason?: string
}

/**
 * Asks the function by which an account says whether it is ready, where there is one. Source: user guide,
 * "Configure target account gates in StackSets".
 */
export async function askAccountGate(
  ctx: Context,
  operation: SetOperation,
  { account, region }: { readonly account: string; readonly region: string },
  caller: Caller,
): Promise<GateResult> {
  const arn = `arn:${ctx.partition}:lambda:${region}:${account}:function:${gateFunction}`
  const event = { setId: operation.setId, operationId: operation.id }
  try {
    const { Payload, FunctionError } = await ctx.call(
      Invoke,
      { FunctionName: arn, Payload: Buffer.from(JSON.stringify(event)) },
      { as: { caller }, accountId: account, region },
    )
    if (FunctionError !== undefined) return { status: 'FAILED', reason: FunctionError }
    return verdict(Buffer.from(Payload ?? new Uint8Array()).toString())
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    if (isTransient(error)) return { status: 'FAILED', reason: error.message }
    // No function, or none that the execution role may call.
    const denied = error.code === 'AccessDeniedException'
    return { status: 'SKIPPED', reason: denied ? error.message : `Function not found: ${arn}` }
  }
}

function verdict(text: string): GateResult {
  try {
    const answer: unknown = JSON.parse(text)
    if (isObject(answer) && answer['Status'] === 'SUCCEEDED') return { status: 'SUCCEEDED' }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  return { status: 'FAILED', reason: `The account gate function answered ${text.slice(0, 100)}` }
}
