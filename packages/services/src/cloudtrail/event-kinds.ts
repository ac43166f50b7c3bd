import type { CallData } from '../context.ts'

/**
 * Operations whose events are data events, or are not recorded at all: event history holds neither.
 * Source: each service's developer guide, "Logging ... API calls using AWS CloudTrail".
 */
const beyondHistory: Readonly<Record<string, ReadonlySet<string>>> = {
  events: new Set(['PutEvents', 'PutPartnerEvents']),
  logs: new Set([
    'FilterLogEvents',
    'GetLogEvents',
    'GetLogRecord',
    'PutLogEvents',
    'StartLiveTail',
  ]),
  s3: new Set([
    'AbortMultipartUpload',
    'CompleteMultipartUpload',
    'CopyObject',
    'CreateMultipartUpload',
    'DeleteObject',
    'DeleteObjectTagging',
    'DeleteObjects',
    'GetObject',
    'GetObjectAcl',
    'GetObjectAttributes',
    'GetObjectLegalHold',
    'GetObjectRetention',
    'GetObjectTagging',
    'GetObjectTorrent',
    'HeadBucket',
    'HeadObject',
    'ListMultipartUploads',
    'ListObjectVersions',
    'ListObjects',
    'ListObjectsV2',
    'ListParts',
    'PutObject',
    'PutObjectAcl',
    'PutObjectLegalHold',
    'PutObjectRetention',
    'PutObjectTagging',
    'RenameObject',
    'RestoreObject',
    'SelectObjectContent',
    'UploadPart',
    'UploadPartCopy',
    'WriteGetObjectResponse',
  ]),
  sns: new Set(['Publish', 'PublishBatch']),
  sqs: new Set([
    'ChangeMessageVisibility',
    'ChangeMessageVisibilityBatch',
    'DeleteMessage',
    'DeleteMessageBatch',
    'GetQueueAttributes',
    'GetQueueUrl',
    'ListDeadLetterSourceQueues',
    'ListQueueTags',
    'ListQueues',
    'ReceiveMessage',
    'SendMessage',
    'SendMessageBatch',
  ]),
}

/** Whether a call makes a management event, the only kind that event history holds. A service's own word counts first. */
export function isManagementEvent(
  service: string,
  operation: string,
  trail: CallData['trail'],
): boolean {
  return trail?.kind === undefined && beyondHistory[service]?.has(operation) !== true
}

const readingVerb =
  /^(BatchDescribe|BatchGet|Check|Describe|Detect|Estimate|Filter|Get|Head|List|Lookup|Search|Simulate|Test|Validate)(?=[A-Z]|$)/

/** Reads by CloudTrail's account although the verb does not say so. Recorded: STS AssumeRole, April 2024. */
const furtherReads = new Set([
  'sts.AssumeRole',
  'sts.AssumeRoleWithSAML',
  'sts.AssumeRoleWithWebIdentity',
  'sts.DecodeAuthorizationMessage',
])

/** `readOnly` of the event: whether the operation leaves everything as it is. */
export function isReadOnly(service: string, operation: string): boolean {
  return readingVerb.test(operation) || furtherReads.has(`${service}.${operation}`)
}

/** Names under which S3 records operations that its API calls otherwise. Source: S3 User Guide, "Amazon S3 CloudTrail events". */
const s3EventNames: Readonly<Record<string, string>> = {
  DeletePublicAccessBlock: 'DeleteBucketPublicAccessBlock',
  GetBucketAccelerateConfiguration: 'GetAccelerateConfiguration',
  GetBucketLifecycleConfiguration: 'GetBucketLifecycle',
  GetBucketNotificationConfiguration: 'GetBucketNotification',
  GetObjectLockConfiguration: 'GetBucketObjectLockConfiguration',
  GetPublicAccessBlock: 'GetBucketPublicAccessBlock',
  PutBucketAccelerateConfiguration: 'PutAccelerateConfiguration',
  PutBucketLifecycleConfiguration: 'PutBucketLifecycle',
  PutBucketNotificationConfiguration: 'PutBucketNotification',
  PutObjectLockConfiguration: 'PutBucketObjectLockConfiguration',
  PutPublicAccessBlock: 'PutBucketPublicAccessBlock',
}

export function eventNameOf(service: string, operation: string): string {
  return (service === 's3' ? s3EventNames[operation] : undefined) ?? operation
}
