import type { Operation } from '@cloud-orrery/models'
import { PutEvents } from '@cloud-orrery/models/events'
import { DeleteMessage, PurgeQueue, ReceiveMessage, SendMessage } from '@cloud-orrery/models/sqs'
import { StartExecution, StartSyncExecution, StopExecution } from '@cloud-orrery/models/states'

/** A call of an AWS service that an integration can be. */
export interface IntegrationSubtype {
  readonly required: readonly string[]
  /** Besides `Region`, which all have. */
  readonly optional: readonly string[]
  /** Absent: the service is not modelled, and the subtype is refused by name. */
  readonly call?: ServiceCall
}

export interface ServiceCall {
  readonly operation: Operation
  /** How the service is spoken to, which shows in what clients get. */
  readonly protocol: 'awsJson1_0' | 'awsJson1_1' | 'awsQuery'
  /** The operation's input from the parameters' texts. */
  readonly input: (
    parameters: Readonly<Record<string, string>>,
  ) => Readonly<Record<string, unknown>>
}

const asTheyAre = (parameters: Readonly<Record<string, string>>) => parameters

/** Source: developer guide, "Integration subtype reference". */
export const integrationSubtypes: Readonly<Record<string, IntegrationSubtype>> = {
  'AppConfig-GetConfiguration': {
    required: ['Application', 'Environment', 'Configuration', 'ClientId'],
    optional: ['ClientConfigurationVersion'],
  },
  'EventBridge-PutEvents': {
    required: ['Detail', 'DetailType', 'Source'],
    optional: ['Time', 'EventBusName', 'Resources', 'TraceHeader'],
    call: { operation: PutEvents, protocol: 'awsJson1_1', input: eventEntry },
  },
  'Kinesis-PutRecord': {
    required: ['StreamName', 'Data', 'PartitionKey'],
    optional: ['SequenceNumberForOrdering', 'ExplicitHashKey'],
  },
  'SQS-DeleteMessage': {
    required: ['ReceiptHandle', 'QueueUrl'],
    optional: [],
    call: { operation: DeleteMessage, protocol: 'awsQuery', input: asTheyAre },
  },
  'SQS-PurgeQueue': {
    required: ['QueueUrl'],
    optional: [],
    call: { operation: PurgeQueue, protocol: 'awsQuery', input: asTheyAre },
  },
  'SQS-ReceiveMessage': {
    required: ['QueueUrl'],
    optional: [
      'AttributeNames',
      'MaxNumberOfMessages',
      'MessageAttributeNames',
      'ReceiveRequestAttemptId',
      'VisibilityTimeout',
      'WaitTimeSeconds',
    ],
    call: { operation: ReceiveMessage, protocol: 'awsQuery', input: typed },
  },
  'SQS-SendMessage': {
    required: ['QueueUrl', 'MessageBody'],
    optional: [
      'DelaySeconds',
      'MessageAttributes',
      'MessageDeduplicationId',
      'MessageGroupId',
      'MessageSystemAttributes',
    ],
    call: { operation: SendMessage, protocol: 'awsQuery', input: typed },
  },
  'StepFunctions-StartExecution': {
    required: ['StateMachineArn'],
    optional: ['Name', 'Input'],
    call: { operation: StartExecution, protocol: 'awsJson1_0', input: inCamelCase },
  },
  'StepFunctions-StartSyncExecution': {
    required: ['StateMachineArn'],
    optional: ['Name', 'Input', 'TraceHeader'],
    call: { operation: StartSyncExecution, protocol: 'awsJson1_0', input: inCamelCase },
  },
  'StepFunctions-StopExecution': {
    required: ['ExecutionArn'],
    optional: ['Cause', 'Error'],
    call: { operation: StopExecution, protocol: 'awsJson1_0', input: inCamelCase },
  },
}

function eventEntry({ Time, Resources, ...entry }: Readonly<Record<string, string>>) {
  const moment = Time === undefined ? {} : { Time: Date.parse(Time) }
  const resources = Resources === undefined ? {} : { Resources: JSON.parse(Resources) as unknown }
  return { Entries: [{ ...entry, ...moment, ...resources }] }
}

/** Numbers and structures come as JSON, the rest as text. */
function typed(parameters: Readonly<Record<string, string>>): Record<string, unknown> {
  const entries = Object.entries(parameters).map(([name, text]): [string, unknown] => {
    if (/^(?:DelaySeconds|MaxNumberOfMessages|VisibilityTimeout|WaitTimeSeconds)$/.test(name)) {
      return [name, Number(text)]
    }
    return /Attribute(?:s|Names)$/.test(name) ? [name, JSON.parse(text)] : [name, text]
  })
  return Object.fromEntries(entries)
}

function inCamelCase(parameters: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(parameters)
  return Object.fromEntries(
    entries.map(([name, text]) => [name.charAt(0).toLowerCase() + name.slice(1), text]),
  )
}
