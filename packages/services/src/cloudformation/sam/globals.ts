import { isList, isObject, type Json, type JsonObject } from '../engine/json.ts'
import { invalidGlobals, invalidResource } from './problems.ts'
import { isGiven, isIntrinsic, pythonText } from './values.ts'

/** What each section of `Globals` may set. Source: AWS SAM developer guide, "Globals section". */
const sections: Readonly<Record<string, readonly string[]>> = {
  Api: [
    'Auth',
    'Name',
    'DefinitionUri',
    'CacheClusterEnabled',
    'CacheClusterSize',
    'MergeDefinitions',
    'Variables',
    'EndpointConfiguration',
    'MethodSettings',
    'BinaryMediaTypes',
    'MinimumCompressionSize',
    'Cors',
    'GatewayResponses',
    'AccessLogSetting',
    'CanarySetting',
    'TracingEnabled',
    'OpenApiVersion',
    'Domain',
    'AlwaysDeploy',
    'PropagateTags',
    'SecurityPolicy',
    'EndpointAccessMode',
  ],
  CapacityProvider: [
    'VpcConfig',
    'OperatorRole',
    'Tags',
    'InstanceRequirements',
    'ScalingConfig',
    'KmsKeyArn',
    'PropagateTags',
    'LoggingConfig',
    'ManagedResourceTags',
  ],
  Function: [
    'Handler',
    'Runtime',
    'CodeUri',
    'DeadLetterQueue',
    'Description',
    'MemorySize',
    'Timeout',
    'VpcConfig',
    'Environment',
    'Tags',
    'PropagateTags',
    'Tracing',
    'KmsKeyArn',
    'AutoPublishAlias',
    'AutoPublishAliasAllProperties',
    'Layers',
    'DeploymentPreference',
    'RolePath',
    'PermissionsBoundary',
    'ReservedConcurrentExecutions',
    'ProvisionedConcurrencyConfig',
    'AssumeRolePolicyDocument',
    'EventInvokeConfig',
    'FileSystemConfigs',
    'CodeSigningConfigArn',
    'Architectures',
    'SnapStart',
    'EphemeralStorage',
    'FunctionUrlConfig',
    'RuntimeManagementConfig',
    'LoggingConfig',
    'RecursiveLoop',
    'SourceKMSKeyArn',
    'TenancyConfig',
    'DurableConfig',
    'CapacityProviderConfig',
    'FunctionScalingConfig',
    'PublishToLatestPublished',
    'VersionDeletionPolicy',
  ],
  HttpApi: [
    'Auth',
    'AccessLogSettings',
    'StageVariables',
    'Tags',
    'CorsConfiguration',
    'DefaultRouteSettings',
    'Domain',
    'RouteSettings',
    'FailOnWarnings',
    'PropagateTags',
  ],
  LayerVersion: ['PublishLambdaVersion'],
  MicrovmImage: [
    'BuildRoleArn',
    'BaseImageArn',
    'BaseImageVersion',
    'Logging',
    'EgressNetworkConnectors',
    'CpuConfigurations',
    'Resources',
    'AdditionalOsCapabilities',
    'Hooks',
    'EnvironmentVariables',
    'Tags',
    'PropagateTags',
  ],
  NetworkConnector: ['OperatorRole', 'Tags', 'PropagateTags'],
  SimpleTable: ['SSESpecification'],
  StateMachine: ['PropagateTags'],
  WebSocketApi: [
    'AccessLogSettings',
    'ApiKeySelectionExpression',
    'DefaultRouteSettings',
    'DisableExecuteApiEndpoint',
    'DisableSchemaValidation',
    'Domain',
    'FailOnWarnings',
    'IpAddressType',
    'PropagateTags',
    'RouteSelectionExpression',
    'RouteSettings',
    'StageVariables',
    'Tags',
  ],
}

/** Lists that a resource replaces; all others are appended to the globals'. */
const replaced: ReadonlySet<string> = new Set(['Function.Architectures'])

/** Checks the section `Globals`. Throws a ServerlessProblem. */
export function checkGlobals(globals: Json): asserts globals is JsonObject {
  if (!isObject(globals)) throw invalidGlobals('It must be a non-empty dictionary')
  for (const [name, properties] of Object.entries(globals)) {
    const allowed = Object.hasOwn(sections, name) ? sections[name] : undefined
    if (allowed === undefined) {
      throw invalidGlobals(
        `'${name}' is not supported. Must be one of the following values - ${pythonText(Object.keys(sections))}`,
      )
    }
    if (!isObject(properties)) throw invalidGlobals('Value of ${section} must be a dictionary')
    const wrong = Object.keys(properties).find((key) => !allowed.includes(key))
    if (wrong !== undefined) {
      throw invalidGlobals(
        `'${wrong}' is not a supported property of '${name}'. Must be one of the following values - ${pythonText(allowed)}`,
      )
    }
  }
}

/** A resource's properties over the globals of its type. */
export function withGlobals(
  globals: JsonObject,
  logicalId: string,
  definition: JsonObject,
): JsonObject {
  const name = String(definition['Type']).replace('AWS::Serverless::', '')
  const own = globals[name]
  const properties = definition['Properties'] ?? {}
  if (!isObject(own)) return { ...definition, Properties: properties }
  const shared = remaining(own, logicalId, definition['IgnoreGlobals'])
  return { ...definition, Properties: merged(shared, properties, name) }
}

/** `IgnoreGlobals`: `*`, or the names of what a resource leaves out. */
function remaining(own: JsonObject, logicalId: string, ignored: Json | undefined): JsonObject {
  if (!isGiven(ignored)) return own
  if (ignored === '*') return {}
  const invalid = `Resource ${logicalId} has invalid resource attribute 'IgnoreGlobals'`
  if (!isList(ignored)) throw invalidResource(logicalId, `${invalid}.`)
  const wrong = ignored.find((key) => typeof key !== 'string' || !Object.hasOwn(own, key))
  if (wrong !== undefined) {
    throw invalidResource(logicalId, `${invalid} on item '${String(wrong)}'.`)
  }
  return Object.fromEntries(Object.entries(own).filter(([key]) => !ignored.includes(key)))
}

function merged(shared: Json, own: Json, path: string): Json {
  if (isList(shared) && isList(own)) return replaced.has(path) ? own : [...shared, ...own]
  if (!isMap(shared) || !isMap(own)) return own
  const members = { ...shared, ...own }
  return Object.fromEntries(
    Object.entries(members).map(([key, value]) => {
      const before = Object.hasOwn(shared, key) ? shared[key] : undefined
      const both = before !== undefined && Object.hasOwn(own, key)
      return [key, both ? merged(before, value, `${path}.${key}`) : value]
    }),
  )
}

/** An object that is no function. */
function isMap(value: Json): value is JsonObject {
  return isObject(value) && !isIntrinsic(value)
}
