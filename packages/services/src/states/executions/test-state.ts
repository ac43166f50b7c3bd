import type { InspectionData, TestStateInput, TestStateOutput } from '@cloud-orrery/models/states'
import type { Context } from '../../context.ts'
import { isDistributed } from '../asl/definition.ts'
import { type Failure, FieldFailure, StateFailure } from '../asl/failures.ts'
import { type Json, textOf as plainText } from '../asl/json.ts'
import { payloadValue, placed } from '../asl/payload.ts'
import { run as runStep, type Step } from '../asl/surroundings.ts'
import { taskResource } from '../asl/task-resource.ts'
import type { Engine, Ports, TaskOutcome } from './contract.ts'
import { argumentsOf, effectiveInput, resultHandover } from './data-flow.ts'
import { tolerated } from './distributed-map.ts'
import { attemptsDefault, caughtHandover, delaySeconds, matches } from './failing.ts'
import { itemsOf, maxConcurrency } from './groups.ts'
import { Run } from './run.ts'
import type { Execution } from './state.ts'
import { attempt } from './steps.ts'
import { type Mock, type Tested, testedState } from './test-state-input.ts'
import type { Thread } from './threads.ts'

function text({ texts }: Pick<Tested, 'texts'>, value: Json): string {
  return texts.get(value) ?? plainText(value)
}

type Seen = { -readonly [K in keyof InspectionData]: InspectionData[K] }

/** TestState: one state by itself, on a stage that is taken down again. */
export async function testState(
  ctx: Context,
  input: TestStateInput,
  ports: Ports,
  engine: Engine,
): Promise<TestStateOutput> {
  const tested = testedState(input)
  const run = new Run(ctx, stageFor(ctx, tested, input.roleArn), ports, engine)
  run.contextGiven = tested.context ?? stagedContext(run, tested, input.roleArn)
  const thread = run.put(stagedThread(run, tested))
  const seen: Seen = { input: input.input ?? '{}' }
  if (input.variables !== undefined) seen.variables = input.variables
  let outcome: TestStateOutput
  try {
    outcome = await runStep(tryState(run, thread, tested, input, seen, ports, engine))
  } catch (error) {
    const failure = plainFailure(error)
    outcome = await runStep(failed(run, thread, tested, failure, input, seen))
  }
  const level = input.inspectionLevel ?? 'INFO'
  return level === 'INFO' ? outcome : { ...outcome, inspectionData: seen }
}

/** TestState's causes come without the words on where in an execution they arose. */
function plainFailure(error: unknown): Failure {
  if (error instanceof StateFailure) return error.failure
  if (!(error instanceof FieldFailure)) throw error
  return { error: error.error, cause: error.message, aliases: error.aliases }
}

function stageFor(ctx: Context, tested: Tested, roleArn: string | undefined): Execution {
  const { accountId, partition, region } = ctx
  const prefix = `arn:${partition}:states:${region}:${accountId}`
  const [machine, name] = [ctx.ids.uuid(), ctx.ids.uuid()]
  return {
    executionArn: `${prefix}:express:${machine}:${name}`,
    name,
    stateMachineArn: `${prefix}:stateMachine:${machine}`,
    type: 'EXPRESS',
    status: 'RUNNING',
    startedAtMs: ctx.now(),
    input: text(tested, tested.input),
    roleArn: roleArn ?? '',
    definition: ctx.blobs.put(Buffer.from(JSON.stringify(tested.definition))),
    redriveCount: 0,
    eventCount: 0,
  }
}

function stagedContext(run: Run, tested: Tested, roleArn: string | undefined): Run['contextGiven'] {
  const thread = stagedThread(run, tested)
  const context = run.around(thread, tested.input).context()
  const { RedriveCount: _none, ...execution } = context['Execution'] as Record<string, Json> // Made as an object.
  return { ...context, Execution: { ...execution, RoleArn: roleArn ?? null } }
}

function stagedThread(run: Run, { name, input, variables }: Tested): Thread {
  return {
    executionArn: run.execution.executionArn,
    id: '0',
    index: 0,
    block: [],
    state: name,
    phase: 'attempt',
    input,
    enteredAtMs: run.ctx.now(),
    enteredEventId: 0,
    beforeEventId: 0,
    lastEventId: 0,
    variables: variables ?? {},
    retries: [],
    retryCount: 0,
    generation: 0,
  }
}

