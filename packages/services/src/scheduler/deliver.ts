import { AwsError } from '@cloud-orrery/models'
import { SendMessage } from '@cloud-orrery/models/sqs'
import type { CallOptions, Context } from '../context.ts'
import { task } from '../define.ts'
import { measure } from '../shared/metrics.ts'
import { isThrottle, isTransient } from '../shared/transient-errors.ts'
import { filledIn } from './input.ts'
import { type Invocation, seconds } from './invocation.ts'
import {
  eventAgeSecondsUsual,
  retryAttemptsUsual,
  retryDelayMs,
  schedulerPrincipal,
} from './limits.ts'
import { groupArn, scheduleKey, schedules } from './state.ts'
import { callTarget, queueUrl } from './targets.ts'

/** One attempt. What fails for good goes to the dead-letter queue, what may mend itself is tried again. */
export const invoke = task<Invocation>('scheduler.invoke', {
  async run(ctx, run) {
    const executionId = ctx.ids.hex(16)
    const input = filledIn(ctx, run, executionId)
    count(ctx, run, 'InvocationAttemptCount')
    try {
      await callTarget(ctx, run.target, input, asRole(ctx, run))
      complete(ctx, run)
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      await afterFailure(ctx, run, { executionId, input, error })
    }
  },
})

/** The schedule's role, assumed for its group. Source: User Guide, "Confused deputy prevention". */
function asRole(ctx: Context, { group, target }: Invocation): CallOptions {
  const as = { role: target.RoleArn, service: schedulerPrincipal }
  return { as, sourceArn: groupArn(ctx, group) }
}

interface Failure {
  readonly executionId: string
  readonly input: string
  readonly error: AwsError
}

async function afterFailure(ctx: Context, run: Invocation, failure: Failure): Promise<void> {
  const { target, attempt, scheduledAtMs } = run
  const { error } = failure
  const { code, message } = error
  count(ctx, run, isThrottle(error) ? 'TargetErrorThrottledCount' : 'TargetErrorCount')
  ctx.record('delivery', 'scheduler.failed', { schedule: run.arn, attempt, code, message })
  if (!isTransient(error)) return await bury(ctx, run, failure)
  const {
    MaximumRetryAttempts = retryAttemptsUsual,
    MaximumEventAgeInSeconds = eventAgeSecondsUsual,
  } = target.RetryPolicy ?? {}
  if (attempt > MaximumRetryAttempts) {
    return await bury(ctx, run, failure, 'MaximumRetryAttempts')
  }
  const fullMs = Math.min(retryDelayMs.first * 2 ** (attempt - 1), retryDelayMs.longest)
  const delayMs = Math.round(fullMs * ctx.choose('scheduler.jitter', [1, 0.75, 0.5, 0.25]))
  if (ctx.now() + delayMs > scheduledAtMs + MaximumEventAgeInSeconds * 1000) {
    return await bury(ctx, run, failure, 'MaximumEventAgeInSeconds')
  }
  ctx.after(delayMs, invoke, { ...run, attempt: attempt + 1 })
}

/**
 * Sends what could not be delivered to the target's dead-letter queue, in the name of the schedule's role; without
 * one it is dropped. Source: User Guide, "Configuring a schedule's dead-letter queue".
 */
async function bury(
  ctx: Context,
  run: Invocation,
  { executionId, input, error }: Failure,
  exhausted?: 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds',
): Promise<void> {
  complete(ctx, run)
  const queueArn = run.target.DeadLetterConfig?.Arn
  if (queueArn === undefined) return count(ctx, run, 'InvocationDroppedCount')
  const text = (StringValue: string) => ({ DataType: 'String', StringValue })
  const [, , , region = '', accountId = ''] = queueArn.split(':')
  const letter = {
    QueueUrl: queueUrl(queueArn),
    MessageBody: input,
    MessageAttributes: {
      ERROR_CODE: text(error.code),
      ERROR_MESSAGE: text(error.message),
      EXECUTION_ID: text(executionId),
      ...(exhausted === undefined ? {} : { EXHAUSTED_RETRY_CONDITION: text(exhausted) }),
      IS_PAYLOAD_TRUNCATED: text('false'),
      RETRY_ATTEMPTS: text(String(run.attempt - 1)),
      SCHEDULED_TIME: text(seconds(run.scheduledAtMs)),
      SCHEDULE_ARN: text(run.arn),
      TARGET_ARN: text(run.target.Arn),
    },
  }
  try {
    await ctx.call(SendMessage, letter, { ...asRole(ctx, run), region, accountId })
    count(ctx, run, 'InvocationsSentToDeadLetterCount')
  } catch (refusal) {
    if (!(refusal instanceof AwsError)) throw refusal
    count(ctx, run, 'InvocationsFailedToBeSentToDeadLetterCount')
    ctx.record('delivery', 'scheduler.dropped', {
      schedule: run.arn,
      code: refusal.code,
      message: refusal.message,
    })
  }
}

/** A schedule that has done all its work is deleted if it asks for it. Source: CreateSchedule, `ActionAfterCompletion`. */
function complete(ctx: Context, { group, name, arn, revision, isLast }: Invocation): void {
  const key = scheduleKey(group, name)
  const schedule = schedules.get(ctx, key)
  if (!isLast || schedule?.arn !== arn || schedule.revision !== revision) return
  if (schedule.afterCompletion === 'DELETE') schedules.delete(ctx, key)
}

function count(ctx: Context, { group }: Invocation, name: string): void {
  measure(ctx, {
    namespace: 'AWS/Scheduler',
    name,
    dimensions: { ScheduleGroup: group },
    value: 1,
    unit: 'Count',
  })
}
