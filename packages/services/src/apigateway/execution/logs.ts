import { AwsError } from '@cloud-orrery/models'
import { CreateLogGroup, CreateLogStream, PutLogEvents } from '@cloud-orrery/models/logs'
import type { HttpOperationOutput } from '../../http-operation.ts'
import { accounts } from '../state.ts'
import { shownText } from '../vtl/values.ts'
import { type ApiCall, lastValues } from './api-call.ts'
import { contextVariable } from './context-variables.ts'
import { atPath } from './mapping.ts'
import { settingOf } from './settings.ts'

/** Streams over which the log of a stage is spread on AWS; Orrery writes to one. */
const streamName = 'orrery'

/** Writes the access log and the execution log of a request, as the account's role for logs. */
export async function writeLogs(call: ApiCall, answer: HttpOperationOutput): Promise<void> {
  const { ctx, stage } = call
  const role = accounts.get(ctx, 'account')?.cloudwatchRoleArn
  const { accessLogSettings } = stage ?? {}
  const destination = accessLogSettings?.destinationArn
  const group = /:log-group:([^:]+)/.exec(destination ?? '')?.[1]
  if (role === undefined) return
  if (group !== undefined && accessLogSettings?.format !== undefined) {
    await write(call, group, [accessLine(call, answer, accessLogSettings.format)], role, '')
  }
  const { loggingLevel, dataTraceEnabled } = settingOf(call)
  const isWanted = loggingLevel === 'INFO' || (loggingLevel === 'ERROR' && answer.status >= 400)
  if (!isWanted) return
  const lines = executionLines(call, answer, dataTraceEnabled === true)
  const execution = `API-Gateway-Execution-Logs_${call.apiId}/${call.stageName}`
  await write(call, execution, lines, role, `(${call.requestId}) `)
}

/** Source: developer guide, "Set up CloudWatch logging for REST APIs": `$context` variables alone, else a dash. */
function accessLine(call: ApiCall, answer: HttpOperationOutput, format: string): string {
  const length = answer.body instanceof Uint8Array ? answer.body.byteLength : 0
  const { figures } = call
  const integration = {
    status: figures.status,
    integrationStatus: figures.status,
    latency: figures.latencyMs,
    error: figures.error,
    requestId: call.requestId,
  }
  const context = {
    ...contextVariable(call),
    status: answer.status,
    responseLength: length,
    responseLatency: call.ctx.now() - call.startedAtMs,
    integrationLatency: figures.latencyMs,
    integrationStatus: figures.status,
    integrationErrorMessage: figures.error,
    integration,
    error: {
      message: figures.error,
      messageString: figures.error && JSON.stringify(figures.error),
    },
  }
  return format.replace(/\$\{?context((?:\.[A-Za-z_][\w-]*)+)\}?/g, (_, path: string) => {
    const value = atPath(context, path.slice(1).split('.'))
    return value === undefined || value === null || value === '' ? '-' : shownText(value)
  })
}

/** Recorded: apigateway, TestInvokeMethod, `log`. */
export function executionLines(
  call: ApiCall,
  answer: HttpOperationOutput,
  withData: boolean,
): string[] {
  const map = (values: object) =>
    `{${Object.entries(values)
      .map(([name, value]) => `${name}=${String(value)}`)
      .join(', ')}}`
  const body = answer.body instanceof Uint8Array ? Buffer.from(answer.body).toString() : ''
  const { 'x-amz-apigw-id': _, ...headers } = answer.headers
  const data = withData
    ? [
        `Method request path: ${map(call.pathParameters)}`,
        `Method request query string: ${map(lastValues(call.query))}`,
        `Method request headers: ${map(lastValues(call.headers))}`,
        `Method request body before transformations: ${call.body.toString()}`,
      ]
    : []
  const answered = withData
    ? [
        `Method response body after transformations: ${body}`,
        `Method response headers: ${map(named(headers))}`,
      ]
    : []
  return [
    `Starting execution for request: ${call.requestId}`,
    `HTTP Method: ${call.request.method}, Resource Path: ${call.path}`,
    ...data,
    ...call.log,
    ...answered,
    ...(call.log.some((line) => line.startsWith('Execution failed'))
      ? []
      : ['Successfully completed execution']),
    `Method completed with status: ${answer.status}`,
  ]
}

/** `Content-Type` of `content-type`. */
export function named(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.replace(/(^|-)([a-z])/g, (_, dash: string, char: string) => dash + char.toUpperCase()),
      value,
    ]),
  )
}

async function write(
  call: ApiCall,
  logGroupName: string,
  lines: readonly string[],
  role: string,
  prefix: string,
): Promise<void> {
  const { ctx } = call
  const service = 'apigateway.amazonaws.com'
  const as = { as: { role, service, sessionName: 'BackplaneAssumeRoleSession' } } as const
  const timestamp = ctx.now()
  const logEvents = lines.map((line) => ({ timestamp, message: prefix + line }))
  const input = { logGroupName, logStreamName: streamName, logEvents }
  try {
    await ctx.call(PutLogEvents, input, as)
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    if (error.code !== 'ResourceNotFoundException') return noteFailure(call, logGroupName, error)
    try {
      await made(ctx.call(CreateLogGroup, { logGroupName }, as))
      await made(ctx.call(CreateLogStream, { logGroupName, logStreamName: streamName }, as))
      await ctx.call(PutLogEvents, input, as)
    } catch (second) {
      if (!(second instanceof AwsError)) throw second
      noteFailure(call, logGroupName, second)
    }
  }
}

/** Groups and streams that are there already are as good as made. */
async function made(call: Promise<unknown>): Promise<void> {
  try {
    await call
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'ResourceAlreadyExistsException') throw error
  }
}

/** Callers are not told of logs that are lost; the journal is. */
function noteFailure({ ctx }: ApiCall, logGroupName: string, error: AwsError): void {
  ctx.record('outside', 'apigateway.log', {
    logGroupName,
    code: error.code,
    message: error.message,
  })
}
