import {
  type AwsError,
  awsError,
  commonError,
  type ErrorDescriptor,
  errorDescriptor,
  type Violation,
} from '@cloud-orrery/models'
import * as model from '@cloud-orrery/models/sqs'
import { isThrottle } from '../shared/transient-errors.ts'

/*
 * Errors that the model does not list. JSON clients see the name, query clients (and JSON clients in the
 * header `x-amzn-query-error`) the code. Recorded: sqs, the same failures in both protocols.
 */
const InvalidParameterValue = errorDescriptor('InvalidParameterValueException', 400, 'client', {
  code: 'InvalidParameterValue',
  status: 400,
})
const MissingParameter = errorDescriptor('MissingRequiredParameterException', 400, 'client', {
  code: 'MissingParameter',
  status: 400,
})
const AccessDenied = errorDescriptor('AccessDeniedException', 403, 'client', {
  code: 'AccessDenied',
  status: 403,
})

export function accessDenied(message: string): AwsError {
  return awsError(AccessDenied, message)
}

const messageAttribute = /^(entries\.\d+\.member\.)?message(System)?Attributes\./

/**
 * What the model forbids, in SQS's words: one complaint, the first. Names of attributes the operations judge
 * themselves, since the model knows fewer than SQS takes; and what a message's attributes lack.
 */
export function invalidInput(
  _message: string,
  violations: readonly Violation[],
  { operation }: { readonly operation: string },
): AwsError | undefined {
  const missing = violations.find(
    ({ kind, path }) => kind === 'required' && !messageAttribute.test(path),
  )
  if (missing === undefined) return undefined
  const [, index, member] = /^entries\.(\d+)\.member\.(.*)$/.exec(missing.path) ?? []
  if (index === undefined || member === undefined) return missingParameter(upperFirst(missing.path))
  return missingParameter(`${operation}RequestEntry.${index}.${upperFirst(member)}`)
}

function upperFirst(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}

/** Recorded: sqs, SendMessage. */
export function missingParameter(name: string): AwsError {
  return awsError(MissingParameter, `The request must contain the parameter ${name}.`)
}

export function invalidParameter(message: string): AwsError {
  return awsError(InvalidParameterValue, message)
}

/** Recorded: sqs, ReceiveMessage and others. */
export function invalidValue(value: string | number, parameter: string, reason: string): AwsError {
  return invalidParameter(`Value ${value} for parameter ${parameter} is invalid. Reason: ${reason}`)
}

/** Recorded: sqs, SetQueueAttributes and CreateQueue. */
export function unknownAttribute(name: string): AwsError {
  return awsError(model.InvalidAttributeName, `Unknown Attribute ${name}.`)
}

export function invalidAttributeName(message: string): AwsError {
  return awsError(model.InvalidAttributeName, message)
}

export function invalidAttributeValue(name: string, reason?: string): AwsError {
  const why = reason === undefined ? '' : ` Reason: ${reason}`
  return awsError(model.InvalidAttributeValue, `Invalid value for the parameter ${name}.${why}`)
}

/**
 * Recorded: sqs, GetQueueAttributes.
 * Deviation: query clients read the same words; AWS tells them "... does not exist for this wsdl version."
 */
export function queueDoesNotExist(): AwsError {
  return awsError(model.QueueDoesNotExist, 'The specified queue does not exist.')
}

export function invalidAddress(address: string): AwsError {
  return awsError(model.InvalidAddress, `The address ${address} is not valid for this endpoint.`)
}

/** Recorded: sqs, CreateQueue. */
export function queueNameExists(attribute: string): AwsError {
  return awsError(
    model.QueueNameExists,
    `A queue already exists with the same name and a different value for attribute ${attribute}`,
  )
}

export function queueDeletedRecently(): AwsError {
  return awsError(
    model.QueueDeletedRecently,
    'You must wait 60 seconds after deleting a queue before you can create another with the same name.',
  )
}

export function invalidQueueName(): AwsError {
  return invalidParameter(
    'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
  )
}

export function invalidFifoQueueName(): AwsError {
  return invalidParameter(
    'The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length.',
  )
}

/** Recorded: sqs, PurgeQueue. */
export function purgeInProgress(queueName: string): AwsError {
  return awsError(
    model.PurgeQueueInProgress,
    `Only one PurgeQueue operation on ${queueName} is allowed every 60 seconds.`,
  )
}

/** Recorded: sqs, SetQueueAttributes. */
export function twoKindsOfEncryption(): AwsError {
  return invalidAttributeName(
    'You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.',
  )
}

