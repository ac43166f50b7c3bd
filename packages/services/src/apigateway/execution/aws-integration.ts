import type { Integration } from '@cloud-orrery/models/apigateway'
import { AssumeRole } from '@cloud-orrery/models/sts'
import { type HttpRequest, type SigningCredentials, signRequest } from '@cloud-orrery/protocols'
import { accessKeys, sessions } from '../../shared/identity/state.ts'
import { integrationTimeoutMsMax } from '../limits.ts'
import { type ApiCall, integrationArn } from './api-call.ts'
import type { BackendAnswer } from './backend-answer.ts'
import { configurationError } from './gateway-errors.ts'
import { lower } from './http-integration.ts'
import type { IntegrationRequest } from './integration-request.ts'
import { jsonOfXml } from './json-answer.ts'
import { withStageVariables } from './mapping.ts'

/** What `arn:aws:apigateway:REGION:SERVICE:path/…` means. */
interface ServiceCall {
  readonly region: string
  /** In the scope of the signature: `sqs`. */
  readonly service: string
  /** Where a name stands before the service's: `bucket.s3`. */
  readonly subdomain: string
  readonly kind: 'path' | 'action'
  readonly rest: string
}

function serviceCall(uri: string): ServiceCall | undefined {
  const match = /^arn:[^:]+:apigateway:([^:]*):([^:]+):(path|action)\/(.*)$/s.exec(uri)
  if (match === null) return undefined
  const [, region = '', name = '', kind, rest = ''] = match
  const parts = name.split('.')
  const service = parts.at(-1) ?? ''
  const subdomain = parts.slice(0, -1).join('.')
  return { region, service, subdomain, kind: kind === 'action' ? 'action' : 'path', rest }
}

/**
 * Calls an AWS service by its own HTTP API, signed as the integration's role. The service sees what any client sends:
 * its own protocol, headers and body. Source: REST API Reference, PutIntegration, `uri`.
 */
