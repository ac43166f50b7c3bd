import { type AwsError, awsError, commonError } from '@cloud-orrery/models'
import {
  AlreadyExistsException,
  ChangeSetNotFoundException,
  InsufficientCapabilitiesException,
  InvalidChangeSetStatusException,
  LimitExceededException,
  TokenAlreadyExistsException,
  TypeNotFoundException,
} from '@cloud-orrery/models/cloudformation'

/** What CloudFormation answers to almost everything that is wrong with a request or a template. */
export function validationError(message: string): AwsError {
  return awsError(commonError('ValidationError', 400), message)
}

/** Prefix of whatever is wrong with a template's structure. */
export function templateFormatError(message: string): AwsError {
  return validationError(`Template format error: ${message}`)
}

/** Prefix of whatever is wrong with the use of an intrinsic function. */
export function templateError(message: string): AwsError {
  return validationError(`Template error: ${message}`)
}

/** Known on AWS, absent here: refused by name. */
export function notModelled(what: string): AwsError {
  return awsError(
    commonError('NotImplemented', 501),
    `Orrery does not model ${what}. The coverage page of cloudformation lists what it does.`,
  )
}

export function accessDenied(message: string): AwsError {
  return awsError(commonError('AccessDenied', 403), message)
}

export function stackExists(name: string): AwsError {
  return awsError(AlreadyExistsException, `Stack [${name}] already exists`)
}

/** DescribeStacks and most others. Recorded: test_name_conflicts. */
export function stackWithIdMissing(name: string): AwsError {
  return validationError(`Stack with id ${name} does not exist`)
}

/** Events, updates, change sets. Recorded: test_describe_stack_events_errors. */
export function stackMissing(name: string): AwsError {
  return validationError(`Stack [${name}] does not exist`)
}

export function resourceMissing(logicalId: string, stackName: string): AwsError {
  return validationError(`Resource ${logicalId} does not exist for stack ${stackName}`)
}

/** Recorded: test_update_deleted_stack. `verb`: `updated`, or what else was asked. */
export function stackNotReady(stackId: string, status: string, verb = 'updated'): AwsError {
  return validationError(`Stack:${stackId} is in ${status} state and can not be ${verb}.`)
}

export function changeSetMissing(name: string): AwsError {
  return awsError(ChangeSetNotFoundException, `ChangeSet [${name}] does not exist`)
}

export function changeSetNotReady(arn: string, status: string, executionStatus: string): AwsError {
  return awsError(
    InvalidChangeSetStatusException,
    `ChangeSet [${arn}] cannot be executed in its current status of [${executionStatus === 'UNAVAILABLE' || status !== 'CREATE_COMPLETE' ? status : executionStatus}]`,
  )
}

export function changeSetNotDeletable(arn: string, status: string): AwsError {
  return awsError(
    InvalidChangeSetStatusException,
    `ChangeSet [${arn}] cannot be deleted in its current status of [${status}]`,
  )
}

export function insufficientCapabilities(missing: readonly string[]): AwsError {
  return awsError(
    InsufficientCapabilitiesException,
    `Requires capabilities : [${missing.join(', ')}]`,
  )
}

export function limitExceeded(message: string): AwsError {
  return awsError(LimitExceededException, message)
}

export function tokenExists(token: string): AwsError {
  return awsError(
    TokenAlreadyExistsException,
    `Token ${token} is already used by another stack operation`,
  )
}

export function typeMissing(typeName: string): AwsError {
  return awsError(TypeNotFoundException, `The type '${typeName}' cannot be found.`)
}

export function noUpdates(): AwsError {
  return validationError('No updates are to be performed.')
}

/** Recorded: test_update_with_role_without_permissions. */
export function roleNotAssumable(roleArn: string): AwsError {
  return validationError(`Role ${roleArn} is invalid or cannot be assumed`)
}

export function terminationProtected(stackName: string): AwsError {
  return validationError(
    `Stack [${stackName}] cannot be deleted while TerminationProtection is enabled`,
  )
}

export function exportInUse(
  name: string,
  stackName: string,
  verb: 'deleted' | 'updated',
): AwsError {
  return verb === 'deleted'
    ? validationError(`Export ${name} cannot be deleted as it is in use by ${stackName}`)
    : validationError(`Export ${name} cannot be updated as it is in use by ${stackName}`)
}

export function alreadyExists(message: string): AwsError {
  return awsError(AlreadyExistsException, message)
}