/** Recorded: sqs, SendMessage. */
export function messageTooLong(bytesMax: number): AwsError {
  return invalidParameter(
    `One or more parameters are invalid. Reason: Message must be shorter than ${bytesMax} bytes.`,
  )
}

export function invalidMessageContents(): AwsError {
  return awsError(
    model.InvalidMessageContents,
    'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF',
  )
}

/** Recorded: sqs, SendMessageBatch. */
export function noDeduplicationId(): AwsError {
  return invalidParameter(
    'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
  )
}

export function emptyBatch(entryName: string): AwsError {
  return awsError(
    model.EmptyBatchRequest,
    `There should be at least one ${entryName} in the request.`,
  )
}

/** Recorded: sqs, DeleteMessageBatch. */
export function tooManyEntries(count: number, entriesMax: number): AwsError {
  return awsError(
    model.TooManyEntriesInBatchRequest,
    `Maximum number of entries per request are ${entriesMax}. You have sent ${count}.`,
  )
}

/** Recorded: sqs, SendMessageBatch. */
export function invalidBatchEntryId(): AwsError {
  return awsError(
    model.InvalidBatchEntryId,
    'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
  )
}

export function batchIdsNotDistinct(id: string): AwsError {
  return awsError(model.BatchEntryIdsNotDistinct, `Id ${id} repeated.`)
}

/** Recorded: sqs, SendMessageBatch. */
export function batchTooLong(bytes: number, bytesMax: number): AwsError {
  return awsError(
    model.BatchRequestTooLong,
    `Batch requests cannot be longer than ${bytesMax} bytes. You have sent ${bytes} bytes.`,
  )
}

export function receiptHandleIsInvalid(handle: string): AwsError {
  return awsError(
    model.ReceiptHandleIsInvalid,
    `The input receipt handle "${handle}" is not a valid receipt handle.`,
  )
}

/** Recorded: sqs, DeleteMessage. */
export function receiptHandleExpired(handle: string): AwsError {
  return invalidValue(handle, 'ReceiptHandle', 'The receipt handle has expired.')
}

export function notAvailableForVisibilityChange(handle: string): AwsError {
  return invalidValue(
    handle,
    'ReceiptHandle',
    'Message does not exist or is not available for visibility timeout change.',
  )
}

/** Source: an answer of SQS quoted by a user, 2014. */
export function tooManyInFlight(): AwsError {
  return awsError(
    model.OverLimit,
    'Too many messages have been received without being deleted.\nPlease delete your received messages or let them timeout before receiving more.',
  )
}

/** Recorded: sqs, StartMessageMoveTask and CancelMessageMoveTask. */
export function resourceNotFound(parameter: string): AwsError {
  return awsError(
    model.ResourceNotFoundException,
    `The resource that you specified for the ${parameter} parameter doesn't exist.`,
  )
}

export function unsupportedOperation(message: string): AwsError {
  return awsError(model.UnsupportedOperation, message)
}

const kmsRefusals: Readonly<Record<string, ErrorDescriptor>> = {
  AccessDeniedException: model.KmsAccessDenied,
  DisabledException: model.KmsDisabled,
  InvalidKeyUsageException: model.KmsInvalidKeyUsage,
  KMSInvalidStateException: model.KmsInvalidState,
  NotFoundException: model.KmsNotFound,
}

/** A refusal of KMS under SQS's code for it. The words for the others are ours: SQS has no code for them. */
export function kmsRefusal(error: AwsError, message: string): AwsError {
  const descriptor = isThrottle(error) ? model.KmsThrottled : kmsRefusals[error.code]
  if (descriptor !== undefined) return awsError(descriptor, message)
  return awsError(commonError('InternalFailure', 500), message)
}

export function overLimitOfActions(count: number, actionsMax: number): AwsError {
  return awsError(model.OverLimit, `${count} Actions were found, maximum allowed is ${actionsMax}.`)
}

export function unknownSharedAction(action: string): AwsError {
  return invalidValue(
    `SQS:${action}`,
    'ActionName',
    'Only the queue owner is allowed to invoke this action.',
  )
}

/** Recorded: sqs, StartMessageMoveTask. */
export function moveTaskRunning(): AwsError {
  return invalidParameter(
    'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
  )
}

export function moveTaskNotRunning(): AwsError {
  return invalidParameter('Only active tasks can be cancelled.')
}

export function noSuchMoveTask(): AwsError {
  return awsError(model.ResourceNotFoundException, 'Task does not exist.')
}
