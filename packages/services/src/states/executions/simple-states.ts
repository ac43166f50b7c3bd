import { ruleHolds } from '../asl/choice.ts'
import type { State } from '../asl/definition.ts'
import { FieldFailure, StateFailure } from '../asl/failures.ts'
import { isObject, type Json } from '../asl/json.ts'
import { evaluateTemplate, evaluateTyped, expressionOf } from '../asl/jsonata.ts'
import { foundAt, notFound, payloadValue } from '../asl/payload.ts'
import type { Step } from '../asl/surroundings.ts'
import { timestampMs } from '../asl/timestamps.ts'
import {
  assignedBy,
  effectiveInput,
  type Handover,
  jsonataHandover,
  jsonPathOutput,
  outputPathed,
} from './data-flow.ts'
import { leave } from './moves.ts'
import type { Run } from './run.ts'
import { wakeTask } from './task-names.ts'
import type { Thread } from './threads.ts'

export function* passState(run: Run, thread: Thread, state: State): Step<void> {
  leave(run, thread, state, yield* passHandover(run, thread, state), state.Next)
}

function* passHandover(run: Run, thread: Thread, state: State): Step<Handover> {
  if (run.languageOf(state) === 'JSONata') {
    return yield* jsonataHandover(run, thread, state, {}, thread.input)
  }
  const input = effectiveInput(run, thread, state)
  const given =
    state.Parameters === undefined
      ? input
      : payloadValue(state.Parameters, run.around(thread, input))
  const result = state.Result ?? (state.Result === null ? null : given)
  return {
    assigned: assignedBy(state.Assign, run.around(thread, result)),
    output: jsonPathOutput(run, thread, state, result),
  }
}

export function* succeedState(run: Run, thread: Thread, state: State): Step<void> {
  leave(run, thread, state, yield* throughHandover(run, thread, state), undefined)
}

/** Of a state that has no result of its own: its input, through OutputPath or Output. */
export function* throughHandover(run: Run, thread: Thread, state: State): Step<Handover> {
  if (run.languageOf(state) === 'JSONata') {
    return yield* jsonataHandover(run, thread, state, {}, thread.input)
  }
  const input = effectiveInput(run, thread, state)
  return {
    assigned: assignedBy(state.Assign, run.around(thread, input)),
    output: outputPathed(run, thread, state, input),
  }
}

export function* failState(run: Run, thread: Thread, state: State): Step<void> {
  const error = yield* textField(run, thread, state, 'Error')
  const cause = yield* textField(run, thread, state, 'Cause')
  throw new StateFailure({
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
  })
}

function* textField(
  run: Run,
  thread: Thread,
  state: State,
  name: 'Error' | 'Cause',
): Step<string | undefined> {
  const text = state[name]
  const around = run.around(thread, thread.input)
  if (run.languageOf(state) === 'JSONata') {
    if (text === undefined || expressionOf(text) === undefined) return text
    return String(yield* evaluateTyped(text, name, around, 'string'))
  }
  const path = state[`${name}Path`]
  if (path === undefined) return text
  const value = path.startsWith('States.') ? payloadOf(path, around) : foundAt(path, around)
  if (value === undefined) throw notFound(path, `${name}Path`, around)
  if (typeof value !== 'string') {
    throw new FieldFailure(
      `The JSONPath '${path}' specified for the field '${name}Path' must be a string`,
    )
  }
  return value
}

function payloadOf(text: string, around: Parameters<typeof payloadValue>[1]): Json | undefined {
  const value = payloadValue({ 'value.$': text }, around)
  return isObject(value) ? value['value'] : undefined
}

export function* choiceState(run: Run, thread: Thread, state: State): Step<void> {
  const isJsonata = run.languageOf(state) === 'JSONata'
  const input = effectiveInput(run, thread, state)
  const around = run.around(thread, input)
  for (const [at, rule] of (state.Choices ?? []).entries()) {
    const holds = isJsonata
      ? yield* evaluateTyped(
          rule['Condition'] ?? false,
          `Choices[${at}]/Condition`,
          around,
          'boolean',
        )
      : ruleHolds(rule, around)
    if (holds !== true) continue
    const { Assign, Output, Next } = rule
    const fields = {
      ...(isObject(Assign) ? { Assign } : {}),
      ...(Output === undefined ? {} : { Output }),
    }
    const handover = isJsonata
      ? yield* jsonataHandover(run, thread, fields, {}, thread.input, `Choices[${at}]/`)
      : {
          output: outputPathed(run, thread, state, input),
          assigned: assignedBy(fields.Assign, around),
        }
    return leave(run, thread, state, handover, Next)
  }
  if (state.Default === undefined) throw noChoice(thread)
  leave(run, thread, state, yield* throughHandover(run, thread, state), state.Default)
}

function noChoice(thread: Thread): StateFailure {
  return new StateFailure({
    error: 'States.NoChoiceMatched',
    cause: `An error occurred while executing the state '${thread.state}' (entered at the event id #${thread.enteredEventId}). Failed to transition out of the state. The state does not point to a next state.`,
  })
}

/** Longest Wait, in seconds. Source: Developer Guide, "Wait workflow state". */
const waitSecondsMax = 99_999_999

export function* waitState(run: Run, thread: Thread, state: State): Step<void> {
  const untilMs = yield* endOfWait(run, thread, state)
  const delayMs = Math.max(0, untilMs - run.ctx.now())
  const { executionArn, id, enteredEventId } = thread
  const timerId = run.ctx.after(delayMs, wakeTask, {
    executionArn,
    threadId: id,
    of: enteredEventId,
  })
  run.update(id, { phase: 'waiting', timerId })
}

function* endOfWait(run: Run, thread: Thread, state: State): Step<number> {
  const nowMs = run.ctx.now()
  const around = run.around(thread, effectiveInput(run, thread, state))
  if (run.languageOf(state) === 'JSONata') {
    if (state.Seconds !== undefined) {
      return nowMs + seconds(yield* evaluateTyped(state.Seconds, 'Seconds', around, 'integer'))
    }
    const text = yield* evaluateTemplate(state.Timestamp ?? '', 'Timestamp', around, {})
    const atMs = timestampMs(String(text))
    if (atMs !== undefined) return atMs
    throw new FieldFailure(
      `The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: ${String(text)}`,
      { error: 'States.QueryEvaluationError', location: 'Timestamp', afterEntry: true },
    )
  }
  if (state.SecondsPath !== undefined) {
    const path = state.SecondsPath
    const value = foundAt(path, around)
    if (value === undefined) {
      throw new FieldFailure(`The SecondsPath parameter does not reference an input value: ${path}`)
    }
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) {
      throw new FieldFailure(
        `The SecondsPath parameter cannot be parsed as a long value: ${path} == ${shown(value)}`,
      )
    }
    return nowMs + seconds(value)
  }
  if (state.Seconds !== undefined) return nowMs + seconds(state.Seconds)
  return timestampOf(state, around)
}

function timestampOf(state: State, around: Parameters<typeof foundAt>[1]): number {
  const { TimestampPath: path, Timestamp } = state
  if (path === undefined) return timestampMs(Timestamp ?? '') ?? 0
  const value = foundAt(path, around)
  if (value === undefined) {
    throw new FieldFailure(`The TimestampPath parameter does not reference an input value: ${path}`)
  }
  const atMs = typeof value === 'string' ? timestampMs(value) : undefined
  if (atMs !== undefined) return atMs
  throw new FieldFailure(
    `The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: ${path} == ${shown(value)}`,
  )
}

function seconds(value: Json): number {
  return Math.min(Number(value), waitSecondsMax) * 1000
}

function shown(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
