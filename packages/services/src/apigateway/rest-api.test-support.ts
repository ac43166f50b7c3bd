import {
  APIGatewayClient,
  CreateDeploymentCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  type CreateRestApiCommandInput,
  PutIntegrationCommand,
  type PutIntegrationCommandInput,
  PutIntegrationResponseCommand,
  type PutIntegrationResponseCommandInput,
  PutMethodCommand,
  type PutMethodCommandInput,
  PutMethodResponseCommand,
} from '@aws-sdk/client-api-gateway'
import { AddPermissionCommand } from '@aws-sdk/client-lambda'
import { type CloudOptions, client, type FetchOptions, fetchFromCloud } from '@cloud-orrery/cloud'
import {
  type Made,
  makeFunction,
  start,
  type TestHandler,
} from '../lambda/functions.test-support.ts'
import { roles } from '../shared/identity/state.ts'

export const accountId = '123456789012'

export interface MadeApi extends Made {
  readonly gateway: APIGatewayClient
  readonly restApiId: string
  readonly rootId: string
}

/** A cloud with a REST API without resources, and functions that API Gateway may call. */
export async function startRestApi(
  handlers: Readonly<Record<string, TestHandler>> = {},
  input: Partial<CreateRestApiCommandInput> = {},
  options: CloudOptions = {},
): Promise<MadeApi> {
  const made = start(handlers, options)
  const gateway = client(made.cloud, APIGatewayClient)
  for (const name of Object.keys(handlers)) {
    await makeFunction(made, name)
    await made.lambda.send(
      new AddPermissionCommand({
        FunctionName: name,
        StatementId: 'api',
        Action: 'lambda:InvokeFunction',
        Principal: 'apigateway.amazonaws.com',
        SourceArn: `arn:aws:execute-api:us-east-1:${accountId}:*`,
      }),
    )
  }
  const api = await gateway.send(new CreateRestApiCommand({ name: 'web', ...input }))
  return { ...made, gateway, restApiId: api.id ?? '', rootId: api.rootResourceId ?? '' }
}

export function functionUri(name: string): string {
  return `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:${accountId}:function:${name}/invocations`
}

/** Makes the resources of a path, one under the other; the id of the last one comes back. */
export async function resourceAt(made: MadeApi, path: string): Promise<string> {
  const { gateway, restApiId } = made
  let parentId = made.rootId
  for (const pathPart of path.split('/').filter((part) => part !== '')) {
    const { id } = await gateway.send(new CreateResourceCommand({ restApiId, parentId, pathPart }))
    parentId = id ?? ''
  }
  return parentId
}

export interface MethodParts {
  readonly method?: Partial<PutMethodCommandInput>
  readonly integration: Partial<PutIntegrationCommandInput>
  /** By status. */
  readonly responses?: Readonly<Record<string, Partial<PutIntegrationResponseCommandInput>>>
}

/** Puts a method with its integration and responses on a resource. */
export async function addMethod(
  { gateway, restApiId }: MadeApi,
  resourceId: string,
  httpMethod: string,
  { method, integration, responses = {} }: MethodParts,
): Promise<void> {
  const place = { restApiId, resourceId, httpMethod }
  await gateway.send(new PutMethodCommand({ ...place, authorizationType: 'NONE', ...method }))
  await gateway.send(
    new PutIntegrationCommand({
      ...place,
      type: 'MOCK',
      ...(integration.type === undefined || integration.type === 'MOCK'
        ? {}
        : { integrationHttpMethod: 'POST' }),
      ...integration,
    }),
  )
  for (const [statusCode, response] of Object.entries(responses)) {
    await gateway.send(new PutMethodResponseCommand({ ...place, statusCode }))
    await gateway.send(new PutIntegrationResponseCommand({ ...place, statusCode, ...response }))
  }
}

/** A proxy to a function on a path of its own. */
export async function proxyTo(
  made: MadeApi,
  path: string,
  name: string,
  method: Partial<PutMethodCommandInput> = {},
  httpMethod = 'ANY',
): Promise<string> {
  const resourceId = path === '/' ? made.rootId : await resourceAt(made, path)
  const integration = { type: 'AWS_PROXY', uri: functionUri(name) } as const
  await addMethod(made, resourceId, httpMethod, { method, integration })
  return resourceId
}

export async function deploy({ gateway, restApiId }: MadeApi, stageName = 'dev'): Promise<string> {
  const { id = '' } = await gateway.send(new CreateDeploymentCommand({ restApiId, stageName }))
  return id
}

/** A request to a path, stage included: `/dev/pets`. */
export async function call(
  { cloud, restApiId }: MadeApi,
  path: string,
  options: FetchOptions = {},
): Promise<Response> {
  return await fetchFromCloud(
    cloud,
    `https://${restApiId}.execute-api.us-east-1.amazonaws.com${path}`,
    options,
  )
}

/** Status and body. */
export async function answerTo(
  made: MadeApi,
  path: string,
  options: FetchOptions = {},
): Promise<readonly [number, string]> {
  const response = await call(made, path, options)
  return [response.status, await response.text()]
}

/** A role that API Gateway may assume and that may do what `actions` say. */
export function integrationRole({ cloud }: Made, actions: readonly string[]): string {
  const scope = cloud.scope(cloud.defaultAccountId, cloud.defaultRegion)
  const trust = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'apigateway.amazonaws.com' },
        Action: 'sts:AssumeRole',
      },
    ],
  } as const
  const document = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: [...actions], Resource: '*' }],
  } as const
  const arn = `arn:aws:iam::${cloud.defaultAccountId}:role/api-role`
  roles.put(scope, {
    roleName: 'api-role',
    roleId: 'AROAAPIROLEAPIROLEAPI',
    arn,
    path: '/',
    createdAtMs: 0,
    trustPolicy: { text: JSON.stringify(trust), document: trust },
    maxSessionDurationSeconds: 3600,
    inlinePolicies: { own: { text: JSON.stringify(document), document } },
    attachedPolicies: [],
    tags: {},
  })
  return arn
}
