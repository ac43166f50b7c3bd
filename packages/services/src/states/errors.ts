import { type AwsError, awsError, commonError } from '@cloud-orrery/models'
import {
  ActivityDoesNotExist,
  ActivityLimitExceeded,
  ConflictException,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  ExecutionNotRedrivable,
  InvalidArn,
  InvalidDefinition,
  InvalidEncryptionConfiguration,
  InvalidExecutionInput,
  InvalidLoggingConfiguration,
  InvalidName,
  InvalidOutput,
  InvalidToken,
  KmsAccessDeniedException,
  KmsInvalidStateException,
  KmsThrottlingException,
  MissingRequiredParameter,
  ResourceNotFound,
  ServiceQuotaExceededException,
  StateMachineAlreadyExists,
  StateMachineDeleting,
  StateMachineDoesNotExist,
  StateMachineLimitExceeded,
  StateMachineTypeNotSupported,
  TaskDoesNotExist,
  TaskTimedOut,
  TooManyTags,
  ValidationException,
} from '@cloud-orrery/models/states'

/** Recorded: states, CreateStateMachine, 2023. */
export function invalidDefinition(reason: string): AwsError {
  return awsError(InvalidDefinition, `Invalid State Machine Definition: '${reason}'`)
}

/** Recorded: states, CreateActivity, 2025. */
export function invalidName(name: string): AwsError {
  return awsError(InvalidName, `Invalid Name: '${name}'`)
}

/** Recorded: states, DescribeStateMachine, 2024. */
export function invalidArnPrefix(arn: string): AwsError {
  return awsError(InvalidArn, `Invalid Arn: 'Invalid ARN prefix: ${arn}'`)
}

/** Observed on AWS: states, StartExecution with the ARN of something else. */
export function wrongResourceType(type: string): AwsError {
  return awsError(InvalidArn, `Invalid Arn: 'Resource type not valid in this context: ${type}'`)
}

/** Recorded: states, 2023. */
export function stateMachineExists(arn: string): AwsError {
  return awsError(StateMachineAlreadyExists, `State Machine Already Exists: '${arn}'`)
}

/** Recorded: states, 2023. */
export function stateMachineMissing(arn: string): AwsError {
  return awsError(StateMachineDoesNotExist, `State Machine Does Not Exist: '${arn}'`)
}

export function stateMachineDeleting(arn: string): AwsError {
  return awsError(StateMachineDeleting, `State Machine Deleting: '${arn}'`)
}

/** Observed on AWS: states, StartSyncExecution of a Standard state machine. */
export function wrongMachineType(): AwsError {
  return awsError(
    StateMachineTypeNotSupported,
    'This operation is not supported by this type of state machine',
  )
}

export function tooManyStateMachines(): AwsError {
  return awsError(
    StateMachineLimitExceeded,
    'The maximum number of state machines has been reached',
  )
}

/** Recorded: states, CreateStateMachine, 2024. */
export function invalidLogging(reason: string): AwsError {
  return awsError(InvalidLoggingConfiguration, `Invalid Logging Configuration: ${reason}`)
}

export function invalidEncryption(reason: string): AwsError {
  return awsError(InvalidEncryptionConfiguration, `Invalid Encryption Configuration: ${reason}`)
}

export function kmsDenied(reason: string): AwsError {
  return awsError(KmsAccessDeniedException, reason)
}

export function kmsKeyInWrongState(state: string, reason: string): AwsError {
  return awsError(KmsInvalidStateException, reason, { fields: { kmsKeyState: state } })
}

/** Source: the API model's own words. */
export function kmsThrottled(reason: string): AwsError {
  return awsError(KmsThrottlingException, reason)
}

/** Recorded: states, UpdateStateMachine, 2023. */
export function nothingToUpdate(): AwsError {
  return awsError(
    MissingRequiredParameter,
    'Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified',
  )
}

/** Recorded: states, DeleteStateMachineVersion, 2025. */
export function versionInUse(aliases: readonly string[]): AwsError {
  return awsError(
    ConflictException,
    `Version to be deleted must not be referenced by an alias. Current list of aliases referencing this version: [${aliases.join(', ')}]`,
  )
}

