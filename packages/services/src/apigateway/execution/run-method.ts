import type { HttpOperationOutput } from '../../http-operation.ts'
import { areFields } from '../../shared/header-fields.ts'
import { payloadBytesMax } from '../limits.ts'
import type { ApiCall } from './api-call.ts'
import { authorizeCall } from './authorization.ts'
import { configurationError, GatewayError, gatewayAnswer } from './gateway-errors.ts'
import { integrationRequest } from './integration-request.ts'
import { integrationResponse } from './integration-response.ts'
import { callBackend } from './integrations.ts'
import { functionProxy } from './proxy-answer.ts'
import { cacheKey, keepAnswer, keptAnswer } from './response-cache.ts'
import { checkApiKey, throttleStage } from './throttling.ts'
import { validateRequest } from './validation.ts'

/**
 * What a method answers: who may call, how often, whether the request is as it has to be, then the backend.
 * Errors are answers too.
 */
export async function runMethod(call: ApiCall): Promise<HttpOperationOutput> {
  try {
    const answer = await answered(call)
    if (!areFields(answer.headers, answer.cookies)) throw unsound(call, 'response')
    return withIds(call, answer)
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    call.figures.error ??= error.message
    return gatewayAnswer(call, error)
  }
}

async function answered(call: ApiCall): Promise<HttpOperationOutput> {
  if (call.body.byteLength > payloadBytesMax) {
    throw new GatewayError('REQUEST_TOO_LARGE', 'Request Too Long')
  }
  await authorizeCall(call)
  checkApiKey(call)
  if (!call.isTest) throttleStage(call)
  validateRequest(call)
  const key = cacheKey(call)
  const kept = key === undefined ? undefined : keptAnswer(call, key)
  if (kept !== undefined) return kept
  const answer = await integrated(call)
  if (key !== undefined && answer.status < 300) keepAnswer(call, key, answer)
  return answer
}

async function integrated(call: ApiCall): Promise<HttpOperationOutput> {
  const integration = call.method.methodIntegration
  if (integration === undefined) throw configurationError()
  const made = integrationRequest(call, integration)
  if (!areFields(made.headers)) throw unsound(call, 'request')
  if (integration.type === 'AWS_PROXY') return await functionProxy(call, integration, made)
  const startedAtMs = call.ctx.now()
  const answer = await callBackend(call, integration, made)
  call.figures.status = answer.status
  call.figures.latencyMs ??= call.ctx.now() - startedAtMs
  return integrationResponse(call, integration, answer)
}

/** A mapping made a header that would be more than one. */
function unsound(call: ApiCall, what: string): GatewayError {
  call.log.push(
    `Execution failed due to configuration error: Invalid header of the integration ${what}`,
  )
  return configurationError()
}

function withIds(call: ApiCall, answer: HttpOperationOutput): HttpOperationOutput {
  return { ...answer, headers: { ...answer.headers, 'x-amz-apigw-id': call.extendedRequestId } }
}
