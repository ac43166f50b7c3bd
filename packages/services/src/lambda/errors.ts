import { type AwsError, awsError, commonError, type ErrorDescriptor } from '@cloud-orrery/models'
import * as model from '@cloud-orrery/models/lambda'

/** Lambda marks most of its refusals as the user's. */
const user = { Type: 'User' }

function refusal(descriptor: ErrorDescriptor, message: string): AwsError {
  return awsError(descriptor, message, { fields: user })
}

export function invalid(message: string): AwsError {
  return refusal(model.InvalidParameterValueException, message)
}

/** Recorded: lambda PutFunctionConcurrency: these come without a type. */
export function invalidUntyped(message: string): AwsError {
  return awsError(model.InvalidParameterValueException, message)
}

export function validation(message: string): AwsError {
  return awsError(commonError('ValidationException', 400), message)
}

export function notFound(message: string): AwsError {
  return refusal(model.ResourceNotFoundException, message)
}

export function functionNotFound(arn: string): AwsError {
  return notFound(`Function not found: ${arn}`)
}

/** Recorded: lambda GetPolicy, GetFunctionUrlConfig, GetEventSourceMapping. */
export function resourceNotFound(): AwsError {
  return notFound('The resource you requested does not exist.')
}

export function otherRegion(region: string, own: string): AwsError {
  return notFound(`Functions from '${region}' are not reachable in this region ('${own}')`)
}

/** Recorded: lambda CreateFunction with the ARN of another account: without a word. */
export function otherAccount(): AwsError {
  return awsError(commonError('AccessDeniedException', 403), '')
}

export function accessDenied(message: string): AwsError {
  return awsError(commonError('AccessDeniedException', 403), message)
}

export function qualifierMismatch(): AwsError {
  return invalid(
    'The derived qualifier from the function name does not match the specified qualifier.',
  )
}

export function conflict(message: string): AwsError {
  return refusal(model.ResourceConflictException, message)
}

export function functionExists(name: string): AwsError {
  return conflict(`Function already exist: ${name}`)
}

/** Recorded: lambda UpdateFunctionCode. */
export function updateInProgress(arn: string): AwsError {
  return conflict(
    `The operation cannot be performed at this time. An update is in progress for resource: ${arn}`,
  )
}

/** Source: user reports of UpdateFunctionConfiguration right after CreateFunction. */
export function functionPending(): AwsError {
  return conflict(
    'The operation cannot be performed at this time. The function is currently in the following state: Pending',
  )
}

export function roleNotAssumable(): AwsError {
  return invalid('The role defined for the function cannot be assumed by Lambda.')
}

/** Source: user reports of Invoke after the role was deleted or its trust policy changed. */
export function roleRefused(): AwsError {
  return accessDenied('The role defined for the function cannot be assumed by Lambda.')
}

export function crossAccountRole(): AwsError {
  return accessDenied('Cross-account pass role is not allowed.')
}

/** `at`: the API that has the newest id, in AWS's words. */
export function wrongRevision(
  at: 'GetFunction/GetAlias' | 'GetPolicy' | 'GetLayerPolicy',
): AwsError {
  return refusal(
    model.PreconditionFailedException,
    `The Revision Id provided does not match the latest Revision Id. Call the ${at} API to retrieve the latest Revision Id`,
  )
}

export function requestTooLarge(bytesMax: number, operation: string): AwsError {
  return refusal(
    model.RequestTooLargeException,
    `Request must be smaller than ${bytesMax} bytes for the ${operation} operation`,
  )
}

/** Recorded: lambda CreateFunction: before the service reads a word, and so without a type. */
export function codeRequestTooLarge(bytesMax: number, operation: string): AwsError {
  return awsError(
    commonError('RequestEntityTooLargeException', 413),
    `Request must be smaller than ${bytesMax} bytes for the ${operation} operation`,
  )
}

export function codeStorageExceeded(): AwsError {
  return refusal(model.CodeStorageExceededException, 'Code storage limit exceeded.')
}

export function invalidContent(reason: string): AwsError {
  return refusal(
    model.InvalidRequestContentException,
    `Could not parse request body into json: Could not parse payload into json: ${reason}`,
  )
}

export type ThrottleReason =
  | 'ConcurrentInvocationLimitExceeded'
  | 'ReservedFunctionConcurrentInvocationLimitExceeded'

/** Recorded: lambda Invoke. */
export function tooManyRequests(reason: ThrottleReason): AwsError {
  return awsError(model.TooManyRequestsException, 'Rate Exceeded.', {
    fields: { ...user, Reason: reason },
  })
}

/**
 * Our machine cannot run the code, the run was lost with its process, or another service failed or was busy. The words
 * are ours.
 */
export function serviceFailure(message: string): AwsError {
  return awsError(model.ServiceException, message, { fields: { Type: 'Service' } })
}

export function runtimeUnavailable(message: string): AwsError {
  return refusal(model.InvalidRuntimeException, message)
}

export function noProvisionedConcurrency(): AwsError {
  return refusal(
    model.ProvisionedConcurrencyConfigNotFoundException,
    'No Provisioned Concurrency Config found for this function',
  )
}

export function policyTooLong(): AwsError {
  return refusal(
    model.PolicyLengthExceededException,
    'The final policy size (20481) is bigger than the limit (20480).',
  )
}

export function mappingInUse(): AwsError {
  return refusal(
    model.ResourceInUseException,
    'Cannot update the event source mapping because it is in use.',
  )
}

const kmsFailures = {
  KMSAccessDeniedException: model.KMSAccessDeniedException,
  KMSDisabledException: model.KMSDisabledException,
  KMSInvalidStateException: model.KMSInvalidStateException,
  KMSNotFoundException: model.KMSNotFoundException,
}

/** How Lambda tells of KMS's refusals. */
export function kmsFailure(kind: keyof typeof kmsFailures, message: string): AwsError {
  return refusal(kmsFailures[kind], message)
}

/** CloudFormation's: `ZipFile` for a runtime whose code is no text. */
export function inlineCodeRuntime(): AwsError {
  return awsError(
    commonError('InvalidRequest', 400),
    'ZipFile can only be used when Runtime is set to any of nodejs, python.',
  )
}

/** CloudFormation's. Source: user reports of AWS::Lambda::Version whose function did not change. */
export function versionExists(version: string): AwsError {
  return awsError(
    commonError('AlreadyExists', 400),
    `A version for this Lambda function exists ( ${version} ). Modify the function to create a new version.`,
  )
}
