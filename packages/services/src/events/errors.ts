import { type AwsError, awsError, commonError } from '@cloud-orrery/models'
import {
  IllegalStatusException,
  InvalidEventPatternException,
  LimitExceededException,
  ManagedRuleException,
  PolicyLengthExceededException,
  ResourceAlreadyExistsException,
  ResourceNotFoundException,
} from '@cloud-orrery/models/events'

const ValidationException = commonError('ValidationException', 400)

export function invalid(message: string): AwsError {
  return awsError(ValidationException, message)
}

/** Recorded: events. */
export function invalidParameter(name: string, reason?: string): AwsError {
  const tail = reason === undefined ? '' : ` Reason: ${reason}`
  return invalid(`Parameter ${name} is not valid.${tail}`)
}

/** Recorded: events, TestEventPattern. */
export function invalidPattern(reason: string): AwsError {
  return awsError(InvalidEventPatternException, `Event pattern is not valid. Reason: ${reason}`)
}

/** Recorded: events. */
export function busNotFound(name: string): AwsError {
  return awsError(ResourceNotFoundException, `Event bus ${name} does not exist.`)
}

/** Recorded: events. */
export function busExists(name: string): AwsError {
  return awsError(ResourceAlreadyExistsException, `Event bus ${name} already exists.`)
}

/** Recorded: events. */
export function ruleNotFound(name: string, bus: string): AwsError {
  return awsError(ResourceNotFoundException, `Rule ${name} does not exist on EventBus ${bus}.`)
}

export function ruleHasTargets(): AwsError {
  return invalid("Rule can't be deleted since it has targets.")
}

export function ruleIsManaged(rule: string, service: string): AwsError {
  return awsError(
    ManagedRuleException,
    `Rule ${rule} is managed by ${service} and can only be changed by it.`,
  )
}

export function reservedTag(): AwsError {
  return invalid('aws: prefixed tag key names are not allowed for external use.')
}

/** Recorded: events. */
export function limitExceeded(): AwsError {
  return awsError(
    LimitExceededException,
    'The requested resource exceeds the maximum number allowed.',
  )
}

/** Recorded: events. */
export function statementNotFound(): AwsError {
  return awsError(ResourceNotFoundException, 'Statement with the provided id does not exist.')
}

export function noPolicy(bus: string): AwsError {
  return awsError(ResourceNotFoundException, `EventBus ${bus} does not have a policy.`)
}

export function policyTooLong(): AwsError {
  return awsError(
    PolicyLengthExceededException,
    'The provided policy exceeds the maximum length allowed for a resource policy.',
  )
}

/** Recorded: events. */
export function archiveExists(name: string): AwsError {
  return awsError(ResourceAlreadyExistsException, `Archive ${name} already exists.`)
}

export function archiveNotFound(name: string): AwsError {
  return awsError(ResourceNotFoundException, `Archive ${name} does not exist.`)
}

/** Recorded: events. */
export function replayExists(name: string): AwsError {
  return awsError(ResourceAlreadyExistsException, `Replay ${name} already exists.`)
}

export function replayNotFound(name: string): AwsError {
  return awsError(ResourceNotFoundException, `Replay ${name} does not exist.`)
}

export function replayNotCancellable(name: string): AwsError {
  return awsError(
    IllegalStatusException,
    `Replay ${name} is not in a valid state for this operation.`,
  )
}

/** What a delivery meets that is no call's answer: it ends in the dead-letter queue under this code. */
export function undeliverable(code: string, message: string): AwsError {
  return awsError(commonError(code, 400), message)
}