function* tryState(
  run: Run,
  thread: Thread,
  tested: Tested,
  input: TestStateInput,
  seen: Seen,
  ports: Ports,
  engine: Engine,
): Step<TestStateOutput> {
  const { state, mock } = tested
  if (state.Type === 'Task') {
    const result = yield* taskResult(run, thread, tested, mock, seen, ports, engine)
    return yield* succeeded(run, thread, tested, result, seen)
  }
  if (state.Type === 'Map' || state.Type === 'Parallel') {
    if (state.Type === 'Map') yield* inspectMap(run, thread, tested, input, seen)
    return yield* succeeded(run, thread, tested, mocked(mock), seen)
  }
  if (run.languageOf(state) === 'JSONPath') inspectPlain(run, thread, tested, seen)
  yield* attempt(run, thread, state)
  // A Wait is over at once.
  if (run.thread('0')?.phase === 'waiting') return waited(run, thread, tested)
  const now = run.thread('0') ?? thread
  return now.phase === 'ended'
    ? { status: 'SUCCEEDED', output: text(tested, now.output ?? null) }
    : { status: 'SUCCEEDED', output: text(tested, now.input), nextState: now.state }
}

function waited(run: Run, thread: Thread, tested: Tested): TestStateOutput {
  const { state } = tested
  const timer = run.thread('0')?.timerId
  if (timer !== undefined) run.ctx.cancel(timer)
  const next = state.Next === undefined ? {} : { nextState: state.Next }
  return { status: 'SUCCEEDED', output: text(tested, thread.input), ...next }
}

function mocked(mock: Mock | undefined): Json {
  if (mock?.kind === 'result') return mock.result
  const { kind: _kind, ...failure } = mock ?? { kind: 'error' as const }
  throw new StateFailure(failure)
}

function* taskResult(
  run: Run,
  thread: Thread,
  tested: Tested,
  mock: Mock | undefined,
  seen: Seen,
  ports: Ports,
  engine: Engine,
): Step<Json> {
  const { state } = tested
  const isJsonata = run.languageOf(state) === 'JSONata'
  if (!isJsonata) seen.afterInputPath = text(tested, effectiveInput(run, thread, state))
  const token = run.ctx.ids.uuid()
  const parameters = yield* argumentsOf(run, thread, state, token)
  seen[isJsonata ? 'afterArguments' : 'afterParameters'] = text(tested, parameters)
  if (mock !== undefined) return mocked(mock)
  const resource = taskResource(state.Resource ?? '')
  const integration = resource === undefined ? undefined : ports.integration(resource)
  if (resource === undefined || integration === undefined) {
    const cause = `The resource '${state.Resource}' is not supported.`
    throw new StateFailure({ error: 'States.Runtime', cause })
  }
  const { executionArn, name: executionName, stateMachineArn, roleArn } = run.execution
  const request = {
    executionArn,
    executionName,
    stateMachineArn,
    stateName: thread.state,
    resource,
    parameters,
    roleArn,
    token,
    attempt: 1,
  }
  const asked = Promise.resolve(integration.start(run.ctx, request, engine))
  // The promise's own type is lost where the step waits.
  const outcome = (yield asked) as TaskOutcome
  if (outcome.kind === 'done') return outcome.output
  if (outcome.kind === 'pending') return outcome.output ?? null
  const { kind: _kind, timedOut: _timedOut, ...failure } = outcome
  throw new StateFailure(failure)
}

