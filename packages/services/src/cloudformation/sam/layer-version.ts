import type { Json, JsonObject } from '../engine/json.ts'
import { codeLocation } from './code-location.ts'
import type { Expansion } from './expansion.ts'
import { invalidResource } from './problems.ts'
import {
  aFlag,
  aListOfTexts,
  aText,
  aTextOrMap,
  given,
  type Made,
  made,
  type PropertyRules,
  passed,
} from './resources.ts'
import { hashedId, isGiven, isIntrinsic, listOf, mapOf, resolved } from './values.ts'

const layerRules: PropertyRules = {
  LayerName: aTextOrMap,
  Description: aText,
  PublishLambdaVersion: aFlag,
  ContentUri: { ...aTextOrMap, required: true },
  CompatibleArchitectures: aListOfTexts,
  CompatibleRuntimes: aListOfTexts,
  LicenseInfo: aText,
  RetentionPolicy: aText,
}

/** A layer version under a logical id that changes with it: layer versions never change, they are replaced. */
export function expandLayerVersion(
  x: Expansion,
  logicalId: string,
  definition: JsonObject,
): Made[] {
  const it = given(logicalId, 'AWS::Serverless::LayerVersion', definition, layerRules)
  const properties: Record<string, Json> = { ...it.properties }
  for (const name of ['LayerName', 'LicenseInfo', 'Description', 'RetentionPolicy']) {
    const value = properties[name]
    if (value !== undefined) properties[name] = textParameter(x, logicalId, name, value)
  }
  const retention = retentionPolicy(logicalId, properties['RetentionPolicy'])
  const attributes = passed(it.attributes)
  const newId = hashedId(logicalId, { [logicalId]: hashedDefinition(it.type, it, properties) })
  const { LayerName, ContentUri = '', Description, CompatibleArchitectures } = properties
  const layer = made(
    newId,
    'AWS::Lambda::LayerVersion',
    {
      LayerName: isGiven(LayerName) ? LayerName : logicalId,
      Description,
      Content: codeLocation(newId, 'ContentUri', ContentUri),
      CompatibleArchitectures,
      CompatibleRuntimes: properties['CompatibleRuntimes'],
      LicenseInfo: properties['LicenseInfo'],
    },
    {
      dependsOn: it.dependsOn,
      attributes: {
        ...attributes,
        DeletionPolicy: retention ?? attributes['DeletionPolicy'] ?? 'Retain',
      },
    },
  )
  checkArchitectures(newId, CompatibleArchitectures)
  return [layer]
}

/** All that a new layer version depends on: not how it is deleted, nor what is said about it. */
function hashedDefinition(
  Type: string,
  {
    dependsOn,
    attributes,
  }: { readonly dependsOn?: Json | undefined; readonly attributes: JsonObject },
  Properties: JsonObject,
): JsonObject {
  const { DeletionPolicy: _, UpdateReplacePolicy: __, Metadata: ___, ...rest } = attributes
  return {
    Type,
    ...(dependsOn === undefined ? {} : { DependsOn: dependsOn }),
    ...rest,
    Properties,
  }
}

function textParameter(x: Expansion, logicalId: string, name: string, value: Json): Json {
  if (!isGiven(value)) return value
  const found = resolved(value, x.parameters)
  if (typeof found === 'string' || isGiven(mapOf(found))) return found
  throw invalidResource(
    logicalId,
    `Could not resolve parameter for '${name}' or parameter is not a String.`,
  )
}

function retentionPolicy(logicalId: string, value: Json | undefined): string | undefined {
  const options = "['Retain', 'Delete']"
  if (isIntrinsic(value)) {
    throw invalidResource(
      logicalId,
      `'RetentionPolicy' does not accept intrinsic functions, please use one of the following options: ${options}`,
    )
  }
  if (value === undefined) return undefined
  const found = ['Retain', 'Delete'].find(
    (option) => option.toLowerCase() === String(value).toLowerCase(),
  )
  if (found !== undefined) return found
  throw invalidResource(
    logicalId,
    `'RetentionPolicy' must be one of the following options: ${options}.`,
  )
}

function checkArchitectures(logicalId: string, architectures: Json | undefined): void {
  if (isIntrinsic(architectures)) return
  const wrong = listOf(architectures).some(
    (it) => !isIntrinsic(it) && it !== 'arm64' && it !== 'x86_64',
  )
  if (wrong) {
    throw invalidResource(
      logicalId,
      "CompatibleArchitectures needs to be a list of 'x86_64' or 'arm64'",
    )
  }
}
