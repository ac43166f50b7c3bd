import { type AwsError, awsError, commonError } from '@cloud-orrery/models'
import * as models from '@cloud-orrery/models/acm'

export function certificateNotFound(arn: string, accountId: string): AwsError {
  return awsError(
    models.ResourceNotFoundException,
    `Could not find certificate ${arn} in account ${accountId}.`,
  )
}

export function invalidArn(arn: string): AwsError {
  return awsError(models.InvalidArnException, `Invalid ARN: ${arn}`)
}

export function certificateInUse(arn: string, accountId: string): AwsError {
  return awsError(
    models.ResourceInUseException,
    `Certificate ${arn} in account ${accountId} is in use.`,
  )
}

export function requestInProgress(arn: string): AwsError {
  return awsError(
    models.RequestInProgressException,
    `The certificate ${arn} is still being issued: its request is in progress.`,
  )
}

export function invalidState(message: string): AwsError {
  return awsError(models.InvalidStateException, message)
}

export function invalidParameter(message: string): AwsError {
  return awsError(models.InvalidParameterException, message)
}

export function invalidValidationOptions(message: string): AwsError {
  return awsError(models.InvalidDomainValidationOptionsException, message)
}

/** What ImportCertificate says of bad input, and all of ACM of input that breaks its model. */
export function invalidInput(message: string): AwsError {
  return awsError(commonError('ValidationException', 400), message)
}

export function tooManyNames(count: number): AwsError {
  return awsError(
    models.LimitExceededException,
    `Error: you have requested a certificate with ${count} domain names, which is more than your limit allows.`,
  )
}

export function tooManyCertificates(): AwsError {
  return awsError(
    models.LimitExceededException,
    "You have reached the maximum number of certificates. Delete certificates that aren't in use, or contact AWS Support to request an increase.",
  )
}

export function tooManyTags(arn: string): AwsError {
  return awsError(models.TooManyTagsException, `Certificate ${arn} would have too many tags.`)
}

export function conflict(message: string): AwsError {
  return awsError(models.ConflictException, message)
}
