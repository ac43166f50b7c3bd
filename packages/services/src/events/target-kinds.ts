import type { Scope } from '@cloud-orrery/kernel'
import { PutEvents, type Target } from '@cloud-orrery/models/events'
import { Invoke } from '@cloud-orrery/models/lambda'
import { CreateLogStream, PutLogEvents } from '@cloud-orrery/models/logs'
import { Publish } from '@cloud-orrery/models/sns'
import { SendMessage } from '@cloud-orrery/models/sqs'
import { CreateOpsItem } from '@cloud-orrery/models/ssm'
import { StartExecution } from '@cloud-orrery/models/states'
import type { CallOptions, Context } from '../context.ts'
import { notModelled } from '../shared/not-modelled.ts'
import type { BusEvent } from './envelope.ts'
import { invalid, invalidParameter, undeliverable } from './errors.ts'
import type { RuleFacts } from './input.ts'
import { logEventOf } from './log-event.ts'
import { opsItemOf } from './ops-item.ts'
import { eventsPrincipal } from './pass-role.ts'
import { queueCall } from './queue-arn.ts'
import { forwards } from './state.ts'

type Kind = 'function' | 'queue' | 'topic' | 'bus' | 'logGroup' | 'opsItem' | 'stateMachine'

/** Kinds that no resource policy can open: EventBridge needs a role. */
const kindsWithRole: ReadonlySet<Kind> = new Set(['bus', 'opsItem', 'stateMachine'])

interface ParsedArn extends Scope {
  readonly service: string
  readonly resource: string
}

/** The kind of a target, by its ARN. Refuses ARNs that are none, and by name the kinds that are not built. */
export function kindOf(arn: string): Kind {
  const { service, resource } = parsed(arn)
  if (service === 'sqs') return 'queue'
  if (service === 'lambda' && resource.startsWith('function:')) return 'function'
  if (service === 'sns') return 'topic'
  if (service === 'events' && resource.startsWith('event-bus/')) return 'bus'
  if (service === 'logs' && resource.startsWith('log-group:')) return 'logGroup'
  if (service === 'ssm' && resource === 'opsitem') return 'opsItem'
  if (service === 'states' && resource.startsWith('stateMachine:')) return 'stateMachine'
  throw notModelled(`targets of events:PutTargets such as ${arn}`)
}

function parsed(arn: string): ParsedArn {
  const found = /^arn:[\w-]+:([\w-]+):([\w-]*):(\d{12}|):(.+)$/.exec(arn)
  if (found === null) throw invalidParameter(arn, 'Provided Arn is not in correct format.')
  const [, service = '', region = '', accountId = '', resource = ''] = found
  return { service, region, accountId, resource }
}

/** Refuses a target that AWS refuses when it is put, or that is not built. */
export function checkKind(ctx: Context, target: Target): void {
  const kind = kindOf(target.Arn)
  const { region } = parsed(target.Arn)
  if (kind !== 'bus' && region !== ctx.region) {
    throw invalidParameter(target.Arn, 'The target must be in the Region of the rule.')
  }
  if (kindsWithRole.has(kind) && target.RoleArn === undefined) {
    throw invalid(`RoleArn is required for target ${target.Arn}.`)
  }
  const fifo = target.Arn.endsWith('.fifo')
  if (kind === 'queue' && fifo && target.SqsParameters?.MessageGroupId === undefined) {
    throw invalid(`Parameter(s) SqsParameters must be specified for target: ${target.Id}.`)
  }
  if (kind === 'topic' && fifo) throw invalid('FIFO topics are not supported as targets.')
}

/** Hands one target its input, as the target's role or as EventBridge itself. */
export async function invoke(
  ctx: Context,
  target: Target,
  input: string,
  event: BusEvent,
  rule: RuleFacts,
): Promise<void> {
  const { accountId, region, resource } = parsed(target.Arn)
  const options: CallOptions = {
    as:
      target.RoleArn === undefined
        ? eventsPrincipal
        : { role: target.RoleArn, service: eventsPrincipal },
    sourceArn: rule.arn,
    accountId,
    region,
  }
  switch (kindOf(target.Arn)) {
    case 'function': {
      const call = { FunctionName: target.Arn, InvocationType: 'Event' } as const
      await ctx.call(Invoke, { ...call, Payload: Buffer.from(input) }, options)
      return
    }
    case 'queue': {
      const group = target.SqsParameters?.MessageGroupId
      const QueueUrl = queueCall(target.Arn)?.url ?? ''
      const message = { QueueUrl, MessageBody: input }
      await ctx.call(SendMessage, { ...message, ...(group && { MessageGroupId: group }) }, options)
      return
    }
    case 'topic':
      await ctx.call(Publish, { TopicArn: target.Arn, Message: input }, options)
      return
    case 'logGroup':
      return await putLog(ctx, resource, input, event, options)
    case 'opsItem':
      await ctx.call(CreateOpsItem, opsItemOf(target, input, event, rule), options)
      return
    case 'stateMachine':
      await ctx.call(StartExecution, { stateMachineArn: target.Arn, input }, options)
      return
    case 'bus':
      return await forward(ctx, target, event, { accountId, region }, options)
  }
}

/** Each event has a stream of its own. Source: observed on AWS; EventBridge names no rule for it. */
async function putLog(
  ctx: Context,
  resource: string,
  input: string,
  event: BusEvent,
  options: CallOptions,
): Promise<void> {
  const logGroupName = resource.replace(/^log-group:/, '').replace(/:\*$/, '')
  const logStreamName = ctx.ids.uuid()
  await ctx.call(CreateLogStream, { logGroupName, logStreamName }, options)
  const logEvents = [logEventOf(input, event)]
  await ctx.call(PutLogEvents, { logGroupName, logStreamName, logEvents }, options)
}

/**
 * Sends an event on to another bus. It keeps its envelope, which PutEvents has no parameters for, so the
 * envelope waits in a table under a one-time id that the call carries in place of a trace header.
 */
async function forward(
  ctx: Context,
  target: Target,
  event: BusEvent,
  to: Scope,
  options: CallOptions,
): Promise<void> {
  refuseThirdBus(event, to, ctx)
  const sameRegion = to.region === ctx.region
  const id = ctx.ids.uuid()
  forwards.put(ctx, {
    id,
    // In another Region an event gets a new id. Recorded: events, cross-account and cross-region buses.
    event: { ...event, id: sameRegion ? event.id : ctx.ids.uuid(), forwardedBy: target.Arn },
  })
  const entry = {
    Source: event.source,
    DetailType: event.detailType,
    Detail: event.detail,
    EventBusName: target.Arn,
    TraceHeader: id,
  }
  try {
    const { accountId: _, ...asRole } = options
    const { Entries } = await ctx.call(PutEvents, { Entries: [entry] }, asRole)
    const { ErrorCode, ErrorMessage } = Entries?.[0] ?? {}
    if (ErrorCode !== undefined) throw undeliverable('INVALID_PARAMETER', ErrorMessage ?? ErrorCode)
  } finally {
    forwards.delete(ctx, id)
  }
}

/** An event that came from another bus goes to no third one. Source: User Guide, "Event buses as targets". */
function refuseThirdBus(event: BusEvent, to: Scope, at: Scope): void {
  if (event.forwardedBy === undefined) return
  const account = to.accountId !== at.accountId
  const text = 'An event that was received from another event bus is not sent to a third one.'
  throw undeliverable(account ? 'THIRD_ACCOUNT_HOP_DETECTED' : 'THIRD_REGION_HOP_DETECTED', text)
}
