import { hash } from 'node:crypto'
import { s3HostId } from '@cloud-orrery/protocols'
import type { Context, ServiceEvent } from '../context.ts'
import { bucketArn, callerAccountId } from './access.ts'
import { unquoted } from './conditions.ts'
import { keyWriter } from './listing.ts'
import type { BucketRecord, VersionRecord } from './state.ts'
import { nullVersion } from './versions.ts'

/** `ObjectCreated:Put` */
export type EventName = `${string}:${string}` | 'LifecycleTransition'

/** The caller in an event record: `AWS:` and the unique id. */
function principalId({ caller: { principal } }: Context): string {
  switch (principal.kind) {
    case 'user':
      return `AWS:${principal.userId}`
    case 'role-session':
      return `AWS:${principal.roleId}:${principal.sessionName}`
    case 'federated-user':
    case 'root':
      return `AWS:${principal.accountId}`
    case 'service':
      return `AWS:${principal.service}`
    default:
      return 'Anonymous'
  }
}

/** The short id of an account that stands in event records: a letter A and 13 more signs. */
function ownerPrincipalId(accountId: string): string {
  const digest = hash('sha256', `s3 owner ${accountId}`, 'hex').toUpperCase()
  return `A${digest.slice(0, 13)}`
}

/** Rises with every write of a bucket: 18 hexadecimal digits. */
function sequencer(version: VersionRecord): string {
  const seconds = Math.floor(version.lastModifiedMs / 1000)
  const digits = seconds.toString(16) + version.sequence.toString(16).padStart(10, '0')
  return digits.padStart(18, '0').slice(-18).toUpperCase()
}

/** Who acts, where a lifecycle rule does. */
const lifecyclePrincipal = 's3.amazonaws.com'

const urlKey = keyWriter('url')

/**
 * One record of a notification. Source: S3 User Guide, "Event message structure".
 * Recorded: S3, notifications to SQS, January 2025.
 */
export function eventRecord(
  ctx: Context,
  bucket: BucketRecord,
  event: EventName,
  version: VersionRecord,
  configurationId: string,
) {
  const isChangeBeside = /^(?:ObjectTagging|ObjectAcl|Lifecycle)/.test(event)
  const byLifecycle = event.startsWith('Lifecycle')
  return {
    eventVersion: isChangeBeside ? '2.3' : '2.1',
    eventSource: 'aws:s3',
    awsRegion: bucket.region,
    eventTime: new Date(ctx.now()).toISOString(),
    eventName: event,
    userIdentity: { principalId: byLifecycle ? lifecyclePrincipal : principalId(ctx) },
    requestParameters: { sourceIPAddress: byLifecycle ? lifecyclePrincipal : sourceIp(ctx) },
    responseElements: {
      'x-amz-request-id': ctx.requestId,
      'x-amz-id-2': s3HostId(ctx.requestId),
    },
    s3: {
      s3SchemaVersion: '1.0',
      configurationId,
      bucket: {
        name: bucket.name,
        ownerIdentity: { principalId: ownerPrincipalId(bucket.accountId) },
        arn: bucketArn(ctx, bucket.name),
      },
      object: recordedObject(bucket, event, version),
    },
  }
}

function recordedObject(bucket: BucketRecord, event: EventName, version: VersionRecord) {
  const created = event.startsWith('ObjectCreated')
  const etag = version.isDeleteMarker ? emptyEtag : unquoted(version.etag)
  const isTransition = event === 'LifecycleTransition'
  const hasSequencer = created || isRemoval(event)
  const written = created && version.versionId === nullVersion
  return {
    key: urlKey(version.key),
    ...(created || isTransition ? { size: version.sizeBytes } : {}),
    ...(isDeletion(event) ? {} : { eTag: etag }),
    ...(bucket.versioning === undefined || written ? {} : { versionId: version.versionId }),
    ...(hasSequencer ? { sequencer: sequencer(version) } : {}),
  }
}

