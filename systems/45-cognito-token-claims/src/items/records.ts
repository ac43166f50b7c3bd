import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { setting } from '../setting.ts'

/** One thing that a project keeps: a drawing, a permit, a delivery. */
export interface Item {
  readonly projectId: string
  readonly itemId: string
  readonly title: string
}

/** Records of one project in an answer. */
const itemsMax = 100

const client = DynamoDBDocumentClient.from(new DynamoDBClient({}))

/** The first records of a project, by their ids. */
export async function itemsOf(projectId: string): Promise<Item[]> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: setting('ITEMS_TABLE'),
      KeyConditionExpression: 'projectId = :projectId',
      ExpressionAttributeValues: { ':projectId': projectId },
      Limit: itemsMax,
    }),
  )
  return Items as Item[] // Whoever writes the table writes these.
}
