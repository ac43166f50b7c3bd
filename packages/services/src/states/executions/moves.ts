import type { HistoryEventType } from '@cloud-orrery/models/states'
import type { State } from '../asl/definition.ts'
import { FieldFailure } from '../asl/failures.ts'
import { type JsonObject, textOf } from '../asl/json.ts'
import { checkSize, type Handover } from './data-flow.ts'
import type { EventDetails, Run } from './run.ts'
import type { Thread } from './threads.ts'

/** Largest value of one Assign, and most that all variables of a block may take, in bytes. Source: Developer Guide, "Passing data between states with variables". */
const assignBytesMax = 262_144
const variablesBytesMax = 10 * 1024 * 1024

const included = { truncated: false }

/** Details of an input or output as histories show them: never cut. */
export const dataDetails = included

/** Writes that a state was entered, and remembers where. */
export function entered(run: Run, thread: Thread, state: State): Thread {
  const eventId = run.event(thread.id, `${state.Type}StateEntered` as HistoryEventType, {
    stateEnteredEventDetails: {
      name: thread.state,
      input: enteredWith(run, thread),
      inputDetails: included,
    },
  })
  return run.update(thread.id, {
    phase: 'attempt',
    enteredAtMs: run.ctx.now(),
    enteredEventId: eventId,
    beforeEventId: thread.lastEventId,
    retries: [],
    retryCount: 0,
  })
}

/** The first state is entered with the very text that the execution was started with. */
function enteredWith(run: Run, thread: Thread): string {
  const isFirst = thread.parentId === undefined && thread.lastEventId === 0
  return isFirst ? run.execution.input : textOf(thread.input)
}

/** Leaves a state for the next one, or ends the thread where there is none. */
export function leave(
  run: Run,
  thread: Thread,
  state: State,
  handover: Handover,
  next: string | undefined,
  previous?: number,
): void {
  const { output, assigned } = handover
  const text = checkSize(output, thread.state)
  const variables = withAssigned(thread, assigned)
  const details: EventDetails = {
    stateExitedEventDetails: {
      name: thread.state,
      output: text,
      outputDetails: included,
      ...assignedDetails(assigned),
    },
  }
  const type = `${state.Type}StateExited` as HistoryEventType // All types but Fail have this event.
  run.event(thread.id, type, details, previous === undefined ? {} : { previous })
  if (next === undefined) {
    run.update(thread.id, { phase: 'ended', output, variables })
    run.ready.unshift(thread.id)
  } else {
    run.update(thread.id, { phase: 'enter', state: next, input: output, variables })
    run.ready.push(thread.id)
  }
}

function assignedDetails(assigned: JsonObject | undefined): object {
  if (assigned === undefined || Object.keys(assigned).length === 0) return {}
  const texts = Object.entries(assigned).map(([name, value]) => [name, textOf(value)])
  return {
    assignedVariables: Object.fromEntries(texts) as Record<string, string>,
    assignedVariablesDetails: included,
  }
}

function withAssigned(thread: Thread, assigned: JsonObject | undefined): Thread['variables'] {
  if (assigned === undefined) return thread.variables
  const variables = { ...thread.variables, ...assigned }
  const bytes = Buffer.byteLength(textOf(assigned))
  if (bytes > assignBytesMax || Buffer.byteLength(textOf(variables)) > variablesBytesMax) {
    throw new FieldFailure(
      `The size of the variables assigned in the state '${thread.state}' exceeds the maximum number of bytes service limit.`,
      { error: 'States.DataLimitExceeded' },
    )
  }
  return variables
}
