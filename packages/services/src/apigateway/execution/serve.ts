import { orderedKey } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'
import {
  type HttpOperationInput,
  type HttpOperationOutput,
  httpOperation,
} from '../../http-operation.ts'
import { apiHosts } from '../../shared/apis/api-hosts.ts'
import { domainHost, mappingOf } from '../../shared/apis/domain-names.ts'
import { InvokeMappedApi } from '../../shared/apis/mapped-api.ts'
import { headerBytesMax } from '../limits.ts'
import { deployments, restApis, type StageRecord, stages } from '../state.ts'
import { type ApiCall, forwardedHeaders, queryOf, sourceIpOf, traceOf } from './api-call.ts'
import { forbidden, GatewayError, gatewayAnswer, headersTooLarge } from './gateway-errors.ts'
import { writeLogs } from './logs.ts'
import { countCall } from './metrics.ts'
import { routeOf } from './routing.ts'
import { runMethod } from './run-method.ts'

/** What a REST API answers its callers. Permissions are judged inside, in the order of AWS. */
export const invokeRestApi = httpOperation('apigateway', 'InvokeRestApi', {
  authorize: () => ({ none: 'judged by the method that the path leads to' }),
  provenance: 'recorded',
  trail: { kind: 'unlogged' },
  scope: (input, ctx) => {
    const place = isCustom(input)
      ? domainHost(ctx, input.host)
      : apiHosts.get(ctx, idOf(input.host))
    return place === undefined ? {} : { accountId: place.accountId, region: place.region }
  },
  async run(ctx, input) {
    if (headerBytes(input) > headerBytesMax) return headersTooLarge()
    const target = targetOf(ctx, input)
    if (target === undefined) return forbidden()
    if (target.kind === 'elsewhere') return await answeredElsewhere(ctx, input, target)
    return await served(ctx, input, target)
  },
})

/** Request line and header values together. */
function headerBytes({ method, path, query, headers }: HttpOperationInput): number {
  let bytes = method.length + path.length + query.length
  for (const name in headers) bytes += name.length + (headers[name] ?? '').length
  return bytes
}

function idOf(host: string): string {
  return host.split('.', 1)[0] ?? ''
}

/** Whether the host is a custom name, or the name that AWS gave one. */
function isCustom({ servedName }: HttpOperationInput): boolean {
  return servedName.startsWith('d-') || servedName.endsWith('.cloudfront.net')
}

interface Target {
  readonly kind: 'here'
  readonly apiId: string
  readonly stageName: string
  /** Within the stage, raw. */
  readonly path: string
}

interface Elsewhere {
  readonly kind: 'elsewhere'
  readonly apiId: string
  readonly stageName: string
  readonly basePath: string
}

function targetOf(ctx: Context, input: HttpOperationInput): Target | Elsewhere | undefined {
  if (!isCustom(input)) {
    const apiId = idOf(input.host)
    if (restApis.get(ctx, apiId)?.disableExecuteApiEndpoint === true) return undefined
    return { kind: 'here', apiId, ...split(input.path) }
  }
  const domain = domainHost(ctx, input.host)
  // A name that leads to another one's target is not answered for.
  if (domain === undefined || domain.targetName !== input.servedName) return undefined
  const found = mappingOf(ctx, domain.name, input.path)
  if (found === undefined) return undefined
  const { mapping, rest } = found
  const { apiId, stage, basePath } = mapping
  if (mapping.kind !== 'REST') return { kind: 'elsewhere', apiId, stageName: stage, basePath }
  return stage === ''
    ? { kind: 'here', apiId, ...split(rest) }
    : { kind: 'here', apiId, stageName: stage, path: rest }
}

function split(path: string): { stageName: string; path: string } {
  const [, stageName = '', rest = ''] = /^\/([^/]*)(.*)$/s.exec(path) ?? []
  return { stageName, path: rest === '' ? '/' : rest }
}

/** HTTP APIs behind a custom name are answered by their own service, on the same request path. */
async function answeredElsewhere(
  ctx: Context,
  input: HttpOperationInput,
  { apiId, stageName, basePath }: Elsewhere,
): Promise<HttpOperationOutput> {
  return await ctx.call(
    InvokeMappedApi,
    { ...input, apiId, stageName, basePath },
    { as: { caller: ctx.caller, direct: true }, region: ctx.region, accountId: ctx.accountId },
  )
}

async function served(
  ctx: Context,
  input: HttpOperationInput,
  { apiId, stageName, path }: Target,
): Promise<HttpOperationOutput> {
  const api = restApis.get(ctx, apiId)
  const stage = stages.get(ctx, orderedKey(apiId, stageName))
  // Nothing of Orrery's lies inside a VPC yet, from where alone a private API is reached.
  if (api === undefined || stage === undefined || api.endpointType === 'PRIVATE') return forbidden()
  const call = callOf(ctx, input, stage, path)
  if (call === undefined) return forbidden()
  const answer =
    call.method.httpMethod === ''
      ? gatewayAnswer(
          call,
          new GatewayError('MISSING_AUTHENTICATION_TOKEN', 'Missing Authentication Token'),
        )
      : await runMethod(call)
  countCall(call, answer)
  await writeLogs(call, answer)
  return answer
}

/** Some of the traffic goes to the canary. Source: developer guide, "Set up an API Gateway canary release deployment". */
function isForCanary(ctx: Context, { canarySettings }: StageRecord): boolean {
  const percent = canarySettings?.percentTraffic ?? 0
  if (percent <= 0 || canarySettings?.deploymentId === undefined) return false
  return percent >= 100 || ctx.random.float() * 100 < percent
}

function callOf(
  ctx: Context,
  request: HttpOperationInput,
  stage: StageRecord,
  rawPath: string,
): ApiCall | undefined {
  const { apiId, stageName, canarySettings } = stage
  const isCanary = isForCanary(ctx, stage)
  const deploymentId = isCanary ? (canarySettings?.deploymentId ?? '') : stage.deploymentId
  const api = deployments.get(ctx, orderedKey(apiId, deploymentId))?.snapshot
  if (api === undefined || api.disableExecuteApiEndpoint) {
    if (api === undefined || !isCustom(request)) return undefined
  }
  const found = routeOf(api, request.method, rawPath)
  const trace = traceOf(ctx, request.headers['x-amzn-trace-id'])
  const nowhere = { apiId, id: '', path: '', methods: {} }
  return {
    ctx,
    apiId,
    api,
    deploymentId,
    stage,
    stageName,
    isCanary,
    variables: { ...stage.variables, ...(isCanary ? canarySettings?.stageVariableOverrides : {}) },
    request,
    path: rawPath,
    fullPath: request.path,
    resource: found?.resource ?? nowhere,
    method: found?.method ?? { httpMethod: '' },
    pathParameters: found?.pathParameters ?? {},
    query: queryOf(request.query),
    headers: forwardedHeaders(request, { sourceIp: sourceIpOf(ctx), trace }),
    body: Buffer.from(request.body),
    requestId: ctx.requestId,
    extendedRequestId: extendedId(ctx),
    startedAtMs: ctx.now(),
    trace,
    log: [],
    isTest: false,
    authorized: {},
    apiKey: undefined,
    overrides: {
      request: { header: {}, path: {}, querystring: {} },
      response: { header: {} },
    },
    figures: {},
  }
}

/** `x-amz-apigw-id`: 15 characters and a sign of Base64's end. */
export function extendedId(ctx: Context): string {
  return `${ctx.ids.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_', 15)}=`
}
