import { AwsError } from '@cloud-orrery/models'
import { Invoke } from '@cloud-orrery/models/lambda'
import type { CallOptions, Context } from '../../context.ts'
import type { HttpOperationOutput } from '../../http-operation.ts'
import { isThrottle } from '../../shared/transient-errors.ts'
import { executeArn } from '../names.ts'
import type { IntegrationRecord } from '../state.ts'
import { internalError, tooLarge, unavailable } from './answers.ts'
import type { ApiCall } from './api-call.ts'
import { proxyEvent } from './events.ts'
import { expressionValue } from './parameter-mapping.ts'

/** Largest event that a function takes, in bytes. Source: Lambda developer guide, "Quotas". */
const eventBytesMax = 6_291_556

/** Hands a request to a function and makes an answer of what it returns. */
export async function functionAnswer(
  call: ApiCall,
  integration: IntegrationRecord,
): Promise<HttpOperationOutput> {
  const { ctx, notes } = call
  const { PayloadFormatVersion = '1.0', IntegrationUri = '', CredentialsArn } = integration
  const payload = Buffer.from(JSON.stringify(proxyEvent(call, PayloadFormatVersion)))
  if (payload.byteLength > eventBytesMax) return tooLarge()
  const functionName = functionOfUri(withStageVariables(call, IntegrationUri))
  if (functionName === undefined) return failed(call, 'Invalid function ARN or invalid uri')
  try {
    const options = callerFor(ctx, CredentialsArn, sourceArn(call))
    const answer = await ctx.call(Invoke, { FunctionName: functionName, Payload: payload }, options)
    notes.integrationStatus = answer.StatusCode ?? 200
    const text = Buffer.from(answer.Payload ?? []).toString('utf8')
    if (answer.FunctionError !== undefined) return functionFailed(call, text)
    const shaped = PayloadFormatVersion === '2.0' ? answerV2(text) : answerV1(text)
    return shaped ?? failed(call, 'Invalid response from the Lambda function')
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    return refused(call, error)
  }
}

/** In whose name an integration is called. `…:user/*` is whoever signed the request. */
export function callerFor(
  ctx: Context,
  credentials: string | undefined,
  source: string,
): CallOptions {
  const service = 'apigateway.amazonaws.com'
  if (credentials === undefined) return { as: service, sourceArn: source }
  if (credentials.endsWith(':user/*')) return { as: { caller: ctx.caller } }
  return { as: { role: credentials, service }, sourceArn: source }
}

/** What a function's policy names as the source: stage, method and path of the route. */
function sourceArn({ ctx, served, stage, request, matched }: ApiCall): string {
  const key = matched?.route.RouteKey ?? '$default'
  const rest =
    key === '$default' ? '$default' : `${request.method}${key.slice(key.indexOf(' ') + 1)}`
  return executeArn(ctx, served.api.ApiId, `${stage.StageName}/${rest}`)
}

function withStageVariables(call: ApiCall, uri: string): string {
  return uri.replace(/\$\{stageVariables\.\w+\}/g, (text) => expressionValue(call, text))
}

/** `arn:…:function:name:alias`, bare or within the address of its Invoke. */
export function functionOfUri(uri: string): string | undefined {
  if (uri.startsWith('arn:aws:lambda:')) return uri
  return /\/functions\/(arn:[^/]+)\/invocations$/.exec(uri)?.[1]
}

function refused(call: ApiCall, error: AwsError): HttpOperationOutput {
  call.notes.integrationStatus = error.status
  if (isThrottle(error) || error.status >= 500) {
    call.notes.integrationError = error.message
    return unavailable()
  }
  // Source: developer guide, "Troubleshooting issues with HTTP API Lambda integrations".
  return failed(
    call,
    error.code === 'AccessDeniedException' || error.code === 'AccessDenied'
      ? "The IAM role configured on the integration or API Gateway doesn't have permissions to call the integration. Check the permissions and try again."
      : error.message,
  )
}

/** Source: developer guide, "Troubleshooting issues with HTTP API Lambda integrations". */
function functionFailed(call: ApiCall, text: string): HttpOperationOutput {
  const { errorMessage } = objectOf(text) ?? {}
  return failed(
    call,
    typeof errorMessage === 'string' ? errorMessage : 'The Lambda function returned an error.',
  )
}

function failed(call: ApiCall, reason: string): HttpOperationOutput {
  call.notes.integrationError = reason
  return internalError()
}

/**
 * Format 2.0: an object with a status is an answer; all else is the body of one.
 * Source: developer guide, "Lambda function response for format 2.0".
 */
export function answerV2(text: string): HttpOperationOutput | undefined {
  const value = parsed(text)
  if (value === undefined) return undefined
  const object = objectOf(text)
  if (object === undefined || !('statusCode' in object)) {
    const body = Buffer.from(typeof value === 'string' ? value : text)
    const headers = { 'content-type': 'application/json', 'content-length': `${body.length}` }
    return { status: 200, headers, body }
  }
  return shaped(object)
}

/** Format 1.0: an object with a status. Source: as above, "format 1.0". */
export function answerV1(text: string): HttpOperationOutput | undefined {
  const object = objectOf(text)
  return object === undefined || !('statusCode' in object) ? undefined : shaped(object)
}

function shaped(answer: Readonly<Record<string, unknown>>): HttpOperationOutput | undefined {
  const { statusCode, headers = {}, multiValueHeaders = {}, cookies = [], body = '' } = answer
  const status = Number(statusCode)
  if (!Number.isInteger(status) || status < 100 || status > 599) return undefined
  if (body !== null && typeof body !== 'string') return undefined
  const single = headersOf(headers)
  const multiple = headersOf(multiValueHeaders)
  if (single === undefined || multiple === undefined) return undefined
  if (cookies !== null && !Array.isArray(cookies)) return undefined
  const bytes = Buffer.from(body ?? '', answer['isBase64Encoded'] === true ? 'base64' : 'utf8')
  const all = new Map<string, readonly string[]>([
    ['content-type', ['text/plain;charset=UTF-8']],
    ...single,
    ...multiple,
    ['content-length', [String(bytes.byteLength)]],
  ])
  const set = [...(all.get('set-cookie') ?? []), ...(cookies ?? []).map(String)]
  all.delete('set-cookie')
  return {
    status,
    headers: Object.fromEntries([...all].map(([name, values]) => [name, values.join(', ')])),
    ...(set.length === 0 ? {} : { cookies: set }),
    body: bytes,
  }
}

/** Headers by lower-case names; undefined where they are none. */
function headersOf(value: unknown): Map<string, readonly string[]> | undefined {
  const found = new Map<string, readonly string[]>()
  if (value === null || value === undefined) return found
  if (typeof value !== 'object' || Array.isArray(value)) return undefined
  for (const [name, text] of Object.entries(value)) {
    if (text === null || text === undefined) continue
    const values = Array.isArray(text) ? text.map(String) : [String(text)]
    if (values.some((it) => /[\r\n\0]/.test(it)) || !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) {
      return undefined
    }
    found.set(name.toLowerCase(), values)
  }
  return found
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // A runtime of one's own may answer with anything.
  }
}

function objectOf(text: string): Record<string, unknown> | undefined {
  const value = parsed(text)
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>) // An object of JSON.
    : undefined
}
