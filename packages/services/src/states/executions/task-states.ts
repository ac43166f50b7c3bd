import type { HistoryEventType } from '@cloud-orrery/models/states'
import type { State } from '../asl/definition.ts'
import { FieldFailure, StateFailure } from '../asl/failures.ts'
import { isObject, type Json, textOf } from '../asl/json.ts'
import { evaluateTemplate, evaluateTyped } from '../asl/jsonata.ts'
import { pathValue, payloadValue } from '../asl/payload.ts'
import type { Step } from '../asl/surroundings.ts'
import { shownResource, taskResource } from '../asl/task-resource.ts'
import type { TaskOutcome, TaskRequest, TaskResource } from './contract.ts'
import { argumentsOf, dataBytesMax, effectiveInput, resultHandover, tooLarge } from './data-flow.ts'
import { releaseTask } from './endings.ts'
import { dataDetails, leave } from './moves.ts'
import type { EventDetails, Run } from './run.ts'
import { performTask, timeoutTask } from './task-names.ts'
import { type PendingTask, type Thread, taskTokens } from './threads.ts'

const tokenLength = 128

/** Asks for what a Task state names, and waits for its end. */
export function* taskState(run: Run, thread: Thread, state: State): Step<void> {
  const resource = resourceOf(state.Resource ?? '', thread)
  const token = newToken(run, resource)
  const isToken = resource.kind === 'service' && resource.pattern === 'waitForTaskToken'
  const parameters = yield* argumentsOf(run, thread, state, isToken ? token : undefined)
  const credentialsRoleArn = yield* credentialsOf(run, thread, state)
  const timeoutSeconds = yield* secondsOf(run, thread, state, 'TimeoutSeconds')
  const heartbeatSeconds = yield* secondsOf(run, thread, state, 'HeartbeatSeconds')
  const task: PendingTask = {
    token,
    resource: resource.arn,
    parameters,
    submitted: resource.kind === 'activity',
    ...(credentialsRoleArn === undefined ? {} : { credentialsRoleArn }),
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
    ...(heartbeatSeconds === undefined ? {} : { heartbeatSeconds }),
  }
  scheduledEvents(run, thread, resource, task)
  const { executionArn, id } = thread
  if (mayAnswer(resource)) {
    taskTokens.put(run.ctx, { token, executionArn, threadId: id, ended: false })
  }
  run.update(id, { phase: 'waiting', task: { ...task, ...timers(run, thread, task) } })
  run.ctx.after(0, performTask, { executionArn, threadId: id, of: token })
}

function resourceOf(arn: string, thread: Thread): TaskResource {
  const resource = taskResource(arn)
  if (resource !== undefined) return resource
  throw new StateFailure({
    error: 'States.Runtime',
    cause: `An error occurred while executing the state '${thread.state}' (entered at the event id #${thread.enteredEventId}). The resource '${arn}' is not supported.`,
  })
}

/** Whether someone may answer later, by token. */
function mayAnswer(resource: TaskResource): boolean {
  return (
    resource.kind === 'activity' ||
    (resource.kind === 'service' && resource.pattern !== 'requestResponse')
  )
}

function newToken(run: Run, resource: TaskResource): string {
  const { ids } = run.ctx
  return mayAnswer(resource)
    ? `AQCoAAAAKgAAAAMAAAAAAAAAA${ids.alphanumeric(tokenLength)}`
    : ids.hex(16)
}

function* credentialsOf(run: Run, thread: Thread, state: State): Step<string | undefined> {
  const { Credentials } = state
  if (Credentials === undefined) return undefined
  const input = effectiveInput(run, thread, state)
  const around = run.around(thread, input)
  const credentials =
    run.languageOf(state) === 'JSONata'
      ? yield* evaluateTemplate(Credentials, 'Credentials', around, {})
      : payloadValue(Credentials, around)
  const role = isObject(credentials) ? credentials['RoleArn'] : undefined
  return role === undefined ? undefined : String(role)
}

/** TimeoutSeconds or HeartbeatSeconds, plain, by path or by expression. */
function* secondsOf(
  run: Run,
  thread: Thread,
  state: State,
  name: 'TimeoutSeconds' | 'HeartbeatSeconds',
): Step<number | undefined> {
  const plain = state[name]
  const path = state[`${name}Path`]
  const around = run.around(thread, effectiveInput(run, thread, state))
  if (plain !== undefined) {
    if (typeof plain === 'number') return plain
    return Number(yield* evaluateTyped(plain, name, around, 'integer'))
  }
  if (path === undefined) return undefined
  const value = pathValue(path, around)
  if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value
  throw new FieldFailure(
    `The ${name}Path parameter cannot be parsed as a long value: ${path} == ${textOf(value)}`,
  )
}

function scheduledEvents(
  run: Run,
  thread: Thread,
  resource: TaskResource,
  task: PendingTask,
): void {
  const { timeoutSeconds, heartbeatSeconds, credentialsRoleArn, parameters } = task
  const timeout = timeoutSeconds === undefined ? {} : { timeoutInSeconds: timeoutSeconds }
  const heartbeat = heartbeatSeconds === undefined ? {} : { heartbeatInSeconds: heartbeatSeconds }
  const credentials =
    credentialsRoleArn === undefined ? {} : { taskCredentials: { roleArn: credentialsRoleArn } }
  const input = textOf(parameters)
  if (resource.kind === 'service') {
    const { service: resourceType } = resource
    const named = { resourceType, resource: shownResource(resource) }
    run.event(thread.id, 'TaskScheduled', {
      taskScheduledEventDetails: {
        ...named,
        region: run.ctx.region,
        parameters: input,
        ...timeout,
        ...heartbeat,
        ...credentials,
      },
    })
    run.event(thread.id, 'TaskStarted', { taskStartedEventDetails: named })
    return
  }
  const asked = { resource: resource.arn, input, inputDetails: dataDetails, ...timeout }
  if (resource.kind === 'activity') {
    const details = { activityScheduledEventDetails: { ...asked, ...heartbeat } }
    run.event(thread.id, 'ActivityScheduled', details)
    return
  }
  const details = { lambdaFunctionScheduledEventDetails: { ...asked, ...credentials } }
  run.event(thread.id, 'LambdaFunctionScheduled', details)
  run.event(thread.id, 'LambdaFunctionStarted')
}

