import type { Context } from '../../context.ts'
import type { TaskOutcome, TokenAnswer } from './contract.ts'
import type { Run } from './run.ts'
import { settleTask } from './task-names.ts'
import { timer } from './task-states.ts'
import { type TaskToken, type Thread, taskTokens, threadKey, threads } from './threads.ts'

interface Waiting {
  readonly token: TaskToken
  readonly thread: Thread
}

/** The thread that waits for an answer by this token, or why there is none. */
function waitingFor(ctx: Context, text: string): Waiting | 'unknown' | 'expired' {
  const token = taskTokens.get(ctx, text)
  if (token === undefined) return 'unknown'
  const thread = threads.get(ctx, threadKey(token.executionArn, token.threadId))
  if (token.ended || thread?.task?.token !== text) return 'expired'
  return { token, thread }
}

/** Takes an answer: the state goes on in a kernel task that is due now. One that comes early is kept. */
export function answer(ctx: Context, text: string, outcome: TaskOutcome): TokenAnswer {
  const found = waitingFor(ctx, text)
  if (typeof found === 'string') return found
  const { token, thread } = found
  taskTokens.update(ctx, text, { ended: true })
  const { executionArn, threadId } = token
  if (thread.task?.submitted === false) {
    threads.put(ctx, { ...thread, task: { ...thread.task, early: outcome } })
  } else ctx.after(0, settleTask, { executionArn, threadId, of: text, outcome })
  return 'accepted'
}

/** The time that the worker has until its next sign of life begins anew. */
export function heartbeat(ctx: Context, text: string): TokenAnswer {
  const found = waitingFor(ctx, text)
  if (typeof found === 'string') return found
  const { thread } = found
  const { task } = thread
  if (task?.heartbeatId === undefined || task.heartbeatSeconds === undefined) return 'accepted'
  ctx.cancel(task.heartbeatId)
  const heartbeatId = timer({ ctx }, thread, task, task.heartbeatSeconds, true)
  threads.put(ctx, { ...thread, task: { ...task, heartbeatId } })
  return 'accepted'
}

/** Writes ActivityStarted. */
export function activityStarted(
  ctx: Context,
  text: string,
  workerName: string | undefined,
  open: (executionArn: string) => Run | undefined,
): TokenAnswer {
  const found = waitingFor(ctx, text)
  if (typeof found === 'string') return found
  const run = open(found.token.executionArn)
  if (run === undefined) return 'unknown'
  const activityStartedEventDetails = workerName === undefined ? {} : { workerName }
  run.event(found.thread.id, 'ActivityStarted', { activityStartedEventDetails })
  run.commit()
  return 'accepted'
}
