import type { AwsError } from '@cloud-orrery/models'
import { notModelledCode } from '../../shared/not-modelled.ts'
import { isThrottle } from '../../shared/transient-errors.ts'

/**
 * Types whose failures CloudFormation still words by its older means: the service's message, the name that
 * exists already, no request token. Source: user reports of each type's failures.
 */
const olderTypes = new Set([
  'AWS::IAM::Policy',
  'AWS::S3::Bucket',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
])

export interface Failure {
  readonly type: string
  readonly error: AwsError
  /** Name or id of what was to be made, as far as it is known. */
  readonly identifier: string
  readonly requestToken: string
  readonly requestId: string
  /** ARN of the stack of this account that has a resource of this type and name. */
  readonly ownerStackId?: string | undefined
}

/** The status reason of a resource whose handler failed. */
export function failureReason({
  type,
  error,
  identifier,
  requestToken,
  requestId,
  ownerStackId,
}: Failure): string {
  if (error.code === notModelledCode) return error.message
  const code = handlerErrorCode(error)
  if (code === 'AlreadyExists' && identifier !== '') {
    if (ownerStackId !== undefined) return `${identifier} already exists in stack ${ownerStackId}`
    if (olderTypes.has(type)) return `${identifier} already exists`
  }
  const service = serviceName(type)
  const failed = `(Service: ${service}, Status Code: ${error.status}, Request ID: ${requestId})`
  if (olderTypes.has(type)) {
    const action = /is not authorized to perform: (\S+)/.exec(error.message)?.[1]
    if (action !== undefined) return `API: ${action} ${error.message}`
    return `${error.message} (Service: ${service}; Status Code: ${error.status}; Error Code: ${error.queryCode ?? error.code}; Request ID: ${requestId}; Proxy: null)`
  }
  const message =
    code === 'AlreadyExists' && identifier !== ''
      ? `Resource of type '${type}' with identifier '${identifier}' already exists.`
      : `${error.message} ${failed}`
  return `Resource handler returned message: "${message}" (RequestToken: ${requestToken}, HandlerErrorCode: ${code})`
}

/** `AWS::SQS::Queue` is of `Sqs`: the name of the service in the Java SDK that handlers are written with. */
function serviceName(type: string): string {
  const namespace = type.split('::')[1] ?? ''
  const names: Readonly<Record<string, string>> = {
    Events: 'EventBridge',
    IAM: 'Iam',
    Logs: 'CloudWatchLogs',
    S3: 'S3',
    SNS: 'Sns',
    SQS: 'Sqs',
    SSM: 'Ssm',
    STS: 'Sts',
  }
  return names[namespace] ?? namespace
}

/** Source: CloudFormation CLI user guide, "Handler error codes". */
function handlerErrorCode(error: AwsError): string {
  const { code, status } = error
  if (/AccessDenied|NotAuthorized|Authorization|^Forbidden$/.test(code)) return 'AccessDenied'
  if (/AlreadyExists|NameExists|AlreadyOwnedByYou|^ResourceInUse/.test(code)) return 'AlreadyExists'
  if (/NotFound|NoSuch|NonExistent|DoesNotExist/.test(code)) return 'NotFound'
  if (isThrottle(error)) return 'Throttling'
  if (/LimitExceeded|QuotaExceeded/.test(code)) return 'ServiceLimitExceeded'
  if (/Conflict|OperationAborted|ConcurrentModification/.test(code)) return 'ResourceConflict'
  if (status >= 500) return 'ServiceInternalError'
  if (/Invalid|Validation|Malformed|Unsupported|Missing/.test(code)) return 'InvalidRequest'
  return 'GeneralServiceException'
}

/** `The following resource(s) failed to create: [A, B]. ` Recorded in reports with the space at its end. */
export function failedResources(failed: {
  create: readonly string[]
  update: readonly string[]
  delete: readonly string[]
}): string {
  return (['create', 'update', 'delete'] as const)
    .filter((verb) => failed[verb].length > 0)
    .map((verb) => `The following resource(s) failed to ${verb}: [${failed[verb].join(', ')}]. `)
    .join('')
}

/** Recorded: test_invalid_getatt_fails, TestMacros::test_failed_state. */
export function rollbackReason(reason: string): string {
  return `${reason.replace(/\. $/, '')}. Rollback requested by user.`
}
