import { orderedKey } from '@cloud-orrery/kernel'
import type { Context } from '../context.ts'
import { measure } from '../shared/metrics.ts'
import type { Engine } from './executions/contract.ts'
import type { Execution } from './executions/state.ts'
import { tellWaiting } from './integrations/awaited.ts'
import { eventPayloadBytesMax } from './limits.ts'
import { finishDeletion } from './machines/deletion.ts'
import { openExecutions } from './state.ts'

/** What follows from the beginning and the end of an execution, and from its redrive. */
export function statusChanged(ctx: Context, execution: Execution, engine: Engine): void {
  measureStatus(ctx, execution)
  if (execution.type === 'STANDARD') emitStatus(ctx, execution, engine)
  const { stateMachineArn, executionArn } = execution
  if (execution.status === 'RUNNING') {
    openExecutions.put(ctx, { stateMachineArn, executionArn })
    return
  }
  openExecutions.delete(ctx, orderedKey(stateMachineArn, executionArn))
  finishDeletion(ctx, stateMachineArn)
  tellWaiting(ctx, execution, engine)
}

const metricsByStatus: Readonly<Record<string, string>> = {
  RUNNING: 'ExecutionsStarted',
  SUCCEEDED: 'ExecutionsSucceeded',
  FAILED: 'ExecutionsFailed',
  TIMED_OUT: 'ExecutionsTimedOut',
  ABORTED: 'ExecutionsAborted',
}

/** Source: Step Functions Developer Guide, "Monitoring Step Functions metrics using CloudWatch". */
function measureStatus(ctx: Context, execution: Execution): void {
  const { status, stateMachineArn: StateMachineArn, startedAtMs, stoppedAtMs } = execution
  const series = { namespace: 'AWS/States', dimensions: { StateMachineArn } }
  const name = metricsByStatus[status]
  if (name !== undefined) measure(ctx, { ...series, name, value: 1, unit: 'Count' })
  if (stoppedAtMs === undefined || status === 'RUNNING') return
  const value = stoppedAtMs - startedAtMs
  measure(ctx, { ...series, name: 'ExecutionTime', value, unit: 'Milliseconds' })
}

/** Source: Step Functions Developer Guide, "Automating event delivery with EventBridge". Express ones have none. */
function emitStatus(ctx: Context, execution: Execution, engine: Engine): void {
  const { executionArn, input, output = null, error = null, cause = null } = execution
  const { status, reason = null } = engine.redriveStatus(ctx, execution)
  const isSmall = (text: string) => Buffer.byteLength(text) <= eventPayloadBytesMax
  const showsInput = isSmall(input)
  const showsOutput = output === null || isSmall(input + output)
  ctx.emit({
    source: 'aws.states',
    detailType: 'Step Functions Execution Status Change',
    resources: [executionArn],
    detail: {
      executionArn,
      stateMachineArn: execution.stateMachineArn,
      stateMachineVersionArn: execution.stateMachineVersionArn ?? null,
      stateMachineAliasArn: execution.stateMachineAliasArn ?? null,
      name: execution.name,
      status: execution.status,
      startDate: execution.startedAtMs,
      stopDate: execution.stoppedAtMs ?? null,
      input: showsInput ? input : null,
      inputDetails: { included: showsInput },
      output: showsOutput ? output : null,
      outputDetails: output === null ? null : { included: showsOutput },
      error,
      cause,
      redriveCount: execution.redriveCount,
      redriveDate: execution.redrivenAtMs ?? null,
      redriveStatus: status,
      redriveStatusReason: reason,
    },
  })
}
