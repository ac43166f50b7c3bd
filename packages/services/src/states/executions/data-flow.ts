import type { State } from '../asl/definition.ts'
import { FieldFailure } from '../asl/failures.ts'
import type { Json, JsonObject } from '../asl/json.ts'
import { isTooDeep, textOf, tooDeepProblem } from '../asl/json.ts'
import { evaluateTemplate, type StatesExtras } from '../asl/jsonata.ts'
import { pathValue, payloadValue, placed } from '../asl/payload.ts'
import type { Step } from '../asl/surroundings.ts'
import type { Run } from './run.ts'
import type { Thread } from './threads.ts'

/** Largest input, output or result, in bytes of UTF-8. Source: Developer Guide, "Step Functions service quotas". */
export const dataBytesMax = 262_144

/** The input after InputPath; a JSONata state has its input as it is. */
export function effectiveInput(run: Run, thread: Thread, state: State): Json {
  if (run.languageOf(state) === 'JSONata' || state.InputPath === undefined) return thread.input
  if (state.InputPath === null) return {}
  return pathValue(state.InputPath, run.around(thread, thread.input))
}

/** What a Task, Parallel or Pass state works on: Parameters or Arguments evaluated, else the effective input. */
export function* argumentsOf(run: Run, thread: Thread, state: State, token?: string): Step<Json> {
  const more = token === undefined ? {} : { token }
  if (run.languageOf(state) === 'JSONata') {
    if (state.Arguments === undefined) return thread.input
    const around = run.around(thread, thread.input, more)
    return yield* evaluateTemplate(state.Arguments, 'Arguments', around, {})
  }
  const input = effectiveInput(run, thread, state)
  if (state.Parameters === undefined) return input
  return payloadValue(state.Parameters, run.around(thread, input, more))
}

/** What a state hands on, and the variables that it assigns. */
export interface Handover {
  readonly output: Json
  readonly assigned: JsonObject | undefined
}

/** The fields of a state, of a Choice rule, or of a Catch that make the output. */
export interface OutputFields {
  readonly Output?: Json
  readonly Assign?: JsonObject
}

/** Output and Assign of a JSONata state. `prefix`: `Choices[0]/`. */
export function* jsonataHandover(
  run: Run,
  thread: Thread,
  fields: OutputFields,
  extras: StatesExtras,
  fallback: Json,
  prefix = '',
): Step<Handover> {
  const around = run.around(thread, thread.input)
  const { Assign, Output } = fields
  const assigned =
    Assign === undefined
      ? undefined
      : yield* evaluateTemplate(Assign, `${prefix}Assign`, around, extras)
  const output =
    Output === undefined
      ? fallback
      : yield* evaluateTemplate(Output, `${prefix}Output`, around, extras)
  return { output, assigned: assigned as JsonObject | undefined } // A template that is an object gives one.
}

/** What a state with a result hands on. */
export function* resultHandover(
  run: Run,
  thread: Thread,
  state: State,
  result: Json,
): Step<Handover> {
  if (run.languageOf(state) === 'JSONata') {
    return yield* jsonataHandover(run, thread, state, { result }, result)
  }
  const around = run.around(thread, result)
  const assigned = assignedBy(state.Assign, around)
  const selected =
    state.ResultSelector === undefined ? result : payloadValue(state.ResultSelector, around)
  return { output: jsonPathOutput(run, thread, state, selected), assigned }
}

/** ResultPath, then OutputPath. */
export function jsonPathOutput(run: Run, thread: Thread, state: State, result: Json): Json {
  const { ResultPath = '$' } = state
  const combined = ResultPath === null ? thread.input : placed(thread.input, ResultPath, result)
  return outputPathed(run, thread, state, combined)
}

export function outputPathed(run: Run, thread: Thread, state: State, value: Json): Json {
  if (state.OutputPath === undefined) return value
  if (state.OutputPath === null) return {}
  return pathValue(state.OutputPath, run.around(thread, value))
}

export function assignedBy(
  assign: JsonObject | undefined,
  around: Parameters<typeof payloadValue>[1],
): JsonObject | undefined {
  if (assign === undefined) return undefined
  return payloadValue(assign, around) as JsonObject // A template that is an object gives one.
}

/** Throws where an output is larger than a state may hand on. */
export function checkSize(value: Json, stateName: string): string {
  const text = textOf(value)
  if (text.length * 3 > dataBytesMax && Buffer.byteLength(text) > dataBytesMax) {
    throw new FieldFailure(tooLarge(stateName), { error: 'States.DataLimitExceeded' })
  }
  if (isTooDeep(text)) throw new FieldFailure(tooDeepProblem)
  return text
}

export function tooLarge(name: string): string {
  return `The state/task '${name}' returned a result with a size exceeding the maximum number of bytes service limit.`
}
