import {
  type AttributeValue,
  BatchExecuteStatementCommand,
  CreateTableCommand,
  DynamoDBClient,
  ExecuteStatementCommand,
  ExecuteTransactionCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb'
import { client, createCloud } from '@cloud-orrery/cloud'

/** A table of a string partition key and a number sort key, with an index of each kind; and one of a number key. */
export async function statements() {
  const cloud = createCloud({ deepFreeze: true })
  const dynamodb = client(cloud, DynamoDBClient)
  await dynamodb.send(
    new CreateTableCommand({
      TableName: 'Tab',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'N' },
        { AttributeName: 'g', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'by-g',
          KeySchema: [{ AttributeName: 'g', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
    }),
  )
  await dynamodb.send(
    new CreateTableCommand({
      TableName: 'Num',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'N' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    }),
  )
  await cloud.advance({ minutes: 1 })
  const run = async (Statement: string, ...Parameters: AttributeValue[]) => {
    const given = Parameters.length === 0 ? {} : { Parameters }
    const { Items } = await dynamodb.send(new ExecuteStatementCommand({ Statement, ...given }))
    return Items
  }
  return {
    cloud,
    dynamodb,
    run,
    put: (Item: Record<string, AttributeValue>, TableName = 'Tab') =>
      dynamodb.send(new PutItemCommand({ TableName, Item })),
    refused: async (Statement: string, ...Parameters: AttributeValue[]) =>
      refusal(() => run(Statement, ...Parameters)),
    batch: (...texts: string[]) =>
      dynamodb.send(
        new BatchExecuteStatementCommand({
          Statements: texts.map((Statement) => ({ Statement })),
        }),
      ),
    transact: (...texts: string[]) =>
      dynamodb.send(
        new ExecuteTransactionCommand({
          TransactStatements: texts.map((Statement) => ({ Statement })),
        }),
      ),
  }
}

/** Name and words of what a call is refused with. */
export async function refusal(call: () => Promise<unknown>): Promise<string> {
  try {
    await call()
    return 'taken'
  } catch (error) {
    const { name, message } = error as Error // The SDK throws errors alone.
    return `${name}: ${message}`
  }
}
