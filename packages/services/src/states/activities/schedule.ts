import { orderedKey } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'
import { textOf } from '../asl/json.ts'
import type { TaskOutcome, TaskRequest } from '../executions/contract.ts'
import { activities, activityTasks } from '../state.ts'

/** Puts the task of a state where workers of its activity find it. */
export function scheduleActivity(ctx: Context, request: TaskRequest): TaskOutcome {
  const { arn } = request.resource
  if (!activities.has(ctx, arn)) {
    return { kind: 'failed', error: 'States.Runtime', cause: `The activity ${arn} does not exist` }
  }
  let last = 0
  for (const { number } of activityTasks.scan(ctx, {
    prefix: orderedKey(arn, ''),
    reverse: true,
  })) {
    last = number
    break
  }
  activityTasks.put(ctx, {
    activityArn: arn,
    number: last + 1,
    token: request.token,
    input: textOf(request.parameters),
  })
  ctx.wake(waitKey(ctx, arn), 1)
  return { kind: 'pending' }
}

/** For what workers of an activity wait. */
export function waitKey({ accountId, region }: Context, activityArn: string): string {
  return `states.activity/${accountId}/${region}/${activityArn}`
}
