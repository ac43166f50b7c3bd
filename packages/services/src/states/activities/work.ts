import { orderedKey } from '@cloud-orrery/kernel'
import { GetActivityTask } from '@cloud-orrery/models/states'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { activityAuthorization } from '../access.ts'
import { engine } from '../engine.ts'
import { activityPollMs } from '../limits.ts'
import { activityHolder, openEncrypted } from '../machines/encryption.ts'
import { type ActivityTask, activityTasks } from '../state.ts'
import { theActivity } from './activities.ts'
import { waitKey } from './schedule.ts'

/** Waits for work for a minute; then the answer has no token. Source: Step Functions API Reference, GetActivityTask. */
export const getActivityTask = operation(GetActivityTask, {
  authorize: ({ activityArn }, ctx) => activityAuthorization(ctx, activityArn),
  provenance: 'recorded',
  async run(ctx, { activityArn, workerName }) {
    const { encryption } = theActivity(ctx, activityArn)
    await openEncrypted(ctx, encryption, activityHolder(activityArn))
    const untilMs = ctx.now() + activityPollMs
    for (;;) {
      const task = takeTask(ctx, activityArn, workerName)
      if (task !== undefined) return { taskToken: task.token, input: task.input }
      if (!(await ctx.wait(waitKey(ctx, activityArn), untilMs))) return {}
    }
  },
})

/** The oldest task whose state still waits. Those that ended meanwhile are forgotten. */
function takeTask(
  ctx: Context,
  activityArn: string,
  workerName: string | undefined,
): ActivityTask | undefined {
  for (const task of activityTasks.scan(ctx, { prefix: orderedKey(activityArn, '') })) {
    activityTasks.delete(ctx, orderedKey(activityArn, task.number))
    if (engine.activityStarted(ctx, task.token, workerName) === 'accepted') return task
  }
  return undefined
}