export async function callService(
  call: ApiCall,
  integration: Integration,
  made: IntegrationRequest,
): Promise<BackendAnswer> {
  const { ctx } = call
  const target = serviceCall(withPath(call, integration, made))
  if (target === undefined) throw configurationError()
  const credentials = await credentialsOf(call, integration.credentials)
  if (credentials === undefined) throw configurationError()
  const region = target.region === '' ? ctx.region : target.region
  const host = `${target.subdomain === '' ? '' : `${target.subdomain}.`}${target.service}.${region}.amazonaws.com`
  const request = signRequest(
    { ...requestOf(integration, made, target), headers: headersOf(call, made, host) },
    { credentials, region, service: target.service, nowMs: ctx.now() },
  )
  const query = request.query === '' ? '' : `?${request.query}`
  const answer = await ctx.http({
    method: request.method,
    url: `https://${host}${request.path}${query}`,
    headers: request.headers,
    body: Buffer.from(request.body).toString(),
    bytes: request.body,
    timeoutMs: integration.timeoutInMillis ?? integrationTimeoutMsMax,
  })
  const asJson = queryAnswer(target.service, request, lower(answer.headers), answer.body)
  return {
    status: answer.status === 0 ? 500 : answer.status,
    headers: {
      ...lower(answer.headers),
      ...(asJson === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body: Buffer.from(asJson ?? answer.bytes ?? answer.body),
    selection: String(answer.status),
  }
}

/** The answer of a query service as JSON, where JSON was asked for. S3 speaks XML alone. */
function queryAnswer(
  service: string,
  request: HttpRequest,
  headers: Readonly<Record<string, string>>,
  body: string,
): string | undefined {
  if (service === 's3' || !/xml/.test(headers['content-type'] ?? '')) return undefined
  return /json/.test(request.headers['accept'] ?? '') ? jsonOfXml(body) : undefined
}

function withPath(call: ApiCall, { uri = '' }: Integration, made: IntegrationRequest): string {
  return withStageVariables(call, uri).replace(/\{([^{}/]+?)\+?\}/g, (whole, name: string) =>
    Object.hasOwn(made.path, name)
      ? (made.path[name] ?? '').split('/').map(encodeURIComponent).join('/')
      : whole,
  )
}

function requestOf(
  integration: Integration,
  made: IntegrationRequest,
  { kind, rest, service }: ServiceCall,
): Omit<HttpRequest, 'headers'> {
  const method = integration.httpMethod ?? 'POST'
  const parameters = new URLSearchParams()
  for (const [name, values] of Object.entries(made.query)) {
    for (const value of values) parameters.append(name, value)
  }
  if (kind === 'action') {
    const [action = '', inline = ''] = rest.split('&', 2)
    if (isJsonService(service)) {
      return { method, path: '/', query: parameters.toString(), body: made.body }
    }
    parameters.set('Action', action)
    for (const [name, value] of new URLSearchParams(inline)) parameters.set(name, value)
    return { method, path: '/', query: encoded(parameters), body: made.body }
  }
  const [path = '', query = ''] = rest.split('?', 2)
  for (const [name, value] of new URLSearchParams(query)) parameters.append(name, value)
  return { method, path: `/${path}`, query: encoded(parameters), body: made.body }
}

/** Signatures are made of `%20`, not of `+`. */
function encoded(parameters: URLSearchParams): string {
  return parameters.toString().replaceAll('+', '%20')
}

/** Services whose actions are named by a header. */
const targets: Readonly<Record<string, readonly [prefix: string, version: string]>> = {
  dynamodb: ['DynamoDB_20120810', '1.0'],
  events: ['AWSEvents', '1.1'],
  kms: ['TrentService', '1.1'],
  logs: ['Logs_20140328', '1.1'],
  secretsmanager: ['secretsmanager', '1.1'],
  states: ['AWSStepFunctions', '1.0'],
}

function isJsonService(service: string): boolean {
  return Object.hasOwn(targets, service)
}

function headersOf(call: ApiCall, made: IntegrationRequest, host: string): Record<string, string> {
  const { uri = '' } = call.method.methodIntegration ?? {}
  const target = serviceCall(uri)
  const json = targets[target?.service ?? '']
  const headers: Record<string, string> = {
    accept: 'application/json',
    ...lower(made.headers),
    host,
    'x-amzn-apigateway-api-id': call.apiId,
    'user-agent': `AmazonAPIGateway_${call.apiId}`,
    'x-amzn-trace-id': call.trace,
  }
  if (target?.kind === 'action' && json !== undefined) {
    const [prefix, version] = json
    headers['x-amz-target'] ??= `${prefix}.${target.rest.split('&', 1)[0]}`
    headers['content-type'] = `application/x-amz-json-${version}`
  }
  if (made.body.byteLength > 0) headers['content-type'] ??= 'application/json'
  return headers
}

/** The role's, for one call; or the caller's own. Undefined: an integration without them can call functions alone. */
async function credentialsOf(
  call: ApiCall,
  role: string | undefined,
): Promise<SigningCredentials | undefined> {
  const { ctx } = call
  if (role === undefined || role === '') return undefined
  if (/^arn:[^:]+:iam::\*:/.test(role)) return callersOwn(call)
  const { Credentials } = await ctx.call(
    AssumeRole,
    {
      RoleArn: withStageVariables(call, role),
      RoleSessionName: 'BackplaneAssumeRoleSession',
      DurationSeconds: 900,
    },
    { as: 'apigateway.amazonaws.com', sourceArn: integrationArn(call), region: ctx.region },
  )
  if (Credentials === undefined) return undefined
  return {
    accessKeyId: Credentials.AccessKeyId,
    secretAccessKey: Credentials.SecretAccessKey,
    sessionToken: Credentials.SessionToken,
  }
}

function callersOwn({ ctx }: ApiCall): SigningCredentials | undefined {
  const { accessKeyId = '' } = ctx.caller
  const session = sessions.get(ctx, accessKeyId)
  if (session !== undefined) {
    const { secretAccessKey, sessionToken } = session
    return { accessKeyId, secretAccessKey, sessionToken }
  }
  const key = accessKeys.get(ctx, accessKeyId)
  return key === undefined ? undefined : { accessKeyId, secretAccessKey: key.secretAccessKey }
}
