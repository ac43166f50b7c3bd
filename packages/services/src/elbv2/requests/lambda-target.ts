import { AwsError } from '@cloud-orrery/models'
import { Invoke } from '@cloud-orrery/models/lambda'
import type { Context } from '../../context.ts'
import type { HttpOperationOutput } from '../../http-operation.ts'
import { functionGroupAttributes, isOn } from '../attributes.ts'
import { lambdaBytesMax } from '../limits.ts'
import type { Target, TargetGroup } from '../state.ts'
import type { Incoming } from './incoming.ts'
import { errorPage } from './responses.ts'

/** Types of content that functions get as text. Source: User Guide, "Receive events from the load balancer". */
const textTypes = /^(?:text\/|application\/(?:json|javascript|xml)\b)/

function isMultiValue(group: TargetGroup): boolean {
  return isOn(functionGroupAttributes, group, 'lambda.multi_value_headers.enabled')
}

/** What a function gets. Names and values of parameters stay percent-encoded. */
function eventOf(group: TargetGroup, request: Incoming): object {
  const { headers, body } = request
  const bytes = Buffer.from(body)
  const isText = bytes.length === 0 || isTextBody(headers)
  return {
    requestContext: { elb: { targetGroupArn: group.arn } },
    httpMethod: request.method,
    path: request.path,
    ...parametersOf(group, request.query),
    ...headersOf(group, headers),
    body: bytes.toString(isText ? 'utf8' : 'base64'),
    isBase64Encoded: !isText,
  }
}

function isTextBody(headers: Readonly<Record<string, string>>): boolean {
  return headers['content-encoding'] === undefined && textTypes.test(headers['content-type'] ?? '')
}

/** Without multi-value headers, the last value of a parameter counts. */
function parametersOf(group: TargetGroup, query: string): object {
  const values = new Map<string, string[]>()
  for (const pair of query === '' ? [] : query.split('&')) {
    const mark = pair.indexOf('=')
    const name = mark === -1 ? pair : pair.slice(0, mark)
    const value = mark === -1 ? '' : pair.slice(mark + 1)
    values.set(name, [...(values.get(name) ?? []), value])
  }
  if (isMultiValue(group)) return { multiValueQueryStringParameters: Object.fromEntries(values) }
  const last = [...values].map(([name, all]) => [name, all.at(-1) ?? ''])
  return { queryStringParameters: Object.fromEntries(last) }
}

/** Deviation: the doors join repeated headers, so that each has one value. */
function headersOf(group: TargetGroup, headers: Readonly<Record<string, string>>): object {
  if (!isMultiValue(group)) return { headers }
  const lists = Object.entries(headers).map(([name, value]) => [name, [value]])
  return { multiValueHeaders: Object.fromEntries(lists) }
}

/** A health check comes without a host. */
export function healthEvent(group: TargetGroup): object {
  const agent = 'ELB-HealthChecker/2.0'
  return {
    requestContext: { elb: { targetGroupArn: group.arn } },
    httpMethod: 'GET',
    path: group.health.path,
    ...parametersOf(group, ''),
    ...headersOf(group, { 'user-agent': agent }),
    body: '',
    isBase64Encoded: false,
  }
}

/** Invokes the function and answers what it says. */
export async function askFunction(
  ctx: Context,
  group: TargetGroup,
  target: Target,
  request: Incoming,
): Promise<HttpOperationOutput> {
  const { notes } = request
  if (request.headers['sec-websocket-key'] !== undefined) return errorPage(400)
  if (request.body.byteLength > lambdaBytesMax) return errorPage(413)
  const Payload = Buffer.from(JSON.stringify(eventOf(group, request)))
  try {
    const answer = await ctx.call(
      Invoke,
      { FunctionName: target.id, Payload },
      { as: 'elasticloadbalancing.amazonaws.com', sourceArn: group.arn },
    )
    const shaped = functionAnswer(group, answer)
    if (shaped === undefined) {
      notes.error = answer.FunctionError === undefined ? 'LambdaInvalidResponse' : 'LambdaUnhandled'
      return errorPage(502)
    }
    notes.targetStatus = shaped.status
    return shaped
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    notes.error = lambdaErrors[error.code] ?? 'LambdaConnectionError'
    return errorPage(502)
  }
}

/** Reasons as access logs name them. Source: User Guide, "Access logs", error reason codes. */
const lambdaErrors: Readonly<Record<string, string>> = {
  AccessDeniedException: 'LambdaAccessDenied',
  ResourceNotFoundException: 'LambdaInvalidResponse',
  TooManyRequestsException: 'LambdaThrottling',
}

interface FunctionAnswer {
  readonly FunctionError?: string | undefined
  readonly Payload?: Uint8Array | undefined
}

/** Undefined: what the function answered is no response. Source: User Guide, "Respond to the load balancer". */
export function functionAnswer(
  group: TargetGroup,
  { FunctionError, Payload = new Uint8Array() }: FunctionAnswer,
): HttpOperationOutput | undefined {
  if (FunctionError !== undefined || Payload.byteLength > lambdaBytesMax) return undefined
  const value = parsed(Payload)
  if (typeof value !== 'object' || value === null) return undefined
  const { statusCode, headers, multiValueHeaders, body, isBase64Encoded } = value as Record<
    string,
    unknown
  > // An object of JSON.
  if (typeof statusCode !== 'number' || !Number.isInteger(statusCode)) return undefined
  if (statusCode < 100 || statusCode > 599) return undefined
  if (body !== undefined && body !== null && typeof body !== 'string') return undefined
  const lists = isMultiValue(group) ? listed(multiValueHeaders) : listed(headers)
  if (lists === undefined) return undefined
  const bytes = Buffer.from(body ?? '', isBase64Encoded === true ? 'base64' : 'utf8')
  const cookies = lists.get('set-cookie') ?? []
  lists.delete('set-cookie')
  const single = [...lists].map(([name, all]) => [name, all.join(', ')])
  return {
    status: statusCode,
    headers: {
      server: 'awselb/2.0',
      'content-type': 'application/octet-stream',
      ...Object.fromEntries(single),
      'content-length': String(bytes.length),
    },
    ...(cookies.length === 0 ? {} : { cookies }),
    body: bytes,
  }
}

function parsed(payload: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(payload).toString())
  } catch {
    return undefined // Custom runtimes may answer anything.
  }
}

/** Headers with their values by name in lower case; undefined where they are none. */
function listed(headers: unknown): Map<string, string[]> | undefined {
  if (headers === undefined || headers === null) return new Map()
  if (typeof headers !== 'object' || Array.isArray(headers)) return undefined
  const lists = new Map<string, string[]>()
  for (const [name, value] of Object.entries(headers)) {
    const values: unknown[] = Array.isArray(value) ? value : [value]
    const texts = values.map(String)
    if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name)) return undefined
    if (texts.some((text) => /[\0\r\n]/.test(text))) return undefined
    lists.set(name.toLowerCase(), texts)
  }
  return lists
}
