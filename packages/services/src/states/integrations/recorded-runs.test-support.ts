import {
  CreateStateMachineCommand,
  GetExecutionHistoryCommand,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn'
import type { Cloud } from '@cloud-orrery/cloud'
import { isObject, type Json, type JsonObject } from '../asl/json.ts'
import { type Replaying, replaying } from '../recorded-states.test-support.ts'

/** An event as recordings have it: JSON texts are shown as values. */
interface RecordedEvent {
  readonly type: string
  readonly stateEnteredEventDetails?: { readonly name: string; readonly input?: Json }
  readonly executionFailedEventDetails?: { readonly error?: string; readonly cause?: Json }
  readonly stateExitedEventDetails?: {
    readonly output?: Json
    readonly assignedVariables?: Readonly<Record<string, string>>
  }
  readonly executionStartedEventDetails?: { readonly input: Json }
  readonly taskScheduledEventDetails?: {
    readonly resource: string
    readonly resourceType: string
    readonly parameters: Json
    readonly timeoutInSeconds?: number
    readonly heartbeatInSeconds?: number
    readonly taskCredentials?: { readonly roleArn: string }
  }
  readonly lambdaFunctionScheduledEventDetails?: { readonly resource: string }
  readonly activityScheduledEventDetails?: {
    readonly resource: string
    readonly timeoutInSeconds?: number
  }
  readonly taskSucceededEventDetails?: { readonly output?: Json }
}

export interface RecordedRun extends Replaying {
  /** The definition that the recorded history tells of, without what failed. */
  readonly definition: JsonObject
  readonly input: Json
  /** Makes the machine and starts it. */
  start(more?: { definition?: object; name?: string }): Promise<string>
  /** Compares the history with the recorded one. */
  expectHistory(executionArn: string): Promise<void>
}

/** A recorded run of Task states one after the other, to be run again with the same parameters. */
export function recordedRun(
  file: string,
  name: string,
  texts: Readonly<Record<string, string>> = {},
  cloud?: Cloud,
): RecordedRun {
  const it = replaying(file, name, texts, cloud)
  const { events } = it.recorded['get_execution_history'] as { events: RecordedEvent[] } // Each such recording has it.
  const own = { '<partition>': 'aws', '<region>': 'us-east-1', ...texts }
  const input = withTexts(events[0]?.executionStartedEventDetails?.input ?? {}, own)
  const definition = withTexts(definitionOf(events), own) as JsonObject // It is one.
  return {
    ...it,
    definition,
    input,
    async start(more = {}) {
      const { stateMachineArn = '' } = await it.sfn.send(
        new CreateStateMachineCommand({
          name: 'recorded-machine',
          definition: JSON.stringify(more.definition ?? definition),
          roleArn: it.roleArn,
        }),
      )
      const text = typeof input === 'string' ? input : JSON.stringify(input)
      const { executionArn = '' } = await it.sfn.send(
        new StartExecutionCommand({ stateMachineArn, input: text, name: more.name }),
      )
      await it.cloud.settle()
      return executionArn
    },
    async expectHistory(executionArn) {
      const answer = await it.sfn.send(new GetExecutionHistoryCommand({ executionArn }))
      const { events: actual } = answer
      it.expectRun('get_execution_history', { events: actual })
    },
  }
}

interface State {
  readonly name: string
  readonly fields: Record<string, Json>
  /** Absent while it has not failed; then where its catcher puts the failure. */
  caught?: JsonObject
}

/** The states of a run without loops and branches, with the parameters that they had. */
function definitionOf(events: readonly RecordedEvent[]): JsonObject {
  const states: State[] = []
  let result: Json | undefined
  for (const event of events) {
    const { stateEnteredEventDetails: entered } = event
    if (entered !== undefined) {
      const Type = event.type.replace('StateEntered', '')
      const fields =
        Type === 'Fail' ? { Type, ...events.at(-1)?.executionFailedEventDetails } : { Type }
      states.push({ name: entered.name, fields: withNames(fields) })
      result = entered.input
    }
    const state = states.at(-1)
    if (state === undefined) continue
    Object.assign(state.fields, workOf(event))
    if (/^(Task|LambdaFunction)(Failed|TimedOut)$/.test(event.type)) state.caught = {}
    result = event.taskSucceededEventDetails?.output ?? result
    if (event.stateExitedEventDetails !== undefined) {
      const { output, assignedVariables } = event.stateExitedEventDetails
      if (assignedVariables !== undefined) {
        const variables = Object.entries(assignedVariables)
        state.fields['Assign'] = Object.fromEntries(
          variables.map(([name, text]) => [name, JSON.parse(text) as Json]), // JSON.parse gives JSON.
        )
      }
      if (state.caught === undefined) Object.assign(state.fields, resultPathOf(result, output))
      else state.caught = errorPathOf(output)
    }
  }
  const linked = states.map(({ name, fields, caught }, i) => {
    const next = states[i + 1]?.name
    if (fields['Type'] === 'Fail') return [name, fields]
    if (next === undefined) return [name, { ...fields, End: true }]
    if (caught === undefined) return [name, { ...fields, Next: next }]
    return [
      name,
      { ...fields, End: true, Catch: [{ ErrorEquals: ['States.ALL'], ...caught, Next: next }] },
    ]
  })
  return { StartAt: states[0]?.name ?? '', States: Object.fromEntries(linked) as JsonObject } // Entries of states.
}

/** Whether a failure became the output or a member of it. */
function errorPathOf(output: Json | undefined): JsonObject {
  if (!isObject(output) || 'Error' in output) return {}
  const member = Object.keys(output).find((key) => {
    const value = output[key]
    return isObject(value) && 'Error' in value
  })
  return member === undefined ? {} : { ResultPath: `$.${member}` }
}

/** What a state that fails says, by the names of its fields. */
function withNames({ Type, error, cause }: { Type: string; error?: string; cause?: Json }) {
  const fields: Record<string, Json> = { Type }
  if (error !== undefined) fields['Error'] = error
  if (cause !== undefined) fields['Cause'] = cause
  return fields
}

function workOf(event: RecordedEvent): JsonObject {
  const { taskScheduledEventDetails: task, lambdaFunctionScheduledEventDetails: fn } = event
  if (task !== undefined) return taskOf(task)
  if (fn !== undefined) return { Resource: fn.resource }
  if (event.activityScheduledEventDetails === undefined) return {}
  const { resource, timeoutInSeconds } = event.activityScheduledEventDetails
  return { Resource: resource, ...timeoutOf(timeoutInSeconds) }
}

function taskOf(details: NonNullable<RecordedEvent['taskScheduledEventDetails']>): JsonObject {
  const { resource, resourceType, parameters, timeoutInSeconds, taskCredentials } = details
  return {
    Resource: `arn:aws:states:::${resourceType}:${resource}`,
    Parameters: withTokens(parameters),
    ...timeoutOf(timeoutInSeconds),
    ...(details.heartbeatInSeconds === undefined
      ? {}
      : { HeartbeatSeconds: details.heartbeatInSeconds }),
    ...(taskCredentials === undefined ? {} : { Credentials: { RoleArn: taskCredentials.roleArn } }),
  }
}

function timeoutOf(seconds: number | undefined): JsonObject {
  return seconds === undefined ? {} : { TimeoutSeconds: seconds }
}

/** Where the token stood comes the token of the new run. */
function withTokens(value: Json): Json {
  if (Array.isArray(value)) return value.map(withTokens)
  if (!isObject(value)) return value
  const entries = Object.entries(value).map(([key, it]): [string, Json] =>
    typeof it === 'string' && it.includes('task_token')
      ? [`${key}.$`, '$$.Task.Token']
      : [key, withTokens(it)],
  )
  return Object.fromEntries(entries)
}

/** Whether the result became the output or a member of it. */
function resultPathOf(result: Json | undefined, output: Json | undefined): JsonObject {
  if (result === undefined || !isObject(output)) return {}
  const text = JSON.stringify(result)
  if (JSON.stringify(output) === text) return {}
  const member = Object.keys(output).findLast((key) => JSON.stringify(output[key]) === text)
  return member === undefined ? {} : { ResultPath: `$.${member}` }
}

function withTexts(value: Json, texts: Readonly<Record<string, string>>): Json {
  let text = JSON.stringify(value)
  for (const [name, own] of Object.entries(texts)) {
    text = text.replaceAll(JSON.stringify(name).slice(1, -1), JSON.stringify(own).slice(1, -1))
  }
  return JSON.parse(text) as Json // JSON.parse gives JSON.
}
