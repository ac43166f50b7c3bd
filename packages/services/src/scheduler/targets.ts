import type { AwsError } from '@cloud-orrery/models'
import { PutEvents } from '@cloud-orrery/models/events'
import { Invoke } from '@cloud-orrery/models/lambda'
import type { Target } from '@cloud-orrery/models/scheduler'
import { Publish } from '@cloud-orrery/models/sns'
import { SendMessage } from '@cloud-orrery/models/sqs'
import { StartExecution } from '@cloud-orrery/models/states'
import type { CallOptions, Context } from '../context.ts'
import { notModelled } from '../shared/not-modelled.ts'
import { inputFromJson, type Json, sdkCall } from '../shared/sdk-calls/index.ts'
import { invalid } from './errors.ts'

type Kind = 'function' | 'queue' | 'topic' | 'machine' | 'bus' | 'universal'

interface ParsedArn {
  readonly service: string
  readonly region: string
  readonly accountId: string
  readonly resource: string
}

function parsed(arn: string): ParsedArn {
  const found = /^arn:aws[\w-]*:([\w-]+):([\w-]*):(\d{12}|):(.+)$/.exec(arn)
  // As EventBridge says it of its own targets.
  if (found === null) throw invalid('Provided Arn is not in correct format.')
  const [, service = '', region = '', accountId = '', resource = ''] = found
  return { service, region, accountId, resource }
}

export function isUniversal(arn: string): boolean {
  return /^arn:aws[\w-]*:scheduler:::aws-sdk:/.test(arn)
}

/** The kind of a target, by its ARN; kinds that are not built are refused by name. */
function kindOf(arn: string): Kind {
  const { service, resource } = parsed(arn)
  if (isUniversal(arn)) return 'universal'
  if (service === 'lambda' && resource.startsWith('function:')) return 'function'
  if (service === 'sqs') return 'queue'
  if (service === 'sns') return 'topic'
  if (service === 'states' && resource.startsWith('stateMachine:')) return 'machine'
  if (service === 'events' && resource.startsWith('event-bus/')) return 'bus'
  throw notModelled(`targets of scheduler:CreateSchedule such as ${arn}`)
}

/** Parameters of kinds of targets that are not built. */
const unbuilt = [
  'EcsParameters',
  'EventBridgePutEventsV2Parameters',
  'EventBridgePutRawEventsParameters',
  'KinesisParameters',
  'SageMakerPipelineParameters',
] as const

/** Refuses a target that AWS refuses when a schedule is made, or that is not built. The words are ours. */
export function checkTarget(ctx: Context, target: Target): void {
  const kind = kindOf(target.Arn)
  const other = unbuilt.find((name) => target[name] !== undefined)
  if (other !== undefined) throw notModelled(`the parameter Target.${other} of scheduler`)
  const { region } = parsed(target.Arn)
  if (kind !== 'universal' && region !== ctx.region) {
    throw invalid('The target must be in the Region of the schedule.')
  }
  if (kind === 'queue' && target.Arn.endsWith('.fifo')) {
    if (target.SqsParameters?.MessageGroupId === undefined) {
      throw invalid('SqsParameters.MessageGroupId is required for a FIFO queue.')
    }
  }
  if (kind === 'bus') {
    if (target.EventBridgeParameters === undefined) {
      throw invalid('EventBridgeParameters are required for an event bus.')
    }
    checkJson(target.Input)
  }
  if (kind === 'universal') {
    checkJson(target.Input)
    operationOf(target.Arn)
  }
}

function checkJson(text = '{}'): void {
  try {
    JSON.parse(text)
  } catch {
    throw invalid('The Input of the target must be valid JSON.')
  }
}

/**
 * Starts of actions that only read, which no schedule can call.
 * Source: User Guide, "Using universal targets", "Unsupported actions".
 */
const readOnly =
  /^(get|describe|list|poll|receive|search|scan|query|select|read|lookup|discover|validate|batchGet|batchDescribe|batchRead|transactGet|adminGet|adminList|testMigration|retrieve|testConnection|translateDocument|isAuthorized|invokeModel)/

/** The operation that a universal target names. */
function operationOf(arn: string) {
  const [service = '', action = ''] = arn.split(':aws-sdk:')[1]?.split(':') ?? []
  const call = sdkCall(service, action)
  if (call.kind === 'notModelled') {
    throw notModelled(`universal targets of ${call.service} such as ${arn}`)
  }
  if (call.kind === 'unknown') throw invalid(`${arn} is not a supported universal target.`)
  if (readOnly.test(action)) {
    throw invalid(`${arn} is not a supported universal target: it only reads.`)
  }
  return call.operation
}

/** Hands a target its input, in the name of the schedule's role. */
export async function callTarget(
  ctx: Context,
  target: Target,
  input: string,
  options: CallOptions,
): Promise<void> {
  const { Arn } = target
  const { region, accountId } = parsed(Arn)
  const there = { ...options, region, accountId }
  switch (kindOf(Arn)) {
    case 'function': {
      const Payload = Buffer.from(input)
      await ctx.call(Invoke, { FunctionName: Arn, InvocationType: 'Event', Payload }, there)
      return
    }
    case 'queue': {
      const { MessageGroupId } = target.SqsParameters ?? {}
      const message = { QueueUrl: queueUrl(Arn), MessageBody: input }
      const group = MessageGroupId === undefined ? {} : { MessageGroupId }
      await ctx.call(SendMessage, { ...message, ...group }, there)
      return
    }
    case 'topic':
      await ctx.call(Publish, { TopicArn: Arn, Message: input }, there)
      return
    case 'machine':
      await ctx.call(StartExecution, { stateMachineArn: Arn, input }, there)
      return
    case 'bus':
      return await putEvent(ctx, target, input, options)
    case 'universal':
      return await callUniversal(ctx, Arn, input, options)
  }
}

async function putEvent(
  ctx: Context,
  { Arn, EventBridgeParameters }: Target,
  Detail: string,
  options: CallOptions,
): Promise<void> {
  const { DetailType, Source } = EventBridgeParameters ?? {}
  const entry = { EventBusName: Arn, DetailType, Source, Detail }
  const { Entries } = await ctx.call(PutEvents, { Entries: [entry] }, options)
  const { ErrorCode, ErrorMessage } = Entries?.[0] ?? {}
  if (ErrorCode !== undefined) throw refused(ErrorMessage ?? ErrorCode)
}

async function callUniversal(
  ctx: Context,
  arn: string,
  text: string,
  options: CallOptions,
): Promise<void> {
  const operation = operationOf(arn)
  const read = inputFromJson(operation, JSON.parse(text) as Json)
  if (read.kind === 'wrong') throw refused(read.problems.join('; '))
  await ctx.call(operation, read.input, options)
}

function refused(message: string): AwsError {
  return invalid(message)
}

/** Where messages for a queue go. */
export function queueUrl(arn: string): string {
  const { region, accountId, resource } = parsed(arn)
  return `https://sqs.${region}.amazonaws.com/${accountId}/${resource}`
}
