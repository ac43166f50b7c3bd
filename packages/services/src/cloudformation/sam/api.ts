import { notModelled } from '../../shared/not-modelled.ts'
import type { Json, JsonObject } from '../engine/json.ts'
import { apiBody } from './api-body.ts'
import { apiRoutes, implicitApiId } from './api-events.ts'
import type { Expansion } from './expansion.ts'
import { invalidResource } from './problems.ts'
import {
  aFlag,
  aList,
  aMap,
  anything,
  aTextOrMap,
  given,
  type Made,
  made,
  type PropertyRules,
} from './resources.ts'
import { hashedId, isGiven, mapOf, ref, tagList, textOf } from './values.ts'

export const apiType = 'AWS::Serverless::Api'

/** What is not here (`Domain`, `Auth.UsagePlan` and their like) is refused as a property that is not defined. */
const rules: PropertyRules = {
  Name: anything,
  StageName: { required: true },
  Tags: aMap,
  DefinitionBody: aMap,
  DefinitionUri: anything,
  CacheClusterEnabled: anything,
  CacheClusterSize: anything,
  Variables: aMap,
  EndpointConfiguration: anything,
  MethodSettings: aList,
  BinaryMediaTypes: aList,
  MinimumCompressionSize: anything,
  Cors: aTextOrMap,
  Auth: aMap,
  GatewayResponses: aMap,
  AccessLogSetting: aMap,
  CanarySetting: aMap,
  TracingEnabled: anything,
  OpenApiVersion: anything,
  Models: aMap,
  Description: aTextOrMap,
  Mode: aTextOrMap,
  ApiKeySourceType: aTextOrMap,
  DisableExecuteApiEndpoint: anything,
  FailOnWarnings: anything,
  AlwaysDeploy: aFlag,
  PropagateTags: aFlag,
}

const authMembers: ReadonlySet<string> = new Set([
  'ApiKeyRequired',
  'Authorizers',
  'DefaultAuthorizer',
])

/** The resources of a template with the API that functions without one of their own share. */
export function withImplicitApi(
  resources: Readonly<Record<string, JsonObject>>,
): Record<string, JsonObject> {
  const isWanted = apiRoutes(resources).some(({ apiId }) => apiId === implicitApiId)
  if (!isWanted || Object.hasOwn(resources, implicitApiId)) return { ...resources }
  return { ...resources, [implicitApiId]: { Type: apiType, Properties: { StageName: 'Prod' } } }
}

/** An API with its deployment and its stage. Source: what aws-sam-translator makes. */
export function expandApi(x: Expansion, logicalId: string, definition: JsonObject): Made[] {
  const it = given(logicalId, apiType, definition, rules)
  const { properties, attributes } = it
  const { DefinitionBody, DefinitionUri, StageName = '' } = properties
  if (isGiven(DefinitionBody) && isGiven(DefinitionUri)) {
    throw invalidResource(
      logicalId,
      "Specify either 'DefinitionUri' or 'DefinitionBody' property and not both.",
    )
  }
  for (const name of Object.keys(mapOf(properties['Auth']))) {
    if (!authMembers.has(name)) throw notModelled(`Auth.${name} of ${apiType}`)
  }
  const routes = apiRoutes(x.source)
    .filter(({ apiId }) => apiId === logicalId)
    .map((route) => ({ ...route, called: calledBy(x, route.functionId) }))
  const body = isGiven(DefinitionUri) ? undefined : apiBody(properties, routes)
  const api = made(logicalId, 'AWS::ApiGateway::RestApi', restApi(properties, body), {
    dependsOn: it.dependsOn,
    attributes,
  })
  const deploymentId = hashedId(`${logicalId}Deployment`, body ?? DefinitionUri ?? {})
  const deployment = made(
    deploymentId,
    'AWS::ApiGateway::Deployment',
    {
      RestApiId: ref(logicalId),
      Description: `RestApi deployment id: ${deploymentId.slice(`${logicalId}Deployment`.length)}`,
      // Without a version of OpenAPI the transform makes a stage of this name besides.
      StageName: isGiven(properties['OpenApiVersion']) ? undefined : 'Stage',
    },
    { attributes: conditionOf(attributes) },
  )
  const name = textOf(StageName)?.replace(/[^A-Za-z0-9]/g, '') ?? ''
  const stage = made(
    `${logicalId}${name}Stage`,
    'AWS::ApiGateway::Stage',
    stageOf(it.properties, logicalId, deploymentId),
    {
      attributes: conditionOf(attributes),
    },
  )
  return [api, deployment, stage]
}

/** A function that publishes an alias is called by that. Functions are made before APIs. */
function calledBy({ target }: Expansion, functionId: string): string {
  const alias = Object.entries(target).find(
    ([, { Type, Properties }]) =>
      Type === 'AWS::Lambda::Alias' &&
      mapOf(mapOf(Properties)['FunctionName'])['Ref'] === functionId,
  )
  return alias?.[0] ?? `${functionId}.Arn`
}

function conditionOf({ Condition }: JsonObject): JsonObject {
  return Condition === undefined ? {} : { Condition }
}

function restApi(properties: JsonObject, body: Json | undefined): Record<string, Json | undefined> {
  const { DefinitionUri, EndpointConfiguration: endpoint, Tags } = properties
  const type = textOf(endpoint) ?? textOf(mapOf(endpoint)['Type'])
  return {
    Body: body,
    BodyS3Location: isGiven(DefinitionUri) ? location(DefinitionUri) : undefined,
    Name: properties['Name'],
    Description: properties['Description'],
    BinaryMediaTypes: mediaTypes(properties['BinaryMediaTypes']),
    MinimumCompressionSize: properties['MinimumCompressionSize'],
    Mode: properties['Mode'],
    ApiKeySourceType: properties['ApiKeySourceType'],
    DisableExecuteApiEndpoint: properties['DisableExecuteApiEndpoint'],
    FailOnWarnings: properties['FailOnWarnings'],
    EndpointConfiguration: type === undefined ? undefined : { Types: [type] },
    Parameters: type === undefined ? undefined : { endpointConfigurationTypes: type },
    Tags: isGiven(Tags) ? tagList(Tags) : undefined,
  }
}

/** Slashes are written as `~1` in templates. */
function mediaTypes(value: Json | undefined): Json | undefined {
  if (!Array.isArray(value)) return undefined
  return value.map((it) => (typeof it === 'string' ? it.replaceAll('~1', '/') : it))
}

function location(uri: Json): Json {
  const match = /^s3:\/\/([^/]+)\/(.+)$/.exec(textOf(uri) ?? '')
  return match === null ? uri : { Bucket: match[1] ?? '', Key: match[2] ?? '' }
}

function stageOf(
  properties: JsonObject,
  apiId: string,
  deploymentId: string,
): Record<string, Json | undefined> {
  return {
    DeploymentId: ref(deploymentId),
    RestApiId: ref(apiId),
    StageName: properties['StageName'],
    CacheClusterEnabled: properties['CacheClusterEnabled'],
    CacheClusterSize: properties['CacheClusterSize'],
    Variables: properties['Variables'],
    MethodSettings: properties['MethodSettings'],
    AccessLogSetting: properties['AccessLogSetting'],
    CanarySetting: properties['CanarySetting'],
    TracingEnabled: properties['TracingEnabled'],
    Tags: isGiven(properties['Tags']) ? tagList(properties['Tags']) : undefined,
  }
}
