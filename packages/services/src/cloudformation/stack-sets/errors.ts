import { type AwsError, awsError } from '@cloud-orrery/models'
import {
  InvalidOperationException,
  NameAlreadyExistsException,
  OperationIdAlreadyExistsException,
  OperationInProgressException,
  OperationNotFoundException,
  StackInstanceNotFoundException,
  StackSetNotEmptyException,
  StackSetNotFoundException,
} from '@cloud-orrery/models/cloudformation'
import { validationError } from '../errors.ts'
import type { StackSet } from './state.ts'

/** Recorded: test_fetch_non_existent_stack_set_instances. */
export function stackSetMissing(name: string): AwsError {
  return awsError(StackSetNotFoundException, `StackSet ${name} not found`)
}

/** Source: Reachability Analyzer guide, "Troubleshoot cross-account analyses". */
export function stackSetExists(): AwsError {
  return awsError(NameAlreadyExistsException, 'StackSet already exists')
}

/** Source: as above. */
export function stackSetNotEmpty(): AwsError {
  return awsError(StackSetNotEmptyException, 'StackSet is not empty')
}

/** Source: user reports. */
export function operationInProgress({ arn }: StackSet, operationId: string): AwsError {
  return awsError(
    OperationInProgressException,
    `Another Operation on StackSet ${arn} is in progress: ${operationId}`,
  )
}

export function operationMissing(operationId: string): AwsError {
  return awsError(OperationNotFoundException, `Operation ${operationId} not found`)
}

export function operationExists(operationId: string): AwsError {
  return awsError(OperationIdAlreadyExistsException, `Operation ${operationId} already exists`)
}

export function operationEnded(operationId: string, status: string): AwsError {
  return awsError(
    InvalidOperationException,
    `Operation ${operationId} is in ${status} state and can not be stopped.`,
  )
}

export function instanceMissing(account: string, region: string): AwsError {
  return awsError(
    StackInstanceNotFoundException,
    `Stack instance for account ${account} and region ${region} not found`,
  )
}

/** Source: user reports. What an account without an organization is told. */
export function organizationsNeeded(): AwsError {
  return validationError(
    'You must enable organizations access to operate a service managed stack set',
  )
}
