import type { HistoryEvent } from '@cloud-orrery/models/states'
import { holds } from '../violation.ts'

const endings: Readonly<Record<string, string>> = {
  ExecutionSucceeded: 'SUCCEEDED',
  ExecutionFailed: 'FAILED',
  ExecutionAborted: 'ABORTED',
  ExecutionTimedOut: 'TIMED_OUT',
}

/** What a task's integration is called and how it went, by the histories. */
export interface TaskCounts {
  readonly scheduled: number
  readonly succeeded: number
}

/** What is true of every history, whatever the workflow. */
export function checkHistory(
  name: string,
  events: readonly HistoryEvent[],
  status: string | undefined,
): void {
  const what = (event: HistoryEvent | undefined): string =>
    `${name}: #${event?.id} ${event?.type} after #${event?.previousEventId}`
  let atMs = 0
  let ended: string | undefined
  const entered = new Map<string, number>()
  const over = new Set<number>()
  for (const [index, event] of events.entries()) {
    const { id, type, timestamp, previousEventId = 0 } = event
    holds(id === index + 1, 'history', () => `${what(event)}: not number ${index + 1}`)
    const isAfter = index === 0 ? previousEventId === 0 : previousEventId < id
    holds(isAfter, 'history', () => what(event))
    holds(Number(timestamp) >= atMs, 'history', () => `${what(event)}: earlier`)
    atMs = Number(timestamp)
    const isFirst = type === 'ExecutionStarted'
    holds(isFirst === (index === 0), 'history', () => what(event))
    // After an end only a redrive can come.
    const isOn = ended === undefined || type === 'ExecutionRedriven'
    holds(isOn, 'history after the end', () => `${what(event)}, ended as ${ended}`)
    ended = endings[type]
    checkTask(event, events, over, what)
    countStates(event, entered)
  }
  const isRight = status === 'RUNNING' ? ended === undefined : ended === status
  holds(isRight, 'end of a history', () => `${name}: ${status}, but ${what(events.at(-1))}`)
}

/** A task has one end, and it refers to its beginning. */
function checkTask(
  event: HistoryEvent,
  events: readonly HistoryEvent[],
  over: Set<number>,
  what: (event: HistoryEvent) => string,
): void {
  const { type, previousEventId = 0 } = event
  if (!/^Task(Succeeded|Failed|TimedOut|StartFailed|Started)$/.test(type)) return
  const before = events[previousEventId - 1]
  const expected = /^Task(StartFailed|Started)$/.test(type)
    ? ['TaskScheduled']
    : ['TaskStarted', 'TaskSubmitted', 'TaskScheduled']
  holds(
    expected.includes(before?.type ?? ''),
    'history of a task',
    () => `${what(event)} ${before?.type}`,
  )
  holds(!over.has(previousEventId), 'history of a task', () => `${what(event)}: a second end`)
  over.add(previousEventId)
}

/** No state is left that was not entered. */
function countStates(
  { type, stateEnteredEventDetails, stateExitedEventDetails }: HistoryEvent,
  entered: Map<string, number>,
): void {
  const { name = '' } = stateEnteredEventDetails ?? stateExitedEventDetails ?? {}
  if (name === '') return
  const isEntry = type.endsWith('StateEntered')
  const count = (entered.get(name) ?? 0) + (isEntry ? 1 : -1)
  entered.set(name, count)
  holds(count >= 0, 'history of a state', () => `${name} was left more often than entered: ${type}`)
}

/** How often an integration was tried, and how often it said that it was done. */
export function countTasks(events: readonly HistoryEvent[], resource: string): TaskCounts {
  return {
    scheduled: events.filter((it) => it.taskScheduledEventDetails?.resource === resource).length,
    succeeded: events.filter((it) => it.taskSucceededEventDetails?.resource === resource).length,
  }
}
