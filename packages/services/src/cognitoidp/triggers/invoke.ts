import { AwsError } from '@cloud-orrery/models'
import type { LambdaConfigType } from '@cloud-orrery/models/cognitoidp'
import { type InvocationResponse, Invoke } from '@cloud-orrery/models/lambda'
import type { Context } from '../../context.ts'
import { isTransient } from '../../shared/transient-errors.ts'
import { lambdaRefused, lambdaUnexpected, lambdaUnreadable } from '../errors.ts'
import { triggerAttempts, triggerTimeoutMs } from '../limits.ts'
import type { Pool } from '../pools/state.ts'

export type TriggerName = Exclude<
  keyof LambdaConfigType & string,
  | 'PreTokenGenerationConfig'
  | 'CustomSMSSender'
  | 'CustomEmailSender'
  | 'KMSKeyID'
  | 'InboundFederation'
>

export interface TriggerCall {
  readonly name: TriggerName
  /** `PreSignUp_SignUp` */
  readonly source: string
  /** Absent: no app client takes part. */
  readonly clientId?: string | undefined
  /** `null` where no user takes part: client credentials. */
  readonly username: string | null
  readonly request: Readonly<Record<string, unknown>>
  readonly response: Readonly<Record<string, unknown>>
  readonly version?: string
}

/**
 * Calls a trigger of the pool and gives back what its answer has as `response`; undefined where the pool has no such
 * trigger. Five seconds, three tries. Throws UnexpectedLambdaException (it could not be called),
 * UserLambdaValidationException (it threw), InvalidLambdaResponseException (its answer cannot be read).
 */
export async function callTrigger(
  ctx: Context,
  pool: Pool,
  { name, source, clientId, username, request, response, version = '1' }: TriggerCall,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const functionArn = pool.settings.LambdaConfig?.[name]
  if (functionArn === undefined) return undefined
  const event = {
    version,
    region: ctx.region,
    userPoolId: pool.id,
    ...(username === null ? {} : { userName: username }),
    callerContext: {
      awsSdkVersion: 'aws-sdk-unknown-unknown',
      clientId: clientId ?? 'CLIENT_ID_NOT_APPLICABLE',
    },
    triggerSource: source,
    request,
    response,
  }
  const { FunctionError, Payload } = await invoked(ctx, pool, name, functionArn, event)
  const text = new TextDecoder().decode(Payload)
  if (FunctionError !== undefined) {
    throw lambdaRefused(`${name} failed with error ${messageOf(text)}.`)
  }
  return responseOf(text)
}

async function invoked(
  ctx: Context,
  pool: Pool,
  name: TriggerName,
  functionArn: string,
  event: object,
): Promise<InvocationResponse> {
  const failed = (reason: string) =>
    lambdaUnexpected(`${name} invocation failed due to error ${reason}.`)
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answer = await inTime(ctx, pool, functionArn, event)
      if (answer !== undefined) return answer
      if (attempt === triggerAttempts) {
        throw failed('Socket timeout while invoking Lambda function')
      }
    } catch (error) {
      if (!(error instanceof AwsError) || error.code === failed('').code) throw error
      if (attempt === triggerAttempts || !isTransient(error)) throw failed(error.code)
    }
  }
}

/**
 * Undefined where no answer came within the time of a trigger.
 * Deviation: an answer that is late is refused when it comes; AWS stops waiting when the time is up.
 */
async function inTime(
  ctx: Context,
  pool: Pool,
  functionArn: string,
  event: object,
): Promise<InvocationResponse | undefined> {
  const [, , , region = ctx.region, accountId = ctx.accountId] = functionArn.split(':')
  const startedAtMs = ctx.now()
  const answer = await ctx.call(
    Invoke,
    {
      FunctionName: functionArn,
      InvocationType: 'RequestResponse',
      Payload: Buffer.from(JSON.stringify(event)),
    },
    { as: 'cognito-idp.amazonaws.com', sourceArn: pool.arn, region, accountId },
  )
  return ctx.now() - startedAtMs > triggerTimeoutMs ? undefined : answer
}

function messageOf(payload: string): string {
  try {
    const { errorMessage } = JSON.parse(payload) as { errorMessage?: unknown }
    return typeof errorMessage === 'string' ? errorMessage : payload
  } catch {
    return payload // The runtime's own words.
  }
}

function responseOf(payload: string): Readonly<Record<string, unknown>> {
  let answer: unknown
  try {
    answer = JSON.parse(payload)
  } catch {
    throw lambdaUnreadable('Invalid lambda function output : Invalid JSON')
  }
  const response = asObject(answer)?.['response']
  const found = response === undefined ? undefined : asObject(response)
  if (found === undefined) throw lambdaUnreadable()
  return found
}

export function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject ? (value as Readonly<Record<string, unknown>>) : undefined // Just looked at.
}
