import type { Json, JsonObject } from '../engine/json.ts'
import type { EventTarget, FunctionEvent } from './events.ts'
import { permission } from './permission.ts'
import { invalidEvent } from './problems.ts'
import { aFlag, aMap, aText, type Made, made, type PropertyRules } from './resources.ts'
import { getAtt, isGiven, mapOf, ref, textOf } from './values.ts'

export const scheduleRules: PropertyRules = {
  Schedule: { ...aText, required: true },
  RuleName: aText,
  Input: aText,
  Enabled: aFlag,
  State: aText,
  Name: aText,
  Description: aText,
  DeadLetterConfig: aMap,
  RetryPolicy: aMap,
}

export const ruleRules: PropertyRules = {
  EventBusName: aText,
  RuleName: aText,
  Pattern: aMap,
  DeadLetterConfig: aMap,
  RetryPolicy: aMap,
  Input: aText,
  InputPath: aText,
  Target: aMap,
  Enabled: aFlag,
  State: aText,
  InputTransformer: aMap,
}

/** Characters of a target's id. Source: EventBridge API reference, Target, `Id`. */
const targetIdCharactersMax = 64

/** A rule with a schedule, what lets it call, and the queue for what it could not deliver. */
export function scheduleEvent(target: EventTarget, event: FunctionEvent): Made[] {
  const { Schedule, Name, Description, Input } = event.properties
  const state = stateOf(event)
  return rule(target, event, {
    properties: { ScheduleExpression: Schedule, Name, Description, ...state },
    target: { Input },
    targetId: targetId(event.logicalId, 'LambdaTarget'),
  })
}

/** A rule with a pattern. */
export function ruleEvent(target: EventTarget, event: FunctionEvent): Made[] {
  const { EventBusName, Pattern, RuleName, Input, InputPath, InputTransformer } = event.properties
  return rule(target, event, {
    properties: { EventBusName, EventPattern: Pattern, Name: RuleName, ...stateOf(event) },
    target: { Input, InputPath, InputTransformer },
    targetId: mapOf(event.properties['Target'])['Id'] ?? targetId(event.logicalId, 'LambdaTarget'),
  })
}

interface RuleParts {
  readonly properties: Readonly<Record<string, Json | undefined>>
  readonly target: Readonly<Record<string, Json | undefined>>
  readonly targetId: Json
}

function rule(target: EventTarget, event: FunctionEvent, parts: RuleParts): Made[] {
  const { logicalId } = event
  const { attributes } = target
  const ruleArn = getAtt(logicalId, 'Arn')
  const letters = deadLetters(event, ruleArn, attributes)
  return [
    made(
      logicalId,
      'AWS::Events::Rule',
      {
        ...parts.properties,
        Targets: [
          ruleTarget(event, { Arn: target.arn, Id: parts.targetId, ...parts.target }, letters.arn),
        ],
      },
      { attributes },
    ),
    ...letters.resources,
    permission(target, logicalId, 'events.amazonaws.com', { SourceArn: ruleArn }),
  ]
}

/** A target with only what was given. */
export function ruleTarget(
  event: FunctionEvent,
  members: Readonly<Record<string, Json | undefined>>,
  deadLetterArn: Json | undefined,
): JsonObject {
  const all = Object.entries({
    ...members,
    DeadLetterConfig: deadLetterArn === undefined ? undefined : { Arn: deadLetterArn },
    RetryPolicy: event.properties['RetryPolicy'],
  })
  return Object.fromEntries(
    all.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  )
}

export function targetId(logicalId: string, suffix: string): string {
  return logicalId.slice(0, targetIdCharactersMax - suffix.length) + suffix
}

/** `State`, or `Enabled` as its older form. */
export function stateOf(event: FunctionEvent): { State?: Json } {
  const { State, Enabled } = event.properties
  if (isGiven(State) && Enabled !== undefined) {
    throw invalidEvent(event.relativeId, 'State and Enabled Properties cannot both be specified.')
  }
  if (Enabled !== undefined) return { State: isGiven(Enabled) ? 'ENABLED' : 'DISABLED' }
  return isGiven(State) ? { State } : {}
}

interface DeadLetters {
  readonly arn?: Json
  readonly resources: Made[]
}

/** The queue of `DeadLetterConfig`: one that is there, or a new one that the rule may send to. */
export function deadLetters(
  event: FunctionEvent,
  ruleArn: Json,
  attributes: JsonObject,
): DeadLetters {
  const known = deadLetterQueue(event, attributes)
  if (known === undefined) return { resources: [] }
  if (known.queue === undefined) return { arn: known.arn, resources: [] }
  const policy = queuePolicy(
    `${event.logicalId}QueuePolicy`,
    ref(known.queue.logicalId),
    {
      Principal: { Service: 'events.amazonaws.com' },
      Resource: known.arn,
      Condition: { ArnEquals: { 'aws:SourceArn': ruleArn } },
    },
    attributes,
  )
  return { arn: known.arn, resources: [known.queue, policy] }
}

/** Undefined where the event has no `DeadLetterConfig`; with `queue` where one is to be made. */
export function deadLetterQueue(
  { logicalId, properties }: FunctionEvent,
  attributes: JsonObject,
): { readonly arn: Json; readonly queue?: Made } | undefined {
  const written = properties['DeadLetterConfig']
  if (written === undefined) return undefined
  const { Arn, Type, QueueLogicalId } = mapOf(written)
  if (Arn !== undefined && Type !== undefined) {
    throw invalidEvent(
      logicalId,
      "You can either define 'Arn' or 'Type' property of DeadLetterConfig.",
    )
  }
  if (Type !== undefined && Type !== 'SQS') {
    throw invalidEvent(
      logicalId,
      "The only valid value for 'Type' property of DeadLetterConfig is 'SQS'.",
    )
  }
  if (Arn !== undefined) return { arn: Arn }
  if (Type === undefined) {
    throw invalidEvent(logicalId, "No 'Arn' or 'Type' property provided for DeadLetterConfig.")
  }
  if (QueueLogicalId !== undefined && typeof QueueLogicalId !== 'string') {
    throw invalidEvent(logicalId, 'QueueLogicalId must be a string')
  }
  const id = textOf(QueueLogicalId) ?? ''
  const queue = made(id === '' ? `${logicalId}Queue` : id, 'AWS::SQS::Queue', {}, { attributes })
  return { arn: getAtt(queue.logicalId, 'Arn'), queue }
}

/** Lets someone send to a queue. */
export function queuePolicy(
  logicalId: string,
  queueUrl: Json,
  statement: JsonObject,
  attributes: JsonObject,
): Made {
  return made(
    logicalId,
    'AWS::SQS::QueuePolicy',
    {
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Action: 'sqs:SendMessage', Effect: 'Allow', ...statement }],
      },
      Queues: [queueUrl],
    },
    { attributes },
  )
}
