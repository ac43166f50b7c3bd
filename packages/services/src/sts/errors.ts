import { type AwsError, awsError, commonError } from '@cloud-orrery/models'
import {
  MalformedPolicyDocumentException,
  PackedPolicyTooLargeException,
} from '@cloud-orrery/models/sts'

/** Recorded: sts, AssumeRole with texts that are no ARN. */
export function invalidArn(text: string): AwsError {
  return validationError(`${text} is invalid`)
}

export function validationError(message: string): AwsError {
  return awsError(commonError('ValidationError', 400), message)
}

export function accessDenied(message: string): AwsError {
  return awsError(commonError('AccessDenied', 403), message)
}

/** Root has every permission and still can't assume a role. Source: IAM User Guide, "Root user". */
export function rootMayNotAssume(): AwsError {
  return accessDenied('Roles may not be assumed by root accounts.')
}

export function invalidParameterValue(message: string): AwsError {
  return awsError(commonError('InvalidParameterValue', 400), message)
}

/** Recorded: sts, AssumeRole. */
export function transitiveKeyWithoutTag(): AwsError {
  return invalidParameterValue(
    'The specified transitive tag key must be included in the requested tags.',
  )
}

/** Recorded: sts, AssumeRole. */
export function duplicateTagKeys(): AwsError {
  return invalidParameterValue(
    'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
  )
}

/** Recorded: sts, AssumeRole. */
export function transitiveTagConflict(): AwsError {
  return invalidParameterValue(
    "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
  )
}

export function longerThanRoleAllows(): AwsError {
  return validationError(
    'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
  )
}

export function longerThanChainAllows(): AwsError {
  return validationError(
    'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
  )
}

/** A session keeps the source identity that it was given first. */
export function sourceIdentityStays(): AwsError {
  return accessDenied('The source identity of a session cannot be changed once it is set.')
}

export function malformedPolicy(message: string): AwsError {
  return awsError(MalformedPolicyDocumentException, message)
}

export function packedPolicyTooLarge(percent: number): AwsError {
  return awsError(
    PackedPolicyTooLargeException,
    `Packed policy consumes ${percent}% of allotted space, please use smaller policy.`,
  )
}

/** Seen in AWS's answers to GetFederationToken and GetSessionToken. */
export function notWithSession(operation: string): AwsError {
  return accessDenied(`Cannot call ${operation} with session credentials`)
}

export function notWithService(operation: string): AwsError {
  return accessDenied(`Cannot call ${operation} without credentials of a user`)
}