function timers(run: Run, thread: Thread, task: PendingTask): Partial<PendingTask> {
  const { timeoutSeconds, heartbeatSeconds } = task
  return {
    ...(timeoutSeconds === undefined
      ? {}
      : { timeoutId: timer(run, thread, task, timeoutSeconds, false) }),
    ...(heartbeatSeconds === undefined
      ? {}
      : { heartbeatId: timer(run, thread, task, heartbeatSeconds, true) }),
  }
}

export function timer(
  run: Pick<Run, 'ctx'>,
  { executionArn, id }: Thread,
  { token }: PendingTask,
  seconds: number,
  heartbeat: boolean,
): string {
  const input = { executionArn, threadId: id, of: token, heartbeat }
  return run.ctx.after(seconds * 1000, timeoutTask, input)
}

/** What an integration is handed. */
export function requestOf(run: Run, thread: Thread, task: PendingTask): TaskRequest {
  const { execution } = run
  const resource = resourceOf(task.resource, thread)
  const { credentialsRoleArn, timeoutSeconds, heartbeatSeconds } = task
  return {
    executionArn: execution.executionArn,
    executionName: execution.name,
    stateMachineArn: execution.stateMachineArn,
    stateName: thread.state,
    resource,
    parameters: task.parameters,
    roleArn: execution.roleArn,
    token: task.token,
    attempt: thread.retryCount + 1,
    ...(credentialsRoleArn === undefined ? {} : { credentialsRoleArn }),
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
    ...(heartbeatSeconds === undefined ? {} : { heartbeatSeconds }),
    ...(execution.traceHeader === undefined ? {} : { traceHeader: execution.traceHeader }),
  }
}

/** What became of a task: the state goes on, fails, or waits for an answer by token. */
export function* settle(run: Run, thread: Thread, outcome: TaskOutcome): Step<void> {
  const { task } = thread
  if (task === undefined) return
  const resource = resourceOf(task.resource, thread)
  if (outcome.kind === 'pending') return yield* submitted(run, thread, task, resource, outcome)
  const limited = withinLimit(resource, outcome)
  endedEvent(run, thread, resource, limited)
  releaseTask(run, thread)
  const { task: _ended, ...rest } = run.thread(thread.id) ?? thread
  const now = run.put({ ...rest, phase: 'attempt' })
  if (limited.kind === 'failed') {
    const { error, cause, timedOut } = limited
    throw new StateFailure({
      ...(timedOut === 'heartbeat' ? { aliases: ['States.HeartbeatTimeout'] } : {}),
      ...(error === undefined ? {} : { error }),
      ...(cause === undefined ? {} : { cause }),
    })
  }
  const state = run.stateOf(now)
  leave(run, now, state, yield* resultHandover(run, now, state, limited.output), state.Next)
}

type Ended = Exclude<TaskOutcome, { kind: 'pending' }>

function withinLimit(resource: TaskResource, outcome: Ended): Ended {
  if (outcome.kind === 'failed') return outcome
  if (Buffer.byteLength(textOf(outcome.output)) <= dataBytesMax) return outcome
  const name = resource.kind === 'service' ? resource.service : resource.arn
  return { kind: 'failed', error: 'States.DataLimitExceeded', cause: tooLarge(name) }
}

function* submitted(
  run: Run,
  thread: Thread,
  task: PendingTask,
  resource: TaskResource,
  outcome: { readonly output?: Json },
): Step<void> {
  if (resource.kind === 'service') {
    const { output } = outcome
    run.event(thread.id, 'TaskSubmitted', {
      taskSubmittedEventDetails: {
        resourceType: resource.service,
        resource: shownResource(resource),
        ...(output === undefined ? {} : { output: textOf(output), outputDetails: dataDetails }),
      },
    })
  }
  const { early, ...rest } = task
  const now = run.update(thread.id, { task: { ...rest, submitted: true } })
  if (early !== undefined) yield* settle(run, now, early)
}

function endedEvent(run: Run, thread: Thread, resource: TaskResource, outcome: Ended): void {
  const prefix =
    resource.kind === 'lambda'
      ? 'LambdaFunction'
      : resource.kind === 'activity'
        ? 'Activity'
        : 'Task'
  const details =
    outcome.kind === 'done'
      ? { output: textOf(outcome.output), outputDetails: dataDetails }
      : {
          ...(outcome.error === undefined ? {} : { error: outcome.error }),
          ...(outcome.cause === undefined ? {} : { cause: outcome.cause }),
        }
  const how =
    outcome.kind === 'done' ? 'Succeeded' : outcome.timedOut !== undefined ? 'TimedOut' : 'Failed'
  const named =
    resource.kind === 'service'
      ? { resourceType: resource.service, resource: shownResource(resource) }
      : {}
  const member = `${prefix.charAt(0).toLowerCase()}${prefix.slice(1)}${how}EventDetails`
  // The three prefixes and three endings make names of events, and of their details, that the model has.
  const event = { [member]: { ...named, ...details } } as EventDetails
  run.event(thread.id, `${prefix}${how}` as HistoryEventType, event)
}
