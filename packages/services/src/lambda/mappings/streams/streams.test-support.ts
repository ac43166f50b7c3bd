import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb'
import {
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
  GetEventSourceMappingCommand,
} from '@aws-sdk/client-lambda'
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { type CloudOptions, client } from '@cloud-orrery/cloud'
import { giveRole, makeFunction, start, type TestHandler } from '../../functions.test-support.ts'

export interface StreamEvent {
  readonly Records: readonly {
    readonly eventName: string
    readonly dynamodb: {
      readonly SequenceNumber: string
      readonly Keys: { readonly id: { readonly S: string } }
      readonly NewImage?: { readonly n?: { readonly N: string } }
    }
    readonly userIdentity?: object
  }[]
}

/** Of windows. */
export interface WindowEvent extends StreamEvent {
  readonly window: { readonly start: string; readonly end: string }
  readonly state: Readonly<Record<string, number>>
  readonly isFinalInvokeForWindow: boolean
}

export function ids({ Records }: StreamEvent): string[] {
  return Records.map(({ dynamodb }) => dynamodb.Keys.id.S)
}

/** A table whose stream goes to a function, and a queue for what is given up. */
export async function streamMapped(
  handler: TestHandler,
  options: Partial<CreateEventSourceMappingCommandInput> = {},
  table: Partial<CreateTableCommandInput> = {},
  cloudOptions: CloudOptions = {},
) {
  const made = start({ work: handler }, cloudOptions)
  giveRole(made.cloud, ['logs:*', 'dynamodb:*', 'sqs:*', 'sns:*', 's3:*'])
  await makeFunction(made, 'work')
  const dynamodb = client(made.cloud, DynamoDBClient)
  const sqs = client(made.cloud, SQSClient)
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'failed' }))
  const { TableDescription } = await dynamodb.send(
    new CreateTableCommand({
      TableName: 'orders',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
      ...table,
    }),
  )
  await made.cloud.advance({ seconds: 10 })
  const streamArn = TableDescription?.LatestStreamArn ?? ''
  const mapping = await made.lambda.send(
    new CreateEventSourceMappingCommand({
      FunctionName: 'work',
      EventSourceArn: streamArn,
      StartingPosition: 'TRIM_HORIZON',
      ...options,
    }),
  )
  await made.cloud.advance({ seconds: 2 })
  return {
    ...made,
    dynamodb,
    sqs,
    mapping,
    streamArn,
    put: (id: string, n = 0) =>
      dynamodb.send(
        new PutItemCommand({ TableName: 'orders', Item: { id: { S: id }, n: { N: String(n) } } }),
      ),
    result: async () => {
      const { UUID } = mapping
      const found = await made.lambda.send(new GetEventSourceMappingCommand({ UUID }))
      return found.LastProcessingResult
    },
    failed: async () => {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
      )
      return Messages.map(({ Body = '' }) => JSON.parse(Body) as Record<string, object>)
    },
  }
}

export const failedQueueArn = 'arn:aws:sqs:us-east-1:123456789012:failed'
