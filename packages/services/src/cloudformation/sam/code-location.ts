import { isObject, type Json, type JsonObject } from '../engine/json.ts'
import { invalidResource } from './problems.ts'
import { isGiven } from './values.ts'

/** Dynamic references with a path can not be told from the path of an S3 URI. */
const dynamicReference =
  /\{\{resolve:(?:ssm|ssm-secure|secretsmanager):[a-zA-Z0-9_.\-/]+(?::\d+)?\}\}/

interface Location {
  readonly Bucket: Json
  readonly Key: Json
  readonly Version?: Json
  readonly StorageMode?: Json
}

/** Where the code of `CodeUri` or `ContentUri` is, as Lambda takes it. Throws a ServerlessProblem. */
export function codeLocation(logicalId: string, property: string, uri: Json): JsonObject {
  const { Bucket, Key, Version, StorageMode } = location(logicalId, property, uri)
  return {
    S3Bucket: Bucket,
    S3Key: Key,
    ...(Version === undefined ? {} : { S3ObjectVersion: Version }),
    ...(StorageMode === undefined ? {} : { S3ObjectStorageMode: StorageMode }),
  }
}

/** Bucket, key and version of `DefinitionUri`. */
export function definitionLocation(logicalId: string, uri: Json): JsonObject {
  const { Bucket, Key, Version } = location(logicalId, 'DefinitionUri', uri)
  return { Bucket, Key, ...(Version === undefined ? {} : { Version }) }
}

function location(logicalId: string, property: string, uri: Json): Location {
  if (isObject(uri)) {
    const { Bucket, Key, Version, StorageMode } = uri
    if (!isGiven(Bucket) || !isGiven(Key)) {
      throw invalidResource(
        logicalId,
        `'${property}' requires Bucket and Key properties to be specified.`,
      )
    }
    return {
      Bucket,
      Key,
      ...(Version === undefined ? {} : { Version }),
      ...(StorageMode === undefined ? {} : { StorageMode }),
    }
  }
  if (typeof uri !== 'string') {
    throw invalidResource(logicalId, `'${property}' must be of type dict or string.`)
  }
  if (dynamicReference.exec(uri)?.[0].includes('/') === true) {
    throw invalidResource(
      logicalId,
      `Unsupported dynamic reference detected in '${property}'. Please consider using alternative 'FunctionCode' object format.`,
    )
  }
  const parsed = s3Uri(uri)
  if (parsed === undefined) {
    throw invalidResource(
      logicalId,
      `'${property}' is not a valid S3 Uri of the form 's3://bucket/key' with optional versionId query parameter.`,
    )
  }
  return parsed
}

/** `s3://bucket/key?versionId=v`. */
function s3Uri(uri: string): Location | undefined {
  const match = /^s3:\/\/([^/?#]+)(\/[^?#]*)(?:\?([^#]*))?/i.exec(uri)
  if (match === null) return undefined
  const [, bucket = '', path = '', query = ''] = match
  const versions = new URLSearchParams(query).getAll('versionId')
  const [version] = versions
  return {
    Bucket: bucket,
    Key: path.replace(/^\/+/, ''),
    ...(version === undefined || version === '' || versions.length > 1 ? {} : { Version: version }),
  }
}
