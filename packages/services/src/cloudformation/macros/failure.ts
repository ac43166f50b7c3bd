import { AwsError, commonError } from '@cloud-orrery/models'

/**
 * A transform that failed, or that made no template. AWS says so in the change set or in the events of the
 * stack, not in the answer to the request. Recorded: TestMacros::test_failed_state.
 */
export class TransformFailure extends AwsError {
  constructor(message: string) {
    super(commonError('ValidationError', 400), message)
  }
}
