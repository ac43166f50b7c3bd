import { type AwsError, awsError } from '@cloud-orrery/models'
import * as model from '@cloud-orrery/models/scheduler'

/** Recorded: scheduler, `tests_create_schedule_with_invalid_schedule_expression`. */
export function invalidExpression(expression: string): AwsError {
  return invalid(`Invalid Schedule Expression ${expression}.`)
}

/** Source: users' reports of CreateSchedule. */
export function roleNotAssumable(): AwsError {
  return invalid(
    'The execution role you provide must allow AWS EventBridge Scheduler to assume the role.',
  )
}

/** Source: users' reports of UpdateSchedule. */
export function scheduleNotFound(name: string): AwsError {
  return notFound(`Schedule ${name} does not exist.`)
}

export function groupNotFound(name: string): AwsError {
  return notFound(`Schedule group ${name} does not exist.`)
}

export function scheduleExists(name: string): AwsError {
  return awsError(model.ConflictException, `Schedule ${name} already exists.`)
}

export function groupExists(name: string): AwsError {
  return awsError(model.ConflictException, `Schedule group ${name} already exists.`)
}

/** The words are ours. */
export function groupDeleting(name: string): AwsError {
  return awsError(model.ConflictException, `Schedule group ${name} is being deleted.`)
}

export function quotaExceeded(message: string): AwsError {
  return awsError(model.ServiceQuotaExceededException, message)
}

export function invalidToken(): AwsError {
  return invalid('Invalid NextToken.')
}

/** Another service failed or was busy. The words are ours: AWS's name no reason. */
export function serviceFailure(message: string): AwsError {
  return awsError(model.InternalServerException, message)
}

export function invalid(message: string): AwsError {
  return awsError(model.ValidationException, message)
}

function notFound(message: string): AwsError {
  return awsError(model.ResourceNotFoundException, message)
}