export function revisionConflict(revisionId: string): AwsError {
  return awsError(
    ConflictException,
    `The provided revisionId '${revisionId}' does not match the current revision of the state machine`,
  )
}

export function aliasExists(arn: string): AwsError {
  return awsError(ConflictException, `State Machine Alias Already Exists: '${arn}'`)
}

export function quotaExceeded(what: string): AwsError {
  return awsError(ServiceQuotaExceededException, `The maximum number of ${what} has been reached`)
}

/** Recorded: states, UpdateStateMachineAlias, 2025. */
export function aliasMissing(): AwsError {
  return awsError(ResourceNotFound, 'Request references a resource that does not exist.')
}

/** Recorded: states, TagResource, 2023. */
export function resourceMissing(arn: string): AwsError {
  return awsError(ResourceNotFound, `Resource not found: '${arn}'`, {
    fields: { resourceName: arn },
  })
}

export function tooManyTags(arn: string): AwsError {
  return awsError(TooManyTags, `Too many tags: '${arn}'`, { fields: { resourceName: arn } })
}

/** Recorded: states, CreateStateMachineAlias and TestState, 2025. */
export function invalid(message: string): AwsError {
  return awsError(ValidationException, message)
}

/** Recorded: states, ListStateMachineAliases, 2025. */
export function invalidToken(): AwsError {
  return awsError(InvalidToken, "Invalid Token: 'Invalid token'")
}

/** Recorded: states, StartExecution, 2023. */
export function invalidInput(reason: string): AwsError {
  return awsError(InvalidExecutionInput, `Invalid State Machine Execution Input: '${reason}'`)
}

/** Observed on AWS: states, StartExecution. */
export function executionExists(arn: string): AwsError {
  return awsError(ExecutionAlreadyExists, `Execution Already Exists: '${arn}'`)
}

/** Observed on AWS: states, DescribeExecution. */
export function executionMissing(arn: string): AwsError {
  return awsError(ExecutionDoesNotExist, `Execution Does Not Exist: '${arn}'`)
}

export function notRedrivable(arn: string, reason: string): AwsError {
  return awsError(ExecutionNotRedrivable, `Execution ${arn} is not redrivable. ${reason}`)
}

export function tooManyActivities(): AwsError {
  return awsError(ActivityLimitExceeded, 'The maximum number of activities has been reached')
}

/** Recorded: states, DescribeActivity, 2025. */
export function activityMissing(arn: string): AwsError {
  return awsError(ActivityDoesNotExist, `Activity Does Not Exist: '${arn}'`)
}

/** Observed on AWS: states, SendTaskSuccess of a task that has ended. */
export function taskTimedOut(): AwsError {
  return awsError(TaskTimedOut, "Task Timed Out: 'Provided task does not exist anymore'")
}

export function taskMissing(): AwsError {
  return awsError(TaskDoesNotExist, "Task Does Not Exist: 'Provided task does not exist'")
}

export function invalidOutput(reason: string): AwsError {
  return awsError(InvalidOutput, `Invalid Output: '${reason}'`)
}

/** Observed on AWS: states, CreateStateMachine with a role that does not trust Step Functions. */
export function roleNotAssumable(): AwsError {
  return awsError(
    commonError('AccessDeniedException', 400),
    'Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role.',
  )
}

/** Another service failed or was busy. Source: API reference, "Common errors"; the words are ours. */
export function serviceFailure(message: string): AwsError {
  return awsError(commonError('InternalFailure', 500), message)
}

/** Observed on AWS: states, CreateStateMachine with a role that may not see log groups. */
export function logsDenied(): AwsError {
  return awsError(
    commonError('AccessDeniedException', 400),
    'The state machine IAM Role is not authorized to access the Log Destination',
  )
}

/** What CloudFormation says of properties that do not go together; the words are ours. */
export function invalidRequest(reason: string): AwsError {
  return awsError(commonError('InvalidRequest', 400), reason)
}
