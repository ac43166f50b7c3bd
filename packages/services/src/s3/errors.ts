import { type AwsError, awsError, commonError } from '@cloud-orrery/models'
import {
  BucketAlreadyExists,
  BucketAlreadyOwnedByYou,
  InvalidObjectState,
  NoSuchBucket,
  NoSuchKey,
  NoSuchUpload,
} from '@cloud-orrery/models/s3'
import type { AuthorizationRequest } from '@cloud-orrery/policy'
import type { Caller } from '../context.ts'

/** Codes that the model does not list, with their status. Source: S3 API Reference, "Error responses". */
const statuses = {
  AccessControlListNotSupported: 400,
  AccessDenied: 403,
  AccessForbidden: 403,
  AuthorizationHeaderMalformed: 400,
  AuthorizationQueryParametersError: 400,
  BadDigest: 400,
  BadRequest: 400,
  BucketNotEmpty: 409,
  BucketPolicyAlreadyExists: 409,
  ConditionalRequestConflict: 409,
  CrossLocationLoggingProhibitted: 403,
  EntityTooLarge: 400,
  EntityTooSmall: 400,
  IllegalLocationConstraintException: 400,
  IllegalVersioningConfigurationException: 400,
  IncorrectEndpoint: 400,
  InternalError: 500,
  InvalidArgument: 400,
  InvalidBucketAclWithObjectOwnership: 400,
  InvalidBucketName: 400,
  InvalidBucketOwnerAWSAccountID: 400,
  InvalidBucketState: 409,
  InvalidDigest: 400,
  InvalidEncryptionAlgorithmError: 400,
  InvalidLocationConstraint: 400,
  InvalidPart: 400,
  InvalidPartNumber: 416,
  InvalidPartOrder: 400,
  InvalidPolicyDocument: 400,
  InvalidRange: 416,
  InvalidRequest: 400,
  InvalidStorageClass: 400,
  InvalidTag: 400,
  InvalidTargetBucketForLogging: 400,
  KeyTooLongError: 400,
  MalformedACLError: 400,
  MalformedPOSTRequest: 400,
  MalformedPolicy: 400,
  MalformedXML: 400,
  MaxPostPreDataLengthExceededError: 400,
  MetadataTooLarge: 400,
  MethodNotAllowed: 405,
  MissingSecurityHeader: 400,
  NoSuchBucketPolicy: 404,
  NoSuchConfiguration: 404,
  NoSuchCORSConfiguration: 404,
  NoSuchLifecycleConfiguration: 404,
  NoSuchObjectLockConfiguration: 404,
  NoSuchPublicAccessBlockConfiguration: 404,
  NoSuchTagSet: 404,
  NoSuchVersion: 404,
  NoSuchWebsiteConfiguration: 404,
  NotImplemented: 501,
  ObjectLockConfigurationNotFoundError: 404,
  OwnershipControlsNotFoundError: 404,
  PermanentRedirect: 301,
  PolicyTooLarge: 400,
  PreconditionFailed: 412,
  ReplicationConfigurationNotFoundError: 404,
  ServerSideEncryptionConfigurationNotFoundError: 404,
  TooManyBuckets: 400,
  TooManyConfigurations: 400,
  UnexpectedContent: 400,
} as const

export type S3Code = keyof typeof statuses

/** An error of S3's own. `fields` are its further elements, in their order. */
export function s3Error(
  code: S3Code,
  message: string,
  fields: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): AwsError {
  return awsError(commonError(code, statuses[code]), message, { fields, headers })
}

/** What is not built is refused by name, also where it is a value and not a parameter. */
export function notModelled(operation: string, what: string): AwsError {
  return s3Error(
    'NotImplemented',
    `Orrery does not model ${what} of s3:${operation}. Leave it out, or see the coverage page of s3.`,
  )
}

/** What KMS refuses keeps its code, behind `KMS.`. Recorded: S3, PutObject with keys that are not there. */
export function kmsRefusal(code: string, message: string): AwsError {
  return awsError(commonError(`KMS.${code}`, 400), message)
}

/** KMS had too many calls. Source: users' reports of objects under keys of KMS. */
export function kmsSlowDown(): AwsError {
  return awsError(
    commonError('SlowDown', 503),
    'Please reduce your request rate for operations involving AWS KMS.',
  )
}

/** Another service failed or was busy. */
export function internalError(): AwsError {
  return s3Error('InternalError', 'We encountered an internal error. Please try again.')
}

