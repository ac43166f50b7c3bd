import { AwsError } from '@cloud-orrery/models'
import type { Integration } from '@cloud-orrery/models/apigateway'
import { notModelled } from '../../shared/not-modelled.ts'
import { isThrottle } from '../../shared/transient-errors.ts'
import { integrationTimeoutMsMax } from '../limits.ts'
import type { ApiCall } from './api-call.ts'
import { callService } from './aws-integration.ts'
import type { BackendAnswer } from './backend-answer.ts'
import { configurationError, GatewayError } from './gateway-errors.ts'
import { callHttp, lower, timedOut } from './http-integration.ts'
import type { IntegrationRequest } from './integration-request.ts'
import { invokeFunction } from './invoke-function.ts'
import { json, withStageVariables } from './mapping.ts'

/** Asks the backend of a method that is no proxy to a function. Throws GatewayError. */
export async function callBackend(
  call: ApiCall,
  integration: Integration,
  made: IntegrationRequest,
): Promise<BackendAnswer> {
  if (integration.connectionType === 'VPC_LINK') throw notModelled('integrations over a VPC link')
  switch (integration.type) {
    case 'MOCK':
      return mockAnswer(call, made)
    case 'HTTP':
    case 'HTTP_PROXY':
      return await callHttp(call, integration, made)
    default:
      return await callAws(call, integration, made)
  }
}

/** The status that the request template names is all that a mock does. Source: developer guide, "Set up mock integrations". */
function mockAnswer(call: ApiCall, made: IntegrationRequest): BackendAnswer {
  const text = made.body.toString()
  const status = Number(/["']?statusCode["']?\s*:\s*["']?(\d{3})\b/.exec(text)?.[1])
  if (!Number.isInteger(status)) {
    call.log.push(
      'Execution failed due to configuration error: Unable to parse statusCode. It should be an integer that is defined in the request template.',
    )
    throw configurationError()
  }
  return { status, headers: {}, body: Buffer.alloc(0), selection: String(status) }
}

async function callAws(
  call: ApiCall,
  integration: Integration,
  made: IntegrationRequest,
): Promise<BackendAnswer> {
  const uri = withStageVariables(call, integration.uri ?? '')
  try {
    return /:lambda:path\//.test(uri)
      ? await functionAnswer(call, integration, made, uri)
      : await callService(call, integration, made)
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    throw refusedCall(call, error)
  }
}

/** A function's answer as it is; how it ended decides by its error's words. */
async function functionAnswer(
  call: ApiCall,
  integration: Integration,
  made: IntegrationRequest,
  uri: string,
): Promise<BackendAnswer> {
  const headers = lower(made.headers)
  const startedAtMs = call.ctx.now()
  const { payload, failed, status } = await invokeFunction(call, {
    uri,
    payload: made.body.byteLength === 0 ? '{}' : made.body.toString(),
    credentials: integration.credentials,
    isAsync: headers['x-amz-invocation-type'] === 'Event',
  })
  checkTime(call, integration, startedAtMs)
  const error = failed ? json(payload) : undefined
  const message =
    typeof error === 'object' && error !== null && 'errorMessage' in error
      ? String(error.errorMessage)
      : ''
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(payload),
    selection: failed ? message : '',
  }
}

/**
 * Deviation: a function that takes longer than the integration may is waited for, and the answer comes then; AWS
 * answers when the time is over.
 */
export function checkTime(
  call: ApiCall,
  { timeoutInMillis }: Integration,
  startedAtMs: number,
): void {
  const tookMs = call.ctx.now() - startedAtMs
  call.figures.latencyMs = tookMs
  if (tookMs > (timeoutInMillis ?? integrationTimeoutMsMax)) throw timedOut()
}

/** A call that the service or STS refuses. Source: Lambda developer guide, "Error handling with API Gateway": 500. */
export function refusedCall(call: ApiCall, error: AwsError): GatewayError {
  call.figures.error = error.message
  if (error.code === 'AccessDenied' || error.code === 'AccessDeniedException') {
    call.log.push(
      'Execution failed due to configuration error: Invalid permissions on Lambda function',
    )
    return configurationError()
  }
  call.log.push(`Execution failed due to an internal error: ${error.code}`)
  return isThrottle(error)
    ? new GatewayError('THROTTLED', 'Too Many Requests')
    : configurationError()
}
