import { RedriveExecution, StopExecution } from '@cloud-orrery/models/states'
import { operation } from '../define.ts'
import { executionAuthorization } from './access.ts'
import { theExecution } from './describe-execution.ts'
import { engine } from './engine.ts'
import { executionMissing, notRedrivable } from './errors.ts'

export const stopExecution = operation(StopExecution, {
  authorize: ({ executionArn }, ctx) => executionAuthorization(ctx, executionArn),
  provenance: 'modelled',
  run(ctx, { executionArn, error, cause }) {
    theExecution(ctx, executionArn)
    const stopped = engine.stopExecution(ctx, executionArn, {
      ...(error === undefined ? {} : { error }),
      ...(cause === undefined ? {} : { cause }),
    })
    if (stopped === undefined) throw executionMissing(executionArn)
    return { stopDate: stopped.stoppedAtMs ?? ctx.now() }
  },
})

export const redriveExecution = operation(RedriveExecution, {
  authorize: ({ executionArn }, ctx) => executionAuthorization(ctx, executionArn),
  provenance: 'modelled',
  run(ctx, { executionArn, clientToken }) {
    const execution = theExecution(ctx, executionArn)
    const before =
      clientToken === undefined ? undefined : engine.redrivenBefore(ctx, execution, clientToken)
    if (before !== undefined) return { redriveDate: before }
    const { status, reason = '' } = engine.redriveStatus(ctx, execution)
    if (status !== 'REDRIVABLE') throw notRedrivable(executionArn, reason)
    const redriven = engine.redriveExecution(ctx, executionArn, clientToken)
    return { redriveDate: redriven.redrivenAtMs ?? ctx.now() }
  },
})