export function noSuchBucket(name: string): AwsError {
  return awsError(NoSuchBucket, 'The specified bucket does not exist', {
    fields: { BucketName: name },
  })
}

/** A HEAD has no body: the status is all that a client learns. */
export function noSuchKey(key: string, headers: Record<string, string> = {}): AwsError {
  return awsError(NoSuchKey, 'The specified key does not exist.', { fields: { Key: key }, headers })
}

export function noSuchVersion(key: string, versionId: string): AwsError {
  return s3Error('NoSuchVersion', 'The specified version does not exist.', {
    Key: key,
    VersionId: versionId,
  })
}

export function invalidVersionId(versionId: string): AwsError {
  return invalidArgument('Invalid version id specified', 'versionId', versionId)
}

export function noSuchUpload(uploadId: string): AwsError {
  return awsError(
    NoSuchUpload,
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    { fields: { UploadId: uploadId } },
  )
}

/** Recorded: S3, GetObject of a delete marker by its version id. */
export function methodNotAllowed(
  method: string,
  resourceType: string,
  headers: Record<string, string> = {},
): AwsError {
  return s3Error(
    'MethodNotAllowed',
    'The specified method is not allowed against this resource.',
    { Method: method, ResourceType: resourceType },
    headers,
  )
}

export function bucketAlreadyExists(name: string): AwsError {
  return awsError(
    BucketAlreadyExists,
    'The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.',
    { fields: { BucketName: name } },
  )
}

export function bucketAlreadyOwnedByYou(name: string): AwsError {
  return awsError(
    BucketAlreadyOwnedByYou,
    'Your previous request to create the named bucket succeeded and you already own it.',
    { fields: { BucketName: name } },
  )
}

export function bucketNotEmpty(name: string, isVersioned: boolean): AwsError {
  const also = isVersioned ? '. You must delete all versions in the bucket.' : ''
  return s3Error('BucketNotEmpty', `The bucket you tried to delete is not empty${also}`, {
    BucketName: name,
  })
}

export function tooManyBuckets(): AwsError {
  return s3Error('TooManyBuckets', 'You have attempted to create more buckets than allowed')
}

export function invalidBucketName(name: string): AwsError {
  return s3Error('InvalidBucketName', 'The specified bucket is not valid.', { BucketName: name })
}

export function invalidLocationConstraint(constraint: string): AwsError {
  return s3Error('InvalidLocationConstraint', 'The specified location-constraint is not valid', {
    LocationConstraint: constraint,
  })
}

export function illegalLocationConstraint(constraint: string): AwsError {
  return s3Error(
    'IllegalLocationConstraintException',
    `The ${constraint} location constraint is incompatible for the region specific endpoint this request was sent to.`,
  )
}

export function invalidArgument(message: string, name: string, value?: string): AwsError {
  return s3Error('InvalidArgument', message, {
    ArgumentName: name,
    ...(value === undefined ? {} : { ArgumentValue: value }),
  })
}

export function invalidRequest(message: string): AwsError {
  return s3Error('InvalidRequest', message)
}

export function malformedXml(): AwsError {
  return s3Error(
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  )
}

/** To those of other accounts, and to nobody in particular, S3 gives no reason. */
export function accessDenied(message = 'Access Denied'): AwsError {
  return s3Error('AccessDenied', message)
}

export function preconditionFailed(condition: string): AwsError {
  return s3Error(
    'PreconditionFailed',
    'At least one of the pre-conditions you specified did not hold',
    { Condition: condition },
  )
}

/** 304: a status with headers, and no body. */
export function notModified(headers: Record<string, string>): AwsError {
  return awsError(commonError('304', 304), 'Not Modified', { headers })
}

export function keyTooLong(sizeBytes: number, maxBytes: number): AwsError {
  return s3Error('KeyTooLongError', 'Your key is too long', {
    Size: String(sizeBytes),
    MaxSizeAllowed: String(maxBytes),
  })
}

/** Recorded: S3, conditional writes, `NotImplemented`. */
export function conditionNotImplemented(header: string, additional?: string): AwsError {
  return s3Error(
    'NotImplemented',
    'A header you provided implies functionality that is not implemented',
    {
      Header: header,
      ...(additional === undefined ? {} : { additionalMessage: additional }),
    },
  )
}

export function invalidTag(message: string, fields: Record<string, unknown> = {}): AwsError {
  return s3Error('InvalidTag', message, fields)
}

/** The request went to another region than the bucket's. */
export function permanentRedirect(bucket: string, region: string): AwsError {
  return s3Error(
    'PermanentRedirect',
    'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
    { Endpoint: `${bucket}.s3.${region}.amazonaws.com`, Bucket: bucket },
    { 'x-amz-bucket-region': region },
  )
}

