import { orderedKey } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'
import { aliases, openExecutions, stateMachines, versions } from '../state.ts'

/**
 * A machine that is being deleted is gone, with its versions and aliases, when its last execution has ended.
 * Source: Step Functions API Reference, DeleteStateMachine.
 */
export function finishDeletion(ctx: Context, arn: string): void {
  if (stateMachines.get(ctx, arn)?.status !== 'DELETING') return
  const prefix = orderedKey(arn, '')
  for (const _ of openExecutions.scan(ctx, { prefix })) return
  for (const { name } of [...aliases.scan(ctx, { prefix })]) {
    aliases.delete(ctx, orderedKey(arn, name))
  }
  for (const { number } of [...versions.scan(ctx, { prefix })]) {
    versions.delete(ctx, orderedKey(arn, number))
  }
  stateMachines.delete(ctx, arn)
}
