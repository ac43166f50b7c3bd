import { isObject, type Json, type JsonObject } from '../engine/json.ts'
import type { EventKind, EventTarget, FunctionEvent } from './events.ts'
import { invalidEvent } from './problems.ts'
import {
  aFlag,
  aList,
  aMap,
  aNumber,
  anything,
  aText,
  type Made,
  made,
  type PropertyRules,
} from './resources.ts'
import { addInline, addManaged, awsPolicyArn, bucketGrant, grant } from './role.ts'
import { isGiven, isIntrinsic, textOf } from './values.ts'

/** Properties that every event type may be written with, whether its source takes them or not. */
const sharedRules: PropertyRules = {
  BatchSize: aNumber,
  StartingPosition: anything,
  StartingPositionTimestamp: anything,
  Enabled: aFlag,
  MaximumBatchingWindowInSeconds: aNumber,
  MaximumRetryAttempts: aNumber,
  BisectBatchOnFunctionError: aFlag,
  MaximumRecordAgeInSeconds: aNumber,
  DestinationConfig: aMap,
  ParallelizationFactor: aNumber,
  Topics: aList,
  Queues: aList,
  SourceAccessConfigurations: aList,
  SecretsManagerKmsKeyId: aText,
  TumblingWindowInSeconds: aNumber,
  FunctionResponseTypes: aList,
  KafkaBootstrapServers: aList,
  FilterCriteria: aMap,
  KmsKeyArn: anything,
  ConsumerGroupId: aText,
  ScalingConfig: aMap,
  ProvisionedPollerConfig: aMap,
  SchemaRegistryConfig: aMap,
  MetricsConfig: aMap,
  LoggingConfig: aMap,
}

/** What goes to the mapping under its own name. */
const mappingProperties = [
  'StartingPosition',
  'StartingPositionTimestamp',
  'BatchSize',
  'Enabled',
  'MaximumBatchingWindowInSeconds',
  'MaximumRetryAttempts',
  'BisectBatchOnFunctionError',
  'MaximumRecordAgeInSeconds',
  'ParallelizationFactor',
  'Topics',
  'Queues',
  'SourceAccessConfigurations',
  'TumblingWindowInSeconds',
  'FunctionResponseTypes',
  'FilterCriteria',
  'KmsKeyArn',
  'ScalingConfig',
  'ProvisionedPollerConfig',
  'MetricsConfig',
  'LoggingConfig',
]

const executionPolicies: Readonly<Record<string, string>> = {
  DynamoDB: 'service-role/AWSLambdaDynamoDBExecutionRole',
  Kinesis: 'service-role/AWSLambdaKinesisExecutionRole',
  SQS: 'service-role/AWSLambdaSQSQueueExecutionRole',
}

const streamRules: PropertyRules = {
  ...sharedRules,
  Stream: { required: true },
  StartingPosition: { required: true },
}

const polled = (rules: PropertyRules): EventKind => ({
  rules,
  expand: (target, event) => [eventSourceMapping(target, event)],
})

export const pollingEvents: Readonly<Record<string, EventKind>> = {
  DynamoDB: polled(streamRules),
  Kinesis: polled(streamRules),
  SQS: polled({ ...sharedRules, Queue: { required: true } }),
}

/** The mapping from a queue or a stream, and what the function's role needs for it. */
export function eventSourceMapping(target: EventTarget, event: FunctionEvent): Made {
  const { logicalId, type, properties } = event
  checkFilters(event)
  if (isGiven(properties['ConsumerGroupId'])) {
    throw invalidEvent(
      logicalId,
      `Property ConsumerGroupId not defined for resource of type ${type}.`,
    )
  }
  const servers = properties['KafkaBootstrapServers']
  const destination = destinationOf(event)
  const policy = executionPolicies[type]
  if (policy !== undefined) addManaged(target.role, awsPolicyArn(target.expansion, policy))
  if (destination.policy !== undefined) addInline(target.role, destination.policy)
  return made(
    logicalId,
    'AWS::Lambda::EventSourceMapping',
    {
      FunctionName: target.nameOrArn,
      EventSourceArn: properties['Queue'] ?? properties['Stream'],
      ...Object.fromEntries(mappingProperties.map((name) => [name, properties[name]])),
      DestinationConfig: destination.config,
      SelfManagedEventSource: isGiven(servers)
        ? { Endpoints: { KafkaBootstrapServers: servers } }
        : undefined,
    },
    { attributes: target.attributes },
  )
}

function checkFilters({ properties, relativeId }: FunctionEvent): void {
  const criteria = properties['FilterCriteria']
  if (!isGiven(criteria) || isIntrinsic(criteria) || !isObject(criteria)) return
  const keys = Object.keys(criteria)
  if (keys.length !== 1 || keys[0] !== 'Filters') {
    throw invalidEvent(relativeId, 'FilterCriteria field has a wrong format')
  }
}

interface FailureDestination {
  readonly config?: JsonObject
  readonly policy?: JsonObject
}

const destinationTypes = new Set(['SQS', 'SNS', 'S3', 'Kafka'])

/** `DestinationConfig` without the type that only the transform knows, and what sending there needs. */
function destinationOf({ logicalId, properties }: FunctionEvent): FailureDestination {
  const written = properties['DestinationConfig']
  if (!isObject(written) || !isGiven(written)) return {}
  const onFailure = written['OnFailure']
  if (!isObject(onFailure)) {
    throw invalidEvent(logicalId, "Property 'DestinationConfig.OnFailure' should be a map.")
  }
  const { Type, ...rest } = onFailure
  if (!isGiven(Type)) return { config: written }
  const type = textOf(Type) ?? ''
  if (!destinationTypes.has(type)) {
    throw invalidEvent(
      logicalId,
      "The only valid values for 'Type' are 'SQS', 'SNS', 'S3', and 'Kafka'",
    )
  }
  const policy = destinationGrant(type, logicalId, rest['Destination'] ?? null)
  return { config: { ...written, OnFailure: rest }, ...(policy === undefined ? {} : { policy }) }
}

function destinationGrant(type: string, logicalId: string, arn: Json) {
  if (type === 'SQS') return grant(`${logicalId}SQSPolicy`, 'sqs:SendMessage', arn)
  if (type === 'SNS') return grant(`${logicalId}SNSPolicy`, 'sns:publish', arn)
  return type === 'S3' ? bucketGrant(`${logicalId}S3Policy`, arn) : undefined
}