function* inspectMap(
  run: Run,
  thread: Thread,
  tested: Tested,
  input: TestStateInput,
  seen: Seen,
): Step<void> {
  const { state } = tested
  const isJsonata = run.languageOf(state) === 'JSONata'
  const effective = effectiveInput(run, thread, state)
  if (!isJsonata) seen.afterInputPath = text(tested, effective)
  let total = 0
  if (state.ItemReader === undefined) {
    const items = yield* itemsOf(run, thread, state)
    if (!isJsonata) seen.afterItemsPath = text(tested, items)
    total = items.length
  }
  seen.maxConcurrency = yield* maxConcurrency(run, thread, state)
  const lost = input.stateConfiguration?.mapIterationFailureCount ?? 0
  const around = run.around(thread, effective)
  if (!isDistributed(state)) return
  const isSet = (what: 'Count' | 'Percentage') =>
    state[`ToleratedFailure${what}`] !== undefined ||
    state[`ToleratedFailure${what}Path`] !== undefined
  let isTooMany = false
  if (isSet('Count')) {
    const most = yield* tolerated(run, state, 'Count', around)
    seen.toleratedFailureCount = most
    isTooMany = lost > most
  }
  if (isSet('Percentage')) {
    const most = yield* tolerated(run, state, 'Percentage', around)
    seen.toleratedFailurePercentage = most
    isTooMany ||= total > 0 && (lost / total) * 100 > most
  }
  if (!isTooMany) return
  throw new StateFailure({
    error: 'States.ExceedToleratedFailureThreshold',
    cause: 'The specified tolerated failure threshold was exceeded',
  })
}

function inspectPlain(run: Run, thread: Thread, tested: Tested, seen: Seen): void {
  const { state } = tested
  if (state.Type !== 'Pass') {
    seen.afterInputPath = text(tested, effectiveInput(run, thread, state))
    return
  }
  let result: Json
  if (state.Result === undefined) {
    const effective = effectiveInput(run, thread, state)
    seen.afterInputPath = text(tested, effective)
    result =
      state.Parameters === undefined
        ? effective
        : payloadValue(state.Parameters, run.around(thread, effective))
    seen.afterParameters = text(tested, result)
  } else {
    result = state.Result
    seen.result = text(tested, result)
  }
  seen.afterResultSelector = text(tested, result)
  const { ResultPath = '$' } = state
  seen.afterResultPath = text(
    tested,
    ResultPath === null ? thread.input : placed(thread.input, ResultPath, result),
  )
}

function* succeeded(
  run: Run,
  thread: Thread,
  tested: Tested,
  result: Json,
  seen: Seen,
): Step<TestStateOutput> {
  const { state } = tested
  if (state.Type === 'Task') seen.result = text(tested, result)
  if (run.languageOf(state) === 'JSONPath') {
    const around = run.around(thread, result)
    const selected =
      state.ResultSelector === undefined ? result : payloadValue(state.ResultSelector, around)
    seen.afterResultSelector = text(tested, selected)
    const { ResultPath = '$' } = state
    seen.afterResultPath = text(
      tested,
      ResultPath === null ? thread.input : placed(thread.input, ResultPath, selected),
    )
  }
  const { output } = yield* resultHandover(run, thread, state, result)
  const next = state.Next === undefined ? {} : { nextState: state.Next }
  return { status: 'SUCCEEDED', output: text(tested, output), ...next }
}

function* failed(
  run: Run,
  thread: Thread,
  tested: Tested,
  failure: Failure,
  input: TestStateInput,
  seen: Seen,
): Step<TestStateOutput> {
  const { state } = tested
  const { error, cause } = failure
  const told = {
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
  }
  const retryIndex = state.Retry?.findIndex((one) => matches(one.ErrorEquals, failure)) ?? -1
  const retrier = state.Retry?.[retryIndex]
  if (retrier !== undefined) {
    const made = input.stateConfiguration?.retrierRetryCount ?? 0
    if (made < (retrier.MaxAttempts ?? attemptsDefault)) {
      const seconds = Math.round(delaySeconds(run, retrier, made))
      seen.errorDetails = { retryIndex, retryBackoffIntervalSeconds: seconds }
      return { status: 'RETRIABLE', ...told }
    }
    seen.errorDetails = { retryIndex }
  }
  const catchIndex = state.Catch?.findIndex((one) => matches(one.ErrorEquals, failure)) ?? -1
  const catcher = state.Catch?.[catchIndex]
  if (catcher === undefined) return { status: 'FAILED', ...told }
  seen.errorDetails = { ...seen.errorDetails, catchIndex }
  const { output } = yield* caughtHandover(run, thread, state, catcher, failure, catchIndex)
  return { status: 'CAUGHT_ERROR', output: text(tested, output), nextState: catcher.Next, ...told }
}