/** For good: nothing is left to have a tag. */
function isDeletion(event: EventName): boolean {
  return event === 'ObjectRemoved:Delete' || event === 'LifecycleExpiration:Delete'
}

function isRemoval(event: EventName): boolean {
  return event.startsWith('ObjectRemoved') || event.startsWith('LifecycleExpiration')
}

/** A delete marker has the tag of nothing. */
const emptyEtag = 'd41d8cd98f00b204e9800998ecf8427e'

function sourceIp({ caller }: Context): string {
  return caller.sourceIp ?? '127.0.0.1'
}

/** What EventBridge calls each kind of event, and the reason or kind of deletion that it adds. */
const eventBridgeKinds: Readonly<Record<string, { detailType: string; more: object }>> = {
  'ObjectCreated:Put': { detailType: 'Object Created', more: { reason: 'PutObject' } },
  'ObjectCreated:Post': { detailType: 'Object Created', more: { reason: 'PostObject' } },
  'ObjectCreated:Copy': { detailType: 'Object Created', more: { reason: 'CopyObject' } },
  'ObjectCreated:CompleteMultipartUpload': {
    detailType: 'Object Created',
    more: { reason: 'CompleteMultipartUpload' },
  },
  'ObjectRemoved:Delete': {
    detailType: 'Object Deleted',
    more: { reason: 'DeleteObject', 'deletion-type': 'Permanently Deleted' },
  },
  'ObjectRemoved:DeleteMarkerCreated': {
    detailType: 'Object Deleted',
    more: { reason: 'DeleteObject', 'deletion-type': 'Delete Marker Created' },
  },
  'LifecycleExpiration:Delete': {
    detailType: 'Object Deleted',
    more: { reason: 'Lifecycle Expiration', 'deletion-type': 'Permanently Deleted' },
  },
  'LifecycleExpiration:DeleteMarkerCreated': {
    detailType: 'Object Deleted',
    more: { reason: 'Lifecycle Expiration', 'deletion-type': 'Delete Marker Created' },
  },
  LifecycleTransition: { detailType: 'Object Storage Class Changed', more: {} },
  'ObjectTagging:Put': { detailType: 'Object Tags Added', more: {} },
  'ObjectTagging:Delete': { detailType: 'Object Tags Deleted', more: {} },
}

/** The event on the default bus. Source: S3 User Guide, "EventBridge event message structure". */
export function eventBridgeEvent(
  ctx: Context,
  bucket: BucketRecord,
  event: EventName,
  version: VersionRecord,
): ServiceEvent | undefined {
  const kind = eventBridgeKinds[event]
  if (kind === undefined) return undefined
  const created = event.startsWith('ObjectCreated')
  const isTransition = event === 'LifecycleTransition'
  const hasTag = !isDeletion(event)
  const named = bucket.versioning !== undefined && version.versionId !== nullVersion
  const changed = created || isRemoval(event)
  return {
    source: 'aws.s3',
    detailType: kind.detailType,
    resources: [bucketArn(ctx, bucket.name)],
    detail: {
      version: '0',
      bucket: { name: bucket.name },
      object: {
        key: version.key,
        ...(created || isTransition ? { size: version.sizeBytes } : {}),
        ...(hasTag ? { etag: version.isDeleteMarker ? emptyEtag : unquoted(version.etag) } : {}),
        ...(named ? { 'version-id': version.versionId } : {}),
        ...(changed ? { sequencer: sequencer(version) } : {}),
      },
      'request-id': ctx.requestId,
      ...(event.startsWith('Lifecycle')
        ? { requester: lifecyclePrincipal }
        : {
            requester: callerAccountId(ctx) ?? requesterName(ctx),
            'source-ip-address': sourceIp(ctx),
          }),
      ...kind.more,
      ...(isTransition ? { 'destination-storage-class': version.storageClass } : {}),
    },
  }
}

function requesterName({ caller: { principal } }: Context): string {
  return principal.kind === 'service' ? principal.service : 'anonymous'
}
