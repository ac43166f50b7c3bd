import {
  type AwsError,
  awsError,
  commonError,
  type ErrorDescriptor,
  type Violation,
} from '@cloud-orrery/models'
import * as model from '@cloud-orrery/models/sns'
import { isThrottle } from '../shared/transient-errors.ts'

/** `Invalid parameter: ` and what is wrong: SNS's form for nearly everything. */
export function invalidParameter(what: string): AwsError {
  return awsError(model.InvalidParameterException, `Invalid parameter: ${what}`)
}

/** The few that come without the usual head. */
export function invalidParameterText(message: string): AwsError {
  return awsError(model.InvalidParameterException, message)
}

/** Recorded: sns, Publish, message attributes. */
export function parameterValueInvalid(message: string): AwsError {
  return awsError(model.InvalidParameterValueException, message)
}

export function topicNotFound(): AwsError {
  return awsError(model.NotFoundException, 'Topic does not exist')
}

export function subscriptionNotFound(): AwsError {
  return awsError(model.NotFoundException, 'Subscription does not exist')
}

/** Source: SNS API reference, TagResource; the words are those of other tag calls. */
export function resourceNotFound(): AwsError {
  return awsError(model.ResourceNotFoundException, 'Resource does not exist')
}

export function tagLimitExceeded(): AwsError {
  return awsError(
    model.TagLimitExceededException,
    'Could not complete request: tag quota of per resource exceeded',
  )
}

export function authorizationError(message: string): AwsError {
  return awsError(model.AuthorizationErrorException, message)
}

/** Recorded: sns, PublishBatch. */
export function tooManyEntries(): AwsError {
  return awsError(
    model.TooManyEntriesInBatchRequestException,
    'The batch request contains more entries than permissible.',
  )
}

export function emptyBatch(): AwsError {
  return awsError(
    model.EmptyBatchRequestException,
    "The batch request doesn't contain any entries.",
  )
}

export function entryIdsNotDistinct(): AwsError {
  return awsError(
    model.BatchEntryIdsNotDistinctException,
    'Two or more batch entries in the request have the same Id.',
  )
}

export function invalidEntryId(): AwsError {
  return awsError(
    model.InvalidBatchEntryIdException,
    "The Id of a batch entry in a batch request doesn't abide by the specification.",
  )
}

export function batchTooLong(): AwsError {
  return awsError(
    model.BatchRequestTooLongException,
    'The length of all the messages put together is more than the limit.',
  )
}

/** An endpoint that did not take a delivery, for the journal and the retries; no caller ever sees it. */
export function endpointFailed(status: number, message: string): AwsError {
  const code = status >= 500 || status === 0 ? 'EndpointUnavailable' : 'EndpointRefused'
  return awsError(commonError(code, status === 0 ? 503 : status), message)
}

/**
 * What the model forbids. Parameters of a call are complained of in SNS's own words; what lies deeper in
 * those of the model. Recorded: sns, Unsubscribe, and Publish, `fully_missing_data_type`.
 */
export function invalidInput(message: string, violations: readonly Violation[]): AwsError {
  const [first] = violations
  if (first?.kind === 'required' && !first.path.includes('.')) {
    const name = first.path.charAt(0).toUpperCase() + first.path.slice(1)
    return noValue(name)
  }
  return awsError(commonError('ValidationError', 400), message)
}

export function noValue(parameter: string): AwsError {
  return invalidParameter(`${parameter} Reason: no value for required parameter`)
}

const kmsRefusals: Readonly<Record<string, ErrorDescriptor>> = {
  AccessDeniedException: model.KMSAccessDeniedException,
  DisabledException: model.KMSDisabledException,
  KMSInvalidStateException: model.KMSInvalidStateException,
  NotFoundException: model.KMSNotFoundException,
}

/** A refusal of KMS under SNS's code for it; for the others SNS has no code. */
export function kmsRefusal(error: AwsError, message: string): AwsError {
  const descriptor = isThrottle(error) ? model.KMSThrottlingException : kmsRefusals[error.code]
  if (descriptor !== undefined) return awsError(descriptor, message)
  return awsError(commonError('InternalFailure', 500), message)
}
