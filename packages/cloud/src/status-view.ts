import type { TaskRecord } from '@cloud-orrery/kernel'
import type { Caller } from '@cloud-orrery/services'
import type { Cloud } from './cloud.ts'
import { callerName } from './steps/journal.ts'
import { taskWords } from './task-words.ts'

/** Pending tasks that are listed. */
const pendingMax = 1000

/** What a cloud is about: pending work, calls that are being answered, code that runs, armed faults. */
export function statusView(cloud: Cloud): Record<string, unknown> {
  const { tasks, scheduler, journal, faults } = cloud.kernel
  const calls = journal.openEntries.filter(({ kind }) => kind === 'call')
  return {
    ...clockView(cloud),
    seed: cloud.seed,
    pending: [...tasks.list()].slice(0, pendingMax).map((task) => pendingTask(task)),
    calls: calls.map(({ sequence, name, atMs, data }) => ({
      sequence,
      name,
      since: new Date(atMs).toISOString(),
      // The request path writes the caller of every call.
      caller: callerName(data['caller'] as Caller | undefined),
    })),
    code: scheduler.runningCode,
    waiting: scheduler.waiting,
    faults: faults.rules,
  }
}

export function clockView(cloud: Cloud): Record<string, unknown> {
  const { clock, tasks } = cloud.kernel
  return {
    now: new Date(clock.dueMs).toISOString(),
    mode: clock.mode.kind,
    pendingTasks: tasks.size,
  }
}

function pendingTask({ name, input, atMs, accountId, region, cause }: TaskRecord) {
  return {
    name,
    about: taskWords(name, input),
    at: new Date(atMs).toISOString(),
    accountId,
    region,
    ...(cause === undefined ? {} : { cause }),
  }
}
