import { PutEvents, type PutEventsRequest } from '@cloud-orrery/models/events'
import { Publish } from '@cloud-orrery/models/sns'
import { SendMessage } from '@cloud-orrery/models/sqs'
import type { Context } from '../../context.ts'
import { inputFromJson, outputToJson } from '../../shared/sdk-calls/index.ts'
import { isArray, isObject, type Json, type JsonObject, textOf } from '../asl/json.ts'
import type { Integration, TaskOutcome, TaskRequest } from '../executions/contract.ts'
import { callerOf } from './identity.ts'
import { answered, messageText, parametersOf, wrongParameters } from './parameters.ts'
import { eventsV1, jsonHeaders, outcomeOf, sdkMetadata, snsV1, sqsV1 } from './sdk-v1.ts'

/** `arn:aws:states:::sqs:sendMessage`. Recorded: states, 2023. */
export const sendMessageIntegration: Integration = {
  start: (ctx, request) => outcomeOf(ctx, sqsV1, () => sendMessage(ctx, request)),
}

async function sendMessage(ctx: Context, request: TaskRequest): Promise<TaskOutcome> {
  const { MessageBody, ...parameters } = parametersOf(request)
  const QueueUrl = parameters['QueueUrl']
  const text = messageText(MessageBody)
  const read = inputFromJson(SendMessage, parameters)
  const missing = [
    ...(typeof QueueUrl === 'string' ? [] : ['QueueUrl']),
    ...(text === undefined ? ['MessageBody'] : []),
  ]
  const problems = missing.map((name) => `The field '${name}' is required but was missing`)
  if (read.kind === 'wrong') problems.push(...read.problems)
  if (read.kind === 'wrong' || problems.length > 0) return wrongParameters(request, problems)
  if (!/^https?:\/\//.test(String(QueueUrl))) return noHost(String(QueueUrl))
  const input = { ...read.input, QueueUrl: String(QueueUrl), MessageBody: text ?? '' }
  const answer = await ctx.call(SendMessage, input, await callerOf(ctx, request))
  const output = outputToJson(SendMessage, answer) as JsonObject // An output is a structure.
  return answered(request, { ...output, ...sdkMetadata(ctx, jsonHeaders(answer)) })
}

/** What is no URL is taken for a host's name. Recorded: states, sqs:sendMessage to a queue's bare name, 2022. */
function noHost(name: string): TaskOutcome {
  return {
    kind: 'failed',
    error: 'SQS.SdkClientException',
    cause: `Unable to execute HTTP request: ${name}: Name or service not known`,
  }
}

/** `arn:aws:states:::sns:publish`. Recorded: states, 2023 and 2024. */
export const publishIntegration: Integration = {
  start: (ctx, request) => outcomeOf(ctx, snsV1, () => publish(ctx, request)),
}

/** Bytes of SNS's answer besides its ids. Recorded: states, sns:publish, 2023. */
const publishAnswerBytes = { standard: 294, fifo: 352 } as const

async function publish(ctx: Context, request: TaskRequest): Promise<TaskOutcome> {
  const { Message, ...parameters } = parametersOf(request)
  const text = messageText(Message)
  const read = inputFromJson(Publish, parameters)
  if (read.kind === 'wrong') return wrongParameters(request, read.problems)
  if (text === undefined) {
    return wrongParameters(request, ["The field 'Message' is required but was missing"])
  }
  const answer = await ctx.call(
    Publish,
    { ...read.input, Message: text },
    await callerOf(ctx, request),
  )
  const output = outputToJson(Publish, answer) as JsonObject // An output is a structure.
  const bytes = publishAnswerBytes[answer.SequenceNumber === undefined ? 'standard' : 'fifo']
  const headers = sdkMetadata(ctx, [
    ['connection', 'keep-alive'],
    ['Content-Length', String(bytes)],
    ['Content-Type', 'text/xml'],
  ])
  return answered(request, { ...output, ...headers })
}

/** `arn:aws:states:::events:putEvents`. Recorded: states, 2023 and 2025. */
export const putEventsIntegration: Integration = {
  start: (ctx, request) => outcomeOf(ctx, eventsV1, () => putEvents(ctx, request)),
}

async function putEvents(ctx: Context, request: TaskRequest): Promise<TaskOutcome> {
  const { Entries, ...parameters } = parametersOf(request)
  if (!isArray(Entries)) {
    return wrongParameters(request, ["The field 'Entries' is required but was missing"])
  }
  const entries = Entries.map((entry) => withSources(request, entry))
  const read = inputFromJson(PutEvents, { ...parameters, Entries: entries })
  if (read.kind === 'wrong') return wrongParameters(request, read.problems)
  // The reader made this of the operation's own model.
  const input = read.input as unknown as PutEventsRequest
  const answer = await ctx.call(PutEvents, input, await callerOf(ctx, request))
  const output = outputToJson(PutEvents, answer)
  if ((answer.FailedEntryCount ?? 0) > 0) {
    return { kind: 'failed', error: 'EventBridge.FailedEntry', cause: textOf(output) }
  }
  return answered(request, output)
}

/** Machine and execution are among an event's resources. Recorded: states, events:putEvents, 2023. */
function withSources({ stateMachineArn, executionArn }: TaskRequest, entry: Json): Json {
  if (!isObject(entry)) return entry
  const { Resources } = entry
  const own = isArray(Resources) ? Resources : []
  return { ...entry, Resources: [...own, stateMachineArn, executionArn] }
}
