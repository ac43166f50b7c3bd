import { isObject, type Json, type JsonObject } from '../engine/json.ts'
import { definitionLocation } from './code-location.ts'
import type { Expansion } from './expansion.ts'
import {
  defaultSecurity,
  type HttpAuthorizer,
  httpAuthorizers,
  schemesOf,
} from './http-api-authorizers.ts'
import {
  checkedDefinition,
  isDefinition,
  withCors,
  withDefaultPathOfWarnings,
  withDefaultSecurity,
  withDescription,
  withEndpoint,
  withSchemes,
  withTags,
  withTitle,
} from './http-api-definition.ts'
import { httpApiDomain } from './http-api-domain.ts'
import { httpApiType } from './http-api-routes.ts'
import { invalidResource, type ServerlessProblem } from './problems.ts'
import {
  aFlag,
  aMap,
  anything,
  aText,
  aTextOrMap,
  type Given,
  given,
  type Made,
  made,
  type PropertyRules,
  passed,
} from './resources.ts'
import { hashedId, isGiven, isIntrinsic, mapOf, ref, resolved, same, textOf } from './values.ts'

const rules: PropertyRules = {
  Name: anything,
  StageName: aTextOrMap,
  Tags: aMap,
  PropagateTags: aFlag,
  DefinitionBody: aMap,
  DefinitionUri: aTextOrMap,
  StageVariables: aMap,
  CorsConfiguration: { fits: (value) => typeof value === 'boolean' || isObject(value) },
  AccessLogSettings: aMap,
  DefaultRouteSettings: aMap,
  Auth: aMap,
  RouteSettings: aMap,
  Domain: aMap,
  FailOnWarnings: aFlag,
  Description: aText,
  DisableExecuteApiEndpoint: aFlag,
}

const createdBy = { 'httpapi:createdBy': 'SAM' }

/** An HTTP API with its stage, authorizers' permissions and name. Source: what aws-sam-translator makes. */
export function expandHttpApi(x: Expansion, logicalId: string, definition: JsonObject): Made[] {
  const it = given(logicalId, httpApiType, definition, rules)
  const { properties } = it
  const attributes = passed(it.attributes)
  const authorizers = authorizersOf(it)
  const whole = definitionOf(x, it, authorizers)
  const { DefinitionUri, FailOnWarnings, Domain } = properties
  const api = made(
    logicalId,
    'AWS::ApiGatewayV2::Api',
    {
      Body: isGiven(DefinitionUri) ? undefined : whole,
      BodyS3Location: isGiven(DefinitionUri)
        ? definitionLocation(logicalId, DefinitionUri)
        : undefined,
      FailOnWarnings: isGiven(FailOnWarnings) ? FailOnWarnings : undefined,
    },
    { dependsOn: it.dependsOn, attributes: it.attributes },
  )
  const tags = tagsOf(it)
  const domain =
    Domain === undefined
      ? []
      : httpApiDomain(
          x,
          logicalId,
          mapOf(resolved(Domain, x.parameters)),
          tags ?? createdBy,
          attributes,
        )
  return [
    api,
    ...authorizers.flatMap((authorizer) => permissionOf(it, authorizer)),
    ...domain,
    stageOf(it, tags),
  ]
}

function onlyInline(
  { logicalId }: Given,
  property: string,
  place = 'inline OpenApi specified in the ',
): ServerlessProblem {
  return invalidResource(
    logicalId,
    `${property} works only with ${place}'DefinitionBody' property.`,
  )
}

