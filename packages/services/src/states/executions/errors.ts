import { type AwsError, awsError } from '@cloud-orrery/models'
import { InvalidDefinition } from '@cloud-orrery/models/states'

/** Recorded: states, TestState, 2025. */
export function mockRequired(): AwsError {
  return awsError(
    InvalidDefinition,
    'TestState API does not support Map or Parallel states. Supported state types include: [Task, Wait, Pass, Succeed, Fail, Choice]',
  )
}
