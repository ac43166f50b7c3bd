import { type AwsError, awsError, commonError } from '@cloud-orrery/models'
import {
  HierarchyLevelLimitExceededException,
  IncompatiblePolicyException,
  InternalServerError,
  InvalidAllowedPatternException,
  InvalidFilterKey,
  InvalidFilterOption,
  InvalidFilterValue,
  InvalidKeyId,
  InvalidNextToken,
  InvalidPolicyAttributeException,
  InvalidPolicyTypeException,
  ParameterAlreadyExists,
  ParameterLimitExceeded,
  ParameterMaxVersionLimitExceeded,
  ParameterNotFound,
  ParameterPatternMismatchException,
  ParameterVersionLabelLimitExceeded,
  ParameterVersionNotFound,
  PoliciesLimitExceededException,
  ThrottlingException,
} from '@cloud-orrery/models/ssm'
import { invalid } from '../errors.ts'
import { levelsMax, policiesMax, valueBytesMax } from './limits.ts'
import type { Tier } from './state.ts'

/** Recorded: ssm GetParameter. AWS says no more than the code. */
export function parameterNotFound(): AwsError {
  return awsError(ParameterNotFound, '')
}

export function parameterVersionNotFound(name: string, version: number | string): AwsError {
  return awsError(
    ParameterVersionNotFound,
    `Systems Manager could not find version ${version} of ${name}. Verify the version and try again.`,
  )
}

export function labelNotFound(name: string, label: string): AwsError {
  return awsError(
    ParameterVersionNotFound,
    `Systems Manager could not find label ${label} for parameter ${name}. Verify the label and try again.`,
  )
}

export function parameterExists(): AwsError {
  return awsError(
    ParameterAlreadyExists,
    'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
  )
}

export function limitExceeded(): AwsError {
  return awsError(
    ParameterLimitExceeded,
    'You have exceeded the number of parameters for this AWS account. Delete one or more parameters and try again.',
  )
}

/** Source: ParameterMaxVersionLimitExceeded, in the API reference. */
export function oldestVersionLabelled(name: string, version: number): AwsError {
  return awsError(
    ParameterMaxVersionLimitExceeded,
    `You attempted to create a new version of ${name} by calling the PutParameter API with the overwrite flag. Version ${version}, the oldest version, can't be deleted because it has a label associated with it. Move the label to another version of the parameter, and try again.`,
  )
}

export function reservedName(name: string): AwsError {
  return awsError(
    commonError('AccessDeniedException', 400),
    `No access to reserved parameter name: ${name}.`,
  )
}

export function tooManyLevels(): AwsError {
  return awsError(
    HierarchyLevelLimitExceededException,
    `A hierarchy can have a maximum of ${levelsMax} levels. For more information, see Requirements and constraints for parameter names in the AWS Systems Manager User Guide.`,
  )
}

export function tooManyLabels(): AwsError {
  return awsError(
    ParameterVersionLabelLimitExceeded,
    'A parameter version can have maximum 10 labels.Move one or more labels to another version and try again.',
  )
}

/** Source: Systems Manager User Guide, "Validate a parameter value with AllowedPattern". */
export function patternMismatch(pattern: string): AwsError {
  return awsError(
    ParameterPatternMismatchException,
    `Parameter value, cannot be validated against allowedPattern: ${pattern}`,
  )
}

export function invalidPattern(): AwsError {
  return awsError(
    InvalidAllowedPatternException,
    'The request does not meet the regular expression requirement.',
  )
}

export function valueTooLong(tier: Tier): AwsError {
  const upgrade =
    tier === 'Standard'
      ? ' To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier. For more information, see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html'
      : ''
  return invalid(
    `${tier} tier parameters support a maximum parameter value of ${valueBytesMax[tier]} characters.${upgrade}`,
  )
}

export function noDowngrade(): AwsError {
  return invalid(
    "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to the standard-parameter tier. If necessary, you can delete the advanced parameter and recreate it as a standard parameter. Be aware that standard parameters have a value limit of 4096 characters.",
  )
}

export function filterKeyInvalid(key: string, valid: readonly string[]): AwsError {
  return awsError(
    InvalidFilterKey,
    `The following filter key is not valid: ${key}. Valid filter keys include: [${valid.join(', ')}].`,
  )
}

export function filterKeyDuplicate(key: string): AwsError {
  return awsError(
    InvalidFilterKey,
    `The following filter key is duplicated in the request: ${key}. A request can contain only one occurrence of a specific filter.`,
  )
}

export function filterOptionInvalid(option: string, valid: readonly string[]): AwsError {
  return awsError(
    InvalidFilterOption,
    `The following filter option is not valid: ${option}. Valid options include: [${valid.join(', ')}].`,
  )
}

export function filterValueInvalid(value: string, valid: readonly string[]): AwsError {
  return awsError(
    InvalidFilterOption,
    `The following filter value is not valid: ${value}. Valid values include: [${valid.join(', ')}].`,
  )
}

export function filterValueMissing(key: string): AwsError {
  return awsError(
    InvalidFilterValue,
    `The following filter values are missing : null for filter key ${key}.`,
  )
}

/** Source: users' reports (`InvalidKeyId ... does not exist (Service: AWSKMS; ...)`). */
export function invalidKeyId(message: string): AwsError {
  return awsError(InvalidKeyId, message)
}

/** KMS had too many calls. Source: "Common errors" of the API reference; the words are KMS's. */
export function kmsThrottled(message: string): AwsError {
  return awsError(ThrottlingException, message)
}

/** KMS failed. */
export function kmsFailed(message: string): AwsError {
  return awsError(InternalServerError, message)
}

/** The caller may use the parameter, not its key. */
export function decryptionDenied(message: string): AwsError {
  return awsError(commonError('AccessDeniedException', 400), message)
}

export function invalidToken(): AwsError {
  return awsError(InvalidNextToken, 'The specified token is not valid.')
}

// Deviation: the words of the errors of parameter policies are the API reference's descriptions.

export function policyTypeInvalid(type: string): AwsError {
  return awsError(
    InvalidPolicyTypeException,
    `The policy type ${type} isn't supported. Parameter Store supports the following policy types: Expiration, ExpirationNotification, and NoChangeNotification.`,
  )
}

export function policyAttributeInvalid(reason: string): AwsError {
  return awsError(InvalidPolicyAttributeException, reason)
}

export function policiesIncompatible(reason: string): AwsError {
  return awsError(IncompatiblePolicyException, reason)
}

export function tooManyPolicies(): AwsError {
  return awsError(
    PoliciesLimitExceededException,
    `You specified more than the maximum number of allowed policies for the parameter. The maximum is ${policiesMax}.`,
  )
}