/** The definition with all that the API's properties say of it; undefined where it lies in a bucket. */
function definitionOf(
  x: Expansion,
  it: Given,
  authorizers: readonly HttpAuthorizer[],
): JsonObject | undefined {
  const { DefinitionBody, DefinitionUri, DisableExecuteApiEndpoint: disabled } = it.properties
  if (isGiven(DefinitionBody) && isGiven(DefinitionUri)) {
    throw invalidResource(
      it.logicalId,
      "Specify either 'DefinitionUri' or 'DefinitionBody' property and not both.",
    )
  }
  if (!isGiven(DefinitionBody)) {
    refuseWithout(it)
    return undefined
  }
  let body = mapOf(DefinitionBody)
  body = cors(x, it, body)
  body = secured(x, it, body, authorizers)
  const tags = tagsOf(it)
  if (tags !== undefined) body = withTags(body, tags)
  if (disabled !== undefined) body = withEndpoint(checkedDefinition(body), disabled)
  body = titled(it, body)
  return isGiven(it.properties['FailOnWarnings']) ? withDefaultPathOfWarnings(body) : body
}

/** What can only be written into a definition that is there. In the order in which AWS looks. */
function refuseWithout(it: Given): void {
  const { CorsConfiguration, Auth, Tags, DisableExecuteApiEndpoint, Name, Description } =
    it.properties
  if (isGiven(CorsConfiguration)) {
    throw onlyInline(it, 'Cors', 'inline OpenApi specified in ')
  }
  if (isGiven(Auth)) throw onlyInline(it, 'Auth')
  if (isGiven(Tags)) throw onlyInline(it, 'Tags')
  if (DisableExecuteApiEndpoint !== undefined) {
    throw invalidResource(
      it.logicalId,
      "DisableExecuteApiEndpoint works only within 'DefinitionBody' property.",
    )
  }
  if (isGiven(Name)) throw onlyInline(it, 'Name')
  if (isGiven(Description)) throw onlyInline(it, 'Description')
}

const corsMembers = [
  'AllowMethods',
  'AllowHeaders',
  'AllowOrigins',
  'MaxAge',
  'ExposeHeaders',
  'AllowCredentials',
]

function cors(x: Expansion, { logicalId, properties }: Given, body: JsonObject): JsonObject {
  const written = resolved(properties['CorsConfiguration'] ?? null, x.parameters)
  if (!isGiven(written)) return body
  const settings = isIntrinsic(written)
    ? mapOf(uncapitalised(written))
    : corsSettings(logicalId, isObject(written) ? written : { AllowOrigins: ['*'] })
  if (!isDefinition(body)) {
    throw invalidResource(
      logicalId,
      "Unable to add Cors configuration because 'DefinitionBody' does not contain a valid OpenApi definition.",
    )
  }
  const { allowCredentials, allowOrigins } = settings
  if (allowCredentials === true && same(allowOrigins, ['*'])) {
    throw invalidResource(
      logicalId,
      "Unable to add Cors configuration because 'AllowCredentials' can not be true when 'AllowOrigin' is \"'*'\" or not set.",
    )
  }
  return withCors(body, settings)
}

function corsSettings(logicalId: string, written: JsonObject): JsonObject {
  const unknown = Object.keys(written).find((key) => !corsMembers.includes(key))
  if (unknown !== undefined) {
    throw invalidResource(logicalId, `Invalid key '${unknown}' for 'Cors' property.`)
  }
  const kept = Object.entries(written).filter(([name, value]) => {
    if (name === 'MaxAge') return value !== null
    return name === 'AllowCredentials' ? value === true : isGiven(value)
  })
  return Object.fromEntries(kept.map(([name, value]) => [uncapitalisedName(name), value]))
}

function uncapitalisedName(name: string): string {
  return corsMembers.includes(name) ? name.charAt(0).toLowerCase() + name.slice(1) : name
}

/** The names of settings wherever they stand in a function of templates. */
function uncapitalised(value: Json): Json {
  if (Array.isArray(value)) return value.map(uncapitalised)
  if (!isObject(value)) return value
  const members = Object.entries(value)
  return Object.fromEntries(members.map(([key, it]) => [uncapitalisedName(key), uncapitalised(it)]))
}

const authMembers = ['Authorizers', 'DefaultAuthorizer', 'EnableIamAuthorizer']

