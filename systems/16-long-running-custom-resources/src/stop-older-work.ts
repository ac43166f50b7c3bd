import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  SFNClient,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn'
import type { CloudFormationRequest, WorkflowInput } from './request.ts'

const states = new SFNClient({})

interface Question {
  readonly cfnEvent: CloudFormationRequest
  readonly execution: string
  readonly stateMachine: string
}

/**
 * Stops the work of earlier requests for the same resource. CloudFormation asks anew only when it has given up on them:
 * what they still did would come after what is asked now.
 */
export async function handler({ cfnEvent, execution, stateMachine }: Question) {
  const stopped: string[] = []
  for (const executionArn of await running(stateMachine)) {
    if (executionArn === execution) continue
    const { input = '{}' } = await states.send(new DescribeExecutionCommand({ executionArn }))
    const { cfnEvent: other } = JSON.parse(input) as Partial<WorkflowInput>
    const isSame =
      other?.StackId === cfnEvent.StackId && other.LogicalResourceId === cfnEvent.LogicalResourceId
    if (!isSame) continue
    const cause = `CloudFormation asks for ${cfnEvent.RequestType} by request ${cfnEvent.RequestId}`
    await states.send(new StopExecutionCommand({ executionArn, error: 'Superseded', cause }))
    stopped.push(executionArn)
  }
  return { stopped }
}

async function running(stateMachineArn: string): Promise<string[]> {
  const arns: string[] = []
  let nextToken: string | undefined
  do {
    const page = await states.send(
      new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING', nextToken }),
    )
    arns.push(...(page.executions ?? []).flatMap((it) => it.executionArn ?? []))
    nextToken = page.nextToken
  } while (nextToken !== undefined)
  return arns
}
