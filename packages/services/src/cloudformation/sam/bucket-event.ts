import { isList, isObject, type Json, type JsonObject } from '../engine/json.ts'
import type { EventKind, FunctionEvent } from './events.ts'
import type { Expansion } from './expansion.ts'
import { permission } from './permission.ts'
import { invalidEvent, invalidResource } from './problems.ts'
import {
  anything,
  aText,
  given,
  type Made,
  made,
  type PropertyRule,
  type PropertyRules,
} from './resources.ts'
import { conditional, ref, same, tagList, textOf } from './values.ts'

const texts: PropertyRule = {
  fits: (value) =>
    typeof value === 'string' || (isList(value) && value.every((item) => typeof item === 'string')),
  literal: true,
}

const mapOfTexts: PropertyRule = {
  fits: (value) =>
    isObject(value) && Object.values(value).every((item) => typeof item === 'string'),
}

/** The transform rewrites buckets by a list of its own: what is not in it is refused. */
const bucketProperties: PropertyRules = Object.fromEntries(
  [
    'AccessControl',
    'AccelerateConfiguration',
    'AnalyticsConfigurations',
    'BucketEncryption',
    'BucketName',
    'CorsConfiguration',
    'IntelligentTieringConfigurations',
    'InventoryConfigurations',
    'LifecycleConfiguration',
    'LoggingConfiguration',
    'MetricsConfigurations',
    'NotificationConfiguration',
    'ObjectLockConfiguration',
    'ObjectLockEnabled',
    'OwnershipControls',
    'PublicAccessBlockConfiguration',
    'ReplicationConfiguration',
    'Tags',
    'VersioningConfiguration',
    'WebsiteConfiguration',
  ].map((name) => [name, anything]),
)

/** Notifications of a bucket of the same template, which waits for the permission. */
export const bucketEvent: EventKind = {
  rules: {
    Bucket: { ...aText, required: true },
    Events: { ...texts, required: true },
    Filter: mapOfTexts,
  },
  expand(target, event) {
    const { expansion: x, attributes } = target
    const bucketId = linkedBucket(x, event)
    const allowed = permission(target, event.logicalId, 's3.amazonaws.com', {
      SourceAccount: ref('AWS::AccountId'),
    })
    const condition = textOf(attributes['Condition'])
    const bucket = x.source[bucketId] ?? {}
    const waiting =
      condition === undefined
        ? dependingOn(bucket, event, allowed.logicalId)
        : taggedWith(bucket, bucketId, allowed.logicalId, condition)
    const notifying = withNotifications(waiting, bucketId, mappings(event, target.arn, condition))
    x.source[bucketId] = notifying
    return [allowed, rewritten(bucketId, notifying)]
  },
}

function rewritten(bucketId: string, bucket: JsonObject): Made {
  const { properties, attributes, dependsOn } = given(
    bucketId,
    'AWS::S3::Bucket',
    bucket,
    bucketProperties,
  )
  return made(bucketId, 'AWS::S3::Bucket', properties, { attributes, dependsOn })
}

/** An event's bucket must be of the same template. */
export function bucketEventLink(x: Expansion, event: FunctionEvent): void {
  linkedBucket(x, event)
}

function linkedBucket({ source }: Expansion, { properties, relativeId }: FunctionEvent): string {
  const bucket = properties['Bucket']
  if (isObject(bucket) && 'Ref' in bucket) {
    const { Ref: bucketId } = bucket
    if (typeof bucketId !== 'string') {
      throw invalidEvent(relativeId, "'Ref' value in S3 events is not a valid string.")
    }
    if (Object.hasOwn(source, bucketId)) return bucketId
  }
  throw invalidEvent(relativeId, 'S3 events must reference an S3 bucket in the same template.')
}

function dependingOn(bucket: JsonObject, event: FunctionEvent, permissionId: string): JsonObject {
  const before = bucket['DependsOn'] ?? []
  const list = typeof before === 'string' ? [before] : before
  if (!isList(list) || list.some((item) => typeof item !== 'string')) {
    throw invalidResource(
      event.logicalId,
      "Invalid type for field 'DependsOn'. Expected a string or list of strings.",
    )
  }
  return { ...bucket, DependsOn: [...new Set([...list, permissionId])] }
}

/** A permission that may not be made can not be depended on; a tag that names it does the same. */
function taggedWith(
  bucket: JsonObject,
  bucketId: string,
  permissionId: string,
  condition: string,
): JsonObject {
  const properties = bucket['Properties'] ?? {}
  const tags = isObject(properties) ? (properties['Tags'] ?? []) : []
  if (!isList(tags)) throw invalidResource(bucketId, "Property 'Tags' should be a list.")
  const tag = {
    [`sam:ConditionalDependsOn:${permissionId}`]: conditional(
      condition,
      ref(permissionId),
      'no dependency',
    ),
  }
  const before = isObject(properties) ? properties : {}
  return { ...bucket, Properties: { ...before, Tags: [...tags, ...tagList(tag)] } }
}

function mappings(
  { properties }: FunctionEvent,
  functionArn: Json,
  condition: string | undefined,
): JsonObject[] {
  const { Events, Filter } = properties
  const types = isList(Events) ? Events : [Events ?? '']
  return types.map((Event) => {
    const mapping = { Function: functionArn, ...(Filter === undefined ? {} : { Filter }), Event }
    return condition === undefined ? mapping : conditional(condition, mapping)
  })
}

function withNotifications(
  bucket: JsonObject,
  bucketId: string,
  added: readonly JsonObject[],
): JsonObject {
  const properties = bucket['Properties'] ?? {}
  if (!isObject(properties)) throw invalidResource(bucketId, 'Properties should be a map.')
  const configuration = properties['NotificationConfiguration'] ?? {}
  if (!isObject(configuration)) {
    throw invalidResource(bucketId, "Property 'NotificationConfiguration' should be a map.")
  }
  const before = configuration['LambdaConfigurations'] ?? []
  if (!isList(before)) {
    throw invalidResource(bucketId, 'Invalid type for LambdaConfigurations. Must be a list.')
  }
  const LambdaConfigurations = [...before]
  for (const mapping of added) {
    if (!LambdaConfigurations.some((known) => same(known, mapping))) {
      LambdaConfigurations.push(mapping)
    }
  }
  const NotificationConfiguration = { ...configuration, LambdaConfigurations }
  return { ...bucket, Properties: { ...properties, NotificationConfiguration } }
}
