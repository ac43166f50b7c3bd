import { orderedKey } from '@cloud-orrery/kernel'
import { AwsError } from '@cloud-orrery/models'
import type { Context } from '../../context.ts'
import {
  type HttpOperationInput,
  type HttpOperationOutput,
  httpOperation,
} from '../../http-operation.ts'
import { isThrottle } from '../../shared/transient-errors.ts'
import { execute } from '../invoke/execution.ts'
import { answering } from '../invoke/target.ts'
import { syncPayloadBytesMax } from '../limits.ts'
import { find } from '../lookup.ts'
import { type FunctionName, functionArn } from '../names.ts'
import { corsHeaders, preflight } from './cors.ts'
import { urlEvent } from './events.ts'
import { bufferedResponse, internalError, streamedResponse } from './responses.ts'
import { type FunctionUrlRecord, functionUrls, urlHosts } from './state.ts'

/** What a function answers at its own address. Both permissions are judged inside, in the order of AWS. */
export const urlRequest = httpOperation('lambda', 'InvokeFunctionUrl', {
  authorize: () => ({ none: 'judged on the function that the host leads to' }),
  provenance: 'recorded',
  trail: { kind: 'data', readOnly: false },
  scope: (input, ctx) => {
    const place = urlHosts.get(ctx, idOf(input))
    return place === undefined ? {} : { accountId: place.accountId, region: place.region }
  },
  async run(ctx, input) {
    const place = urlHosts.get(ctx, idOf(input))
    const url =
      place === undefined
        ? undefined
        : functionUrls.get(ctx, orderedKey(place.functionName, place.qualifier))
    if (url === undefined) return forbidden()
    const asked = preflight(url.cors, input)
    if (asked !== undefined) return asked
    const answer = await answerOf(ctx, url, input)
    return { ...answer, headers: { ...answer.headers, ...corsHeaders(url.cors, input) } }
  },
})

function idOf({ host }: HttpOperationInput): string {
  return host.slice(0, host.indexOf('.'))
}

async function answerOf(
  ctx: Context,
  url: FunctionUrlRecord,
  input: HttpOperationInput,
): Promise<HttpOperationOutput> {
  const { functionName: name, qualifier, accountId, region } = url
  const named: FunctionName = {
    accountId,
    region,
    name,
    full: true,
    ...(qualifier === '' ? {} : { qualifier }),
  }
  if (!mayInvoke(ctx, functionArn(ctx, named), url)) return forbidden()
  const found = find(ctx, named)
  // Recorded: lambda, `test_lambda_url_persists_after_alias_delete`.
  if (found === undefined) return forbidden()
  const payload = JSON.stringify(urlEvent(ctx, input))
  if (Buffer.byteLength(payload) > syncPayloadBytesMax) return tooLarge()
  try {
    const version = answering(ctx, found)
    const { answer, outcome } = await execute(ctx, {
      fn: found.fn,
      version,
      invokedArn: functionArn(ctx, named),
      requestId: ctx.requestId,
      payload,
    })
    return url.invokeMode === 'RESPONSE_STREAM'
      ? streamedResponse(outcome.end, answer)
      : bufferedResponse(answer)
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    return isThrottle(error) ? throttled(error) : internalError()
  }
}

/**
 * Two permissions, each by the caller's policies or the function's own. Source: developer guide, "Control access to
 * function URLs": InvokeFunction besides InvokeFunctionUrl since October 2025.
 */
function mayInvoke(ctx: Context, arn: string, { authType }: FunctionUrlRecord): boolean {
  const authKeys = { 'lambda:FunctionUrlAuthType': authType, 'lambda:FunctionArn': arn }
  if (authType === 'AWS_IAM' && ctx.caller.principal.kind === 'anonymous') return false
  try {
    ctx.authorize('lambda:InvokeFunctionUrl', arn, { context: authKeys })
    ctx.authorize('lambda:InvokeFunction', arn, {
      context: { 'lambda:InvokedViaFunctionUrl': true },
    })
    return true
  } catch (error) {
    if (error instanceof AwsError) return false
    throw error
  }
}

/** Recorded: lambda, `test_lambda_url_persists_after_alias_delete`. */
function forbidden(): HttpOperationOutput {
  const Message =
    'Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html'
  return refused(403, 'AccessDeniedException', { Message })
}

function throttled({ message, fields }: AwsError): HttpOperationOutput {
  return refused(429, 'TooManyRequestsException', { ...fields, message })
}

function tooLarge(): HttpOperationOutput {
  return refused(413, 'RequestEntityTooLargeException', { Message: 'Request Entity Too Large' })
}

function refused(status: number, errorType: string, body: object): HttpOperationOutput {
  return {
    status,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': errorType },
    body: Buffer.from(JSON.stringify(body)),
  }
}
