import type { Json, JsonObject } from '../engine/json.ts'
import { codeLocation } from './code-location.ts'
import type { Expansion } from './expansion.ts'
import { invalidResource } from './problems.ts'
import { type Given, type Made, made, passed } from './resources.ts'
import {
  getAtt,
  hashedId,
  isGiven,
  listOf,
  logicalIdOf,
  mapOf,
  pythonText,
  ref,
  resolved,
} from './values.ts'

/** `Code` of a function, from whichever of its three properties there is. */
export function functionCode({ logicalId, properties }: Given): JsonObject {
  const { PackageType, InlineCode, CodeUri, ImageUri, SourceKMSKeyArn } = properties
  const kind = isGiven(PackageType) ? PackageType : 'Zip'
  if (kind === 'Image') {
    if (ImageUri === undefined) throw invalidResource(logicalId, "'ImageUri' must be set.")
    if (isGiven(ImageUri)) return { ImageUri }
    throw invalidResource(
      logicalId,
      "'ImageUri' requires that a image hosted at a registry be specified.",
    )
  }
  if (kind !== 'Zip') {
    const shown = typeof kind === 'string' ? kind : pythonText(kind)
    throw invalidResource(logicalId, `invalid 'PackageType' : ${shown}`)
  }
  const key: JsonObject = isGiven(SourceKMSKeyArn) ? { SourceKMSKeyArn } : {}
  if (InlineCode !== undefined) return { ZipFile: InlineCode, ...key }
  if (CodeUri === undefined) {
    throw invalidResource(logicalId, "Only one of 'InlineCode' or 'CodeUri' can be set.")
  }
  return { ...codeLocation(logicalId, 'CodeUri', CodeUri), ...key }
}

export interface Published {
  readonly name: string
  readonly version: Made
  readonly alias: Made
}

/**
 * The version and the alias of `AutoPublishAlias`. The version's logical id changes with the code, so that each
 * deployment publishes what is new and leaves what is not.
 */
export function publishedVersion(x: Expansion, it: Given, lambda: Made): Published | undefined {
  const { logicalId, properties } = it
  const { AutoPublishAlias, ProvisionedConcurrencyConfig } = properties
  if (!isGiven(AutoPublishAlias)) {
    if (!isGiven(ProvisionedConcurrencyConfig)) return undefined
    throw invalidResource(
      logicalId,
      'To set ProvisionedConcurrencyConfig AutoPublishALias must be defined on the function',
    )
  }
  const name = resolved(AutoPublishAlias, x.parameters)
  if (typeof name !== 'string') {
    throw invalidResource(
      logicalId,
      "'AutoPublishAlias' must be a string or a Ref to a template parameter",
    )
  }
  const hash = describedHash(x, it, lambda)
  // The code's references are worked out for the hash, and stay so.
  const code = mapOf(resolved(mapOf(lambda.properties['Code']), x.parameters))
  lambda.properties = { ...lambda.properties, Code: code }
  const attributes = passed(it.attributes)
  const version = made(
    hashedId(`${logicalId}Version`, hashed(x, it, lambda, code), hash),
    'AWS::Lambda::Version',
    { FunctionName: ref(logicalId), Description: properties['VersionDescription'] },
    {
      attributes: {
        ...attributes,
        DeletionPolicy:
          attributes['DeletionPolicy'] ?? properties['VersionDeletionPolicy'] ?? 'Retain',
      },
    },
  )
  return { name, version, alias: aliasOf(it, name, version) }
}

/** `AutoPublishCodeSha256`, which the function's description shows too. */
function describedHash(x: Expansion, it: Given, lambda: Made): string | undefined {
  const { AutoPublishCodeSha256, Description } = it.properties
  if (!isGiven(AutoPublishCodeSha256)) return undefined
  const hash = resolved(AutoPublishCodeSha256, x.parameters)
  if (typeof hash !== 'string') {
    throw invalidResource(it.logicalId, 'AutoPublishCodeSha256 must be a string')
  }
  const description = Description === undefined ? undefined : resolved(Description, x.parameters)
  lambda.properties = { ...lambda.properties, Description: withHash(description, hash) }
  return hash
}

function withHash(description: Json | undefined, hash: string): Json {
  if (!isGiven(description)) return hash
  if (typeof description === 'string') return `${description} ${hash}`
  return { 'Fn::Join': [' ', [description, hash]] }
}

/** What a new version depends on: the code and a few settings, or everything. */
function hashed(x: Expansion, it: Given, lambda: Made, code: JsonObject): JsonObject {
  if (isGiven(it.properties['AutoPublishAliasAllProperties'])) return allProperties(x, lambda)
  const { Environment, MemorySize, SnapStart } = lambda.properties
  const applied = mapOf(SnapStart)['ApplyOn'] ?? 'None'
  return {
    ...code,
    ...(isGiven(Environment) ? mapOf(Environment) : {}),
    ...(isGiven(MemorySize) ? { MemorySize } : {}),
    ...(isGiven(SnapStart) && applied !== 'None' ? { SnapStart } : {}),
  }
}

/** The function's properties, and those of its layers that ask for it. */
function allProperties(x: Expansion, { properties }: Made): JsonObject {
  const all: Record<string, Json> = {}
  for (const [name, value] of Object.entries(properties)) {
    if (value !== undefined) all[name] = value
  }
  for (const layer of listOf(properties['Layers'])) {
    const layerId = logicalIdOf(layer)
    const written = layerId === undefined ? undefined : x.target[layerId]?.['Properties']
    if (layerId !== undefined && isGiven(mapOf(written)['PublishLambdaVersion'])) {
      all[layerId] = mapOf(written)
    }
  }
  return all
}

function aliasOf({ logicalId, properties, attributes }: Given, Name: string, version: Made): Made {
  if (Name === '') {
    throw invalidResource(logicalId, 'Alias name is required to create an alias')
  }
  if (!/^(?!^[0-9]+$)[a-zA-Z0-9\-_]+$/.test(Name)) {
    throw invalidResource(
      logicalId,
      `AutoPublishAlias name ('${Name}') must contain only alphanumeric characters, hyphens, or underscores matching (?!^[0-9]+$)([a-zA-Z0-9-_]+) pattern.`,
    )
  }
  const { ProvisionedConcurrencyConfig } = properties
  return made(
    `${logicalId}Alias${Name.replaceAll('-', 'D').replaceAll('_', 'U')}`,
    'AWS::Lambda::Alias',
    {
      Name,
      FunctionName: ref(logicalId),
      FunctionVersion: getAtt(version.logicalId, 'Version'),
      ProvisionedConcurrencyConfig: isGiven(ProvisionedConcurrencyConfig)
        ? ProvisionedConcurrencyConfig
        : undefined,
    },
    { attributes: passed(attributes) },
  )
}
