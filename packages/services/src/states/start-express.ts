import { operationDescriptor } from '@cloud-orrery/models'
import type { StartSyncExecutionInput } from '@cloud-orrery/models/states'

/**
 * StartSyncExecution as a task of another execution asks for it: nothing can wait within a task, so this answers
 * with the ARN of what has begun. No SDK can call it.
 */
export const StartExpress = operationDescriptor<StartSyncExecutionInput, { executionArn: string }>(
  'states',
  'StartExpress',
)
