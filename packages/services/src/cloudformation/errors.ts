import { AwsError, awsError, commonError } from '@cloud-orrery/models'
import {
  AlreadyExistsException,
  ChangeSetNotFoundException,
  InsufficientCapabilitiesException,
  InvalidChangeSetStatusException,
  LimitExceededException,
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

/** Recorded: test_empty_changeset. A change set that was executed shows how that went. */
export function changeSetNotReady(arn: string, status: string, executionStatus: string): AwsError {
  const executed = status === 'CREATE_COMPLETE' && executionStatus !== 'UNAVAILABLE'
  return awsError(
    InvalidChangeSetStatusException,
    `ChangeSet [${arn}] cannot be executed in its current status of [${executed ? executionStatus : status}]`,
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

/**
 * A transform that failed, or that made no template. AWS says so in the change set or in the events of the
 * stack, not in the answer to the request. Recorded: TestMacros::test_failed_state.
 */
export class TransformFailure extends AwsError {
  constructor(message: string) {
    super(commonError('ValidationError', 400), message)
  }
}
