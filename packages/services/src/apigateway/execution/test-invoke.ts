import { TestInvokeAuthorizer, TestInvokeMethod } from '@cloud-orrery/models/apigateway'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { theApi, theMethod } from '../api-lookup.ts'
import { theAuthorizer } from '../authorizers.ts'
import { snapshotOf } from '../deployments.ts'
import { needs } from '../permissions.ts'
import type { ResourceRecord } from '../state.ts'
import { type ApiCall, type MultiStrings, queryOf, traceOf } from './api-call.ts'
import { cognitoAuthorized } from './cognito-authorizer.ts'
import { functionAuthorized } from './function-authorizer.ts'
import { GatewayError } from './gateway-errors.ts'
import { executionLines, named } from './logs.ts'
import { decoded } from './routing.ts'
import { runMethod } from './run-method.ts'
import { extendedId } from './serve.ts'

export const testInvokeMethod = operation(TestInvokeMethod, {
  authorize: needs('POST', '/restapis/{restApiId}/resources/{resourceId}/methods/{httpMethod}'),
  provenance: 'recorded',
  refuses: ['clientCertificateId'],
  async run(ctx, input) {
    const { resource, method } = theMethod(ctx, input)
    const call = testCall(ctx, input, resource, { ...method })
    const answer = await runMethod(call)
    const { 'x-amz-apigw-id': _, 'x-amzn-errortype': __, ...headers } = answer.headers
    const shown = { ...answer, headers }
    const cookies = answer.cookies ?? []
    const names = named({
      ...headers,
      ...(cookies.length === 0 ? {} : { 'set-cookie': cookies.at(-1) ?? '' }),
    })
    const body = answer.body instanceof Uint8Array ? Buffer.from(answer.body).toString() : ''
    const stamp = stampOf(ctx.now())
    const lines = executionLines(call, shown, true).map((line) => `${stamp} : ${line}\n`)
    return {
      status: answer.status,
      body,
      headers: names,
      multiValueHeaders: Object.fromEntries(
        Object.entries(names).map(([name, value]) => [
          name,
          name === 'Set-Cookie' ? cookies : [value],
        ]),
      ),
      log: `Execution log for request ${call.requestId}\n${lines.join('')}`,
      latency: ctx.now() - call.startedAtMs,
    }
  },
})

/** `Thu Jan 01 00:00:00 UTC 2026` */
function stampOf(atMs: number): string {
  const [day = '', date, month, year, time] = new Date(atMs).toUTCString().split(/,? /)
  return `${day} ${month} ${date} ${time} UTC ${year}`
}

interface TestInput {
  readonly restApiId: string
  readonly httpMethod?: string
  readonly pathWithQueryString?: string | undefined
  readonly body?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly multiValueHeaders?: MultiStrings | undefined
  readonly stageVariables?: Readonly<Record<string, string>> | undefined
}

/** What is tested is the API as it is now, without a stage. */
function testCall(
  ctx: Context,
  input: TestInput,
  resource: ResourceRecord,
  method: ApiCall['method'],
): ApiCall {
  const { restApiId, pathWithQueryString = '', body = '' } = input
  const [given = '', query = ''] = pathWithQueryString.split('?', 2)
  const path = given === '' ? resource.path : given
  const host = `${restApiId}.execute-api.${ctx.region}.amazonaws.com`
  const headers: Record<string, readonly string[]> = {}
  for (const [name, value] of Object.entries(input.headers ?? {})) headers[name] = [value]
  for (const [name, values] of Object.entries(input.multiValueHeaders ?? {})) headers[name] = values
  return {
    ctx,
    apiId: restApiId,
    api: snapshotOf(ctx, theApi(ctx, restApiId)),
    deploymentId: '',
    stageName: 'test-invoke-stage',
    isCanary: false,
    variables: input.stageVariables ?? {},
    request: {
      host,
      servedName: host,
      method: input.httpMethod ?? 'GET',
      path,
      query,
      headers: {},
      body: Buffer.from(body),
    },
    path,
    fullPath: path,
    resource,
    method,
    pathParameters: parametersOf(resource.path, path),
    query: queryOf(query),
    headers,
    body: Buffer.from(body),
    requestId: ctx.requestId,
    extendedRequestId: extendedId(ctx),
    startedAtMs: ctx.now(),
    trace: traceOf(ctx, undefined),
    log: [],
    isTest: true,
    authorized: {},
    apiKey: undefined,
    overrides: { request: { header: {}, path: {}, querystring: {} }, response: { header: {} } },
    figures: {},
  }
}

/** Recorded: apigateway, TestInvokeMethod: a path that is not the resource's gives no parameters. */
function parametersOf(template: string, path: string): Record<string, string> {
  const wanted = template.split('/')
  const given = path.split('/')
  const parameters: Record<string, string> = {}
  for (const [i, part] of wanted.entries()) {
    const variable = /^\{(.+?)(\+?)\}$/.exec(part)
    if (variable === null) {
      if (given[i] !== part) return {}
    } else if (variable[2] === '+') {
      parameters[variable[1] ?? ''] = given.slice(i).map(decoded).join('/')
      return parameters
    } else parameters[variable[1] ?? ''] = decoded(given[i] ?? '')
  }
  return wanted.length === given.length ? parameters : {}
}

export const testInvokeAuthorizer = operation(TestInvokeAuthorizer, {
  authorize: needs('POST', '/restapis/{restApiId}/authorizers/{authorizerId}'),
  provenance: 'modelled',
  refuses: ['additionalContext'],
  async run(ctx, input) {
    const authorizer = {
      ...theAuthorizer(ctx, input.restApiId, input.authorizerId),
      authorizerResultTtlInSeconds: 0,
    }
    const root = { apiId: input.restApiId, id: '', path: '/', methods: {} }
    const call = testCall(ctx, input, root, { httpMethod: 'GET' })
    const isPool = authorizer.type === 'COGNITO_USER_POOLS'
    try {
      const { principalId, claims } = isPool
        ? await cognitoAuthorized(call, authorizer)
        : await functionAuthorized(call, authorizer)
      return {
        clientStatus: 0,
        log: `Execution log for request ${call.requestId}\n`,
        latency: ctx.now() - call.startedAtMs,
        ...(principalId === undefined ? {} : { principalId }),
        ...(claims === undefined ? {} : { claims }),
      }
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
      const clientStatus =
        error.responseType === 'UNAUTHORIZED'
          ? 401
          : error.responseType === 'ACCESS_DENIED'
            ? 403
            : 500
      return { clientStatus, log: `Execution log for request ${call.requestId}\n`, latency: 0 }
    }
  },
})
