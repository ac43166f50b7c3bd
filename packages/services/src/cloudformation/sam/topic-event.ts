import { isObject, type Json, type JsonObject } from '../engine/json.ts'
import type { EventTarget, FunctionEvent } from './events.ts'
import { permission } from './permission.ts'
import { eventSourceMapping } from './polling-events.ts'
import { invalidEvent } from './problems.ts'
import { aMap, anything, aText, type Made, made, type PropertyRules } from './resources.ts'
import { queuePolicy } from './rule-events.ts'
import { getAtt, isGiven, logicalIdOf, mapOf, ref, resolved, textOf } from './values.ts'

export const topicRules: PropertyRules = {
  Topic: { ...aText, required: true },
  Region: aText,
  FilterPolicy: anything,
  FilterPolicyScope: anything,
  SqsSubscription: { fits: (value) => typeof value === 'boolean' || isObject(value) },
  RedrivePolicy: aMap,
}

/** Messages of a queue that the mapping asks for at a time, unless the event says otherwise. */
const batchSize = 10

/** A subscription of the function, or of a queue between topic and function. */
export function topicEvent(target: EventTarget, event: FunctionEvent): Made[] {
  const { Topic = '', SqsSubscription } = event.properties
  if (!isGiven(SqsSubscription)) {
    return [
      permission(target, event.logicalId, 'sns.amazonaws.com', { SourceArn: Topic }),
      subscription(target, event, 'lambda', target.arn),
    ]
  }
  const { queue, arn, url, policyId, size } =
    SqsSubscription === true ? newQueue(target, event) : givenQueue(event, mapOf(SqsSubscription))
  return [
    eventSourceMapping(target, {
      ...event,
      logicalId: `${event.logicalId}EventSourceMapping`,
      type: 'SQS',
      properties: { Queue: arn, BatchSize: size, Enabled: true },
    }),
    ...(queue === undefined ? [] : [queue]),
    queuePolicy(
      policyId,
      url,
      { Principal: '*', Resource: arn, Condition: { ArnEquals: { 'aws:SourceArn': Topic } } },
      target.attributes,
    ),
    subscription(target, event, 'sqs', arn),
  ]
}

interface Between {
  readonly queue?: Made
  readonly arn: Json
  readonly url: Json
  readonly policyId: string
  readonly size: Json
}

/** A queue of the event's own, in order where the topic is. */
function newQueue({ expansion, attributes }: EventTarget, event: FunctionEvent): Between {
  const topic = expansion.source[logicalIdOf(event.properties['Topic']) ?? '']
  const written = mapOf(topic?.['Properties'])['FifoTopic'] ?? false
  const fifo = resolved(written, expansion.parameters)
  const queue = made(
    `${event.logicalId}Queue`,
    'AWS::SQS::Queue',
    isGiven(fifo) ? { FifoQueue: fifo } : {},
    { attributes },
  )
  return {
    queue,
    arn: getAtt(queue.logicalId, 'Arn'),
    url: ref(queue.logicalId),
    policyId: `${event.logicalId}QueuePolicy`,
    size: batchSize,
  }
}

function givenQueue(event: FunctionEvent, settings: JsonObject): Between {
  const { QueueArn, QueueUrl, QueuePolicyLogicalId, BatchSize } = settings
  if (!isGiven(QueueArn) || !isGiven(QueueUrl)) {
    throw invalidEvent(event.relativeId, 'No QueueARN or QueueURL provided.')
  }
  const policyId = textOf(QueuePolicyLogicalId) ?? ''
  return {
    arn: QueueArn,
    url: QueueUrl,
    policyId: policyId === '' ? `${event.logicalId}QueuePolicy` : policyId,
    size: isGiven(BatchSize) ? BatchSize : batchSize,
  }
}

function subscription(
  { attributes }: EventTarget,
  { logicalId, properties }: FunctionEvent,
  Protocol: string,
  Endpoint: Json,
): Made {
  const { Topic, Region, FilterPolicy, FilterPolicyScope, RedrivePolicy } = properties
  return made(
    logicalId,
    'AWS::SNS::Subscription',
    {
      Protocol,
      Endpoint,
      TopicArn: Topic,
      Region,
      FilterPolicy,
      FilterPolicyScope,
      RedrivePolicy,
    },
    { attributes },
  )
}
