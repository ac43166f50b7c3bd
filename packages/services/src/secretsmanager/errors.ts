import { type AwsError, awsError, commonError } from '@cloud-orrery/models'
import * as model from '@cloud-orrery/models/secretsmanager'

/** Recorded: secretsmanager, `test_secret_not_found`. */
export function secretNotFound(): AwsError {
  return awsError(
    model.ResourceNotFoundException,
    "Secrets Manager can't find the specified secret.",
  )
}

/** Source: users' reports of GetSecretValue. */
export function valueNotFound(of: { stage: string } | { versionId: string }): AwsError {
  const what = 'stage' in of ? `staging label: ${of.stage}` : `VersionId: ${of.versionId}`
  return awsError(
    model.ResourceNotFoundException,
    `Secrets Manager can't find the specified secret value for ${what}`,
  )
}

/** Recorded: secretsmanager, `test_invalid_secret_name`. */
export function invalidName(): AwsError {
  return awsError(
    commonError('ValidationException', 400),
    'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
  )
}

/** Source: users' reports of CreateSecret. */
export function secretExists(name: string): AwsError {
  return awsError(
    model.ResourceExistsException,
    `The operation failed because the secret ${name} already exists.`,
  )
}

/** A version of this id is there, with another value. Source: users' reports of PutSecretValue. */
export function versionExists(): AwsError {
  return awsError(
    model.ResourceExistsException,
    'A resource with the ID you requested already exists.',
  )
}

/** Recorded: secretsmanager, `test_exp_raised_on_creation_of_secret_scheduled_for_deletion`. */
export function nameMarkedForDeletion(): AwsError {
  return invalidRequest(
    "You can't create this secret because a secret with this name is already scheduled for deletion.",
  )
}

/** Source: users' reports of GetSecretValue and PutResourcePolicy. */
export function markedForDeletion(): AwsError {
  return invalidRequest(
    "You can't perform this operation on the secret because it was marked for deletion.",
  )
}

/** Recorded: secretsmanager, `test_no_client_request_token`. */
export function tokenMissing(): AwsError {
  return invalidRequest(
    'You must provide a ClientRequestToken value. We recommend a UUID-type value.',
  )
}

/** Source: users' reports of GetSecretValue. */
export function stageOfOtherVersion(): AwsError {
  return invalidRequest(
    'You provided a VersionStage that is not associated to the provided VersionId.',
  )
}

/** Source: users' reports of RotateSecret. */
export function rotationFunctionMissing(): AwsError {
  return invalidRequest('No Lambda rotation function ARN is associated with this secret.')
}

/** Source: Terraform's provider, which waits for these words of RotateSecret. */
export function rotationUnderWay(): AwsError {
  return invalidRequest("A previous rotation isn't complete. That rotation will be reattempted.")
}

/** The words are those of PutSecretValue; RotateSecret declares no error of its own for them. */
export function rotationTokenTaken(token: string, arn: string): AwsError {
  return invalidRequest(
    `You can't use ClientRequestToken ${token} because that value is already in use for a version of secret ${arn}.`,
  )
}

/** Source: AWS re:Post and users' reports of RotateSecret; functions that are not there are told no other way. */
export function rotationFunctionDenied(): AwsError {
  return awsError(
    accessDeniedException,
    'Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.',
  )
}

/** Source: users' reports of PutResourcePolicy and DeleteSecret on replicas. */
export function isReplica(): AwsError {
  return invalidParameter(
    "Operation not permitted on a replica secret. Call must be made in primary secret's region.",
  )
}

/** Source: users' reports of DeleteSecret. */
export function hasReplicas(arn: string, regions: readonly string[]): AwsError {
  return invalidParameter(
    `You can't delete secret ${arn} that still has replica regions [${regions.join(', ')}].`,
  )
}

/** Source: users' reports of UpdateSecretVersionStage. */
export function stageStaysSomewhere(): AwsError {
  return invalidParameter(
    'You can only move staging label AWSCURRENT to a different secret version. It can’t be completely removed.',
  )
}

export function removeFromMissing(stage: string, versionId: string): AwsError {
  return invalidParameter(
    `The parameter RemoveFromVersionId can't be empty. Staging label ${stage} is currently attached to version ${versionId}, so you must explicitly reference that version in RemoveFromVersionId.`,
  )
}

/** Source: users' reports of calls with a key that they may not use. */
export function kmsDenied(): AwsError {
  return awsError(accessDeniedException, 'Access to KMS is not allowed')
}

/** KMS had too many calls. Source: API reference, "Common errors"; the words are KMS's. */
export function kmsThrottled(message: string): AwsError {
  return awsError(commonError('ThrottlingException', 400), message)
}

/** Another service failed or was busy. The words are ours. */
export function serviceFailure(message: string): AwsError {
  return awsError(model.InternalServiceError, message)
}

/** Source: the API model's own words for the two failures. */
export function encryptionFailed(): AwsError {
  return awsError(
    model.EncryptionFailure,
    "Secrets Manager can't encrypt the protected secret text using the provided KMS key. Check that the KMS key is available, enabled, and not in an invalid state.",
  )
}

export function decryptionFailed(): AwsError {
  return awsError(
    model.DecryptionFailure,
    "Secrets Manager can't decrypt the protected secret text using the provided KMS key.",
  )
}

/** Source: users' reports of PutResourcePolicy. */
export function malformedPolicy(message: string): AwsError {
  return awsError(model.MalformedPolicyDocumentException, message)
}

export const unsupportedPrincipal = 'This resource policy contains an unsupported principal.'

/** The words are ours: only the code is documented. */
export function publicPolicy(): AwsError {
  return awsError(model.PublicPolicyException, broadAccess)
}

export const broadAccess = 'This resource policy grants broad access to your secret.'

/** The words are ours. */
export function limitExceeded(message: string): AwsError {
  return awsError(model.LimitExceededException, message)
}

export function invalidToken(): AwsError {
  return awsError(model.InvalidNextTokenException, 'Invalid value for NextToken.')
}

export function invalidRequest(message: string): AwsError {
  return awsError(model.InvalidRequestException, message)
}

export function invalidParameter(message: string): AwsError {
  return awsError(model.InvalidParameterException, message)
}

const accessDeniedException = commonError('AccessDeniedException', 400)

/** AWS names the secret of CreateSecret by the name that the caller gave it. Source: users' reports. */
export function accessDenied(message: string): AwsError {
  return awsError(accessDeniedException, message)
}

/** A function that failed, or did not finish its rotation. Seen in events alone. */
export function rotationFailed(step: string): AwsError {
  return awsError(
    commonError('RotationFailed', 400),
    `The rotation function failed at the step ${step}.`,
  )
}