/** None where there is no definition to write them into: that is refused when the definition is looked at. */
function authorizersOf({ logicalId, properties }: Given): HttpAuthorizer[] {
  const auth = mapOf(properties['Auth'])
  const { DefinitionBody } = properties
  if (!isGiven(auth) || !isDefinition(DefinitionBody)) return []
  if (Object.keys(auth).some((key) => !authMembers.includes(key))) {
    throw invalidResource(logicalId, "Invalid value for 'Auth' property")
  }
  return httpAuthorizers(logicalId, auth)
}

function secured(
  { partition }: Expansion,
  { logicalId, properties }: Given,
  body: JsonObject,
  authorizers: readonly HttpAuthorizer[],
): JsonObject {
  const auth = mapOf(properties['Auth'])
  if (!isGiven(auth)) return body
  if (!isDefinition(body)) {
    throw invalidResource(
      logicalId,
      "Unable to add Auth configuration because 'DefinitionBody' does not contain a valid OpenApi definition.",
    )
  }
  const described = withSchemes(body, schemesOf(partition, logicalId, authorizers))
  const security = defaultSecurity(logicalId, authorizers, auth['DefaultAuthorizer'])
  return security === undefined ? described : withDefaultSecurity(described, security)
}

/** The API's tags and AWS's own; undefined where there is no definition that could have them. */
function tagsOf({ logicalId, properties }: Given): JsonObject | undefined {
  const { Tags, DefinitionBody } = properties
  if (!isGiven(DefinitionBody)) return undefined
  if (isDefinition(DefinitionBody)) return { ...mapOf(Tags), ...createdBy }
  if (!isGiven(Tags)) return undefined
  throw invalidResource(
    logicalId,
    "Unable to add `Tags` because 'DefinitionBody' does not contain a valid OpenApi definition.",
  )
}

function titled({ logicalId, properties }: Given, body: JsonObject): JsonObject {
  const { Name, Description } = properties
  const taken = (property: string) =>
    invalidResource(
      logicalId,
      `Unable to set ${property} because it is already defined within inline OpenAPI specified in the 'DefinitionBody' property.`,
    )
  let titled = body
  if (isGiven(Name)) {
    const named = withTitle(body, Name)
    if (named === undefined) throw taken('Name')
    titled = named
  }
  if (!isGiven(Description)) return titled
  const described = withDescription(titled, Description)
  if (described === undefined) throw taken('Description')
  return described
}

/** What lets the API ask an authorizing function, where the template wants that. */
function permissionOf({ logicalId, attributes }: Given, authorizer: HttpAuthorizer): Made[] {
  const { FunctionArn, EnableFunctionDefaultPermissions } = authorizer.settings
  if (!isGiven(FunctionArn) || EnableFunctionDefaultPermissions !== true) return []
  const arn =
    'arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${__ApiId__}/authorizers/*'
  return [
    made(
      `${logicalId}${authorizer.name}AuthorizerPermission`,
      'AWS::Lambda::Permission',
      {
        Action: 'lambda:InvokeFunction',
        FunctionName: FunctionArn,
        Principal: 'apigateway.amazonaws.com',
        SourceArn: { 'Fn::Sub': [arn, { __ApiId__: ref(logicalId) }] },
      },
      { attributes: passed(attributes) },
    ),
  ]
}

function stageOf({ logicalId, properties, attributes }: Given, tags: JsonObject | undefined): Made {
  const { StageName: written } = properties
  const StageName = isGiven(written) ? written : '$default'
  const name = textOf(StageName) ?? ''
  const isWord = /^[\p{L}\p{N}]+$/u.test(name)
  const stageId = isWord
    ? `${logicalId}${name}Stage`
    : name === '$default'
      ? `${logicalId}ApiGatewayDefaultStage`
      : hashedId(`${logicalId}Stage`, name)
  return made(
    stageId,
    'AWS::ApiGatewayV2::Stage',
    {
      ApiId: ref(logicalId),
      StageName,
      StageVariables: properties['StageVariables'],
      AccessLogSettings: properties['AccessLogSettings'],
      DefaultRouteSettings: properties['DefaultRouteSettings'],
      Tags: tags,
      AutoDeploy: true,
      RouteSettings: properties['RouteSettings'],
    },
    { attributes: passed(attributes) },
  )
}