/** The host is of the bucket's region, the signature of another. Source: S3 API Reference, "Error responses". */
export function wrongRegion(signed: string, expected: string, presigned: boolean): AwsError {
  const what = `the region '${signed}' is wrong; expecting '${expected}'`
  return presigned
    ? s3Error(
        'AuthorizationQueryParametersError',
        `Error parsing the X-Amz-Credential parameter; ${what}`,
        { Region: expected },
        { 'x-amz-bucket-region': expected },
      )
    : s3Error(
        'AuthorizationHeaderMalformed',
        `The authorization header is malformed; ${what}`,
        { Region: expected },
        { 'x-amz-bucket-region': expected },
      )
}

export function invalidBucketOwner(value: string): AwsError {
  return s3Error(
    'InvalidBucketOwnerAWSAccountID',
    `The value of the expected bucket owner parameter must be an AWS Account ID... [${value}]`,
  )
}

/** The object lies in an archive, and nothing here restores it. */
export function archived({ storageClass }: { readonly storageClass: string }): AwsError {
  return awsError(InvalidObjectState, "The operation is not valid for the object's storage class", {
    fields: { StorageClass: storageClass },
  })
}

/** Recorded: S3, UploadPart with part numbers out of range. */
export function invalidPartNumber(partNumber: number): AwsError {
  return invalidArgument(
    'Part number must be an integer between 1 and 10000, inclusive',
    'partNumber',
    String(partNumber),
  )
}

export function invalidPart(uploadId: string, partNumber: number, etag: string): AwsError {
  return s3Error(
    'InvalidPart',
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
    { UploadId: uploadId, PartNumber: String(partNumber), ETag: etag },
  )
}

export function invalidPartOrder(uploadId: string): AwsError {
  return s3Error(
    'InvalidPartOrder',
    'The list of parts was not in ascending order. Parts must be ordered by part number.',
    { UploadId: uploadId },
  )
}

export function entityTooSmall(sizeBytes: number, partNumber: number, etag: string): AwsError {
  return s3Error(
    'EntityTooSmall',
    'Your proposed upload is smaller than the minimum allowed size',
    {
      ProposedSize: String(sizeBytes),
      MinSizeAllowed: '5242880',
      PartNumber: String(partNumber),
      ETag: etag,
    },
  )
}

export function conditionConflict(condition: string, key: string): AwsError {
  return s3Error(
    'ConditionalRequestConflict',
    'The conditional request cannot succeed due to a conflicting operation against this resource.',
    { Condition: condition, Key: key },
  )
}

/** What a bucket does not have: codes and words of each configuration. */
export function noSuchTagSet(bucket: string): AwsError {
  return s3Error('NoSuchTagSet', 'The TagSet does not exist', { BucketName: bucket })
}

export function noSuchBucketPolicy(bucket: string): AwsError {
  return s3Error('NoSuchBucketPolicy', 'The bucket policy does not exist', { BucketName: bucket })
}

export function malformedPolicy(message: string, detail?: string): AwsError {
  return s3Error('MalformedPolicy', message, detail === undefined ? {} : { Detail: detail })
}

/** A setting of Block Public Access refuses; S3 names it. Source: S3 User Guide, "Troubleshoot access denied". */
export function blockedByPublicAccess(
  { caller: { principal } }: { readonly caller: Pick<Caller, 'principal'> },
  action: string,
  resource: string,
  why: string,
): AwsError {
  const who = 'arn' in principal ? principal.arn : 'anonymous'
  return accessDenied(
    `User: ${who} is not authorized to perform: ${action} on resource: "${resource}" because ${why}`,
  )
}

/**
 * A denial by policy: told with its reason to callers of the bucket's own account, in two words to others.
 * Source: S3 User Guide, "Troubleshoot access denied (403 Forbidden) errors in Amazon S3".
 */
export function refuseAccess(
  message: string,
  { principal, resourceAccountId }: AuthorizationRequest,
): AwsError {
  const own = 'accountId' in principal ? principal.accountId : undefined
  const isSame = own !== undefined && (resourceAccountId ?? own) === own
  return isSame ? accessDenied(message) : accessDenied()
}

/** CloudFormation's own: a policy that someone else put is not taken over. */
export function bucketPolicyExists(bucket: string): AwsError {
  return s3Error(
    'BucketPolicyAlreadyExists',
    `The bucket policy already exists on bucket ${bucket}.`,
  )
}
