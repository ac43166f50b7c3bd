import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn'
import { answer } from './answer.ts'
import { answerByOf, type CloudFormationRequest, type WorkflowInput } from './request.ts'
import { retrying } from './retrying.ts'
import { setting } from './setting.ts'

/** One attempt a call: `retrying` has the pauses that were promised. */
const states = new SFNClient({ maxAttempts: 1 })

interface Context {
  readonly functionName: string
  readonly awsRequestId: string
  readonly logStreamName: string
}

/**
 * Hands a request over to the workflow. Where a wait condition waits for the work, CloudFormation is told at once that
 * it has begun; else the workflow's last state tells it that it is done.
 */
export async function handler(cfnEvent: CloudFormationRequest, context: Context): Promise<void> {
  const { functionName, awsRequestId, logStreamName } = context
  const cfnContext = { functionName, awsRequestId, logStreamName }
  const answerBy = answerByOf(cfnEvent)
  try {
    await start({ cfnEvent, cfnContext, answerBy })
  } catch (error) {
    const reason = `The workflow was not started: ${error instanceof Error ? `${error.name}: ${error.message}` : error}`
    await answer(cfnEvent, 'response', { ok: false, reason })
    return
  }
  if (answerBy === 'callback') await answer(cfnEvent, 'response', { ok: true, data: {} })
}

/** A request has one execution, whose name it is: Lambda may deliver it twice, or again after an error. */
async function start(input: WorkflowInput): Promise<void> {
  const command = new StartExecutionCommand({
    stateMachineArn: setting('SFN_ARN'),
    name: input.cfnEvent.RequestId,
    input: JSON.stringify(input),
  })
  try {
    await retrying(5000, () => states.send(command))
  } catch (error) {
    if (!(error instanceof ExecutionAlreadyExists)) throw error
  }
}
