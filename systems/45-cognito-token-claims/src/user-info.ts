import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb'
import { projectsOf } from './project-list.ts'
import { setting } from './setting.ts'

/**
 * Cognito waits five seconds for its trigger. Two tries of a second each leave room for a cold start, and an answer that
 * is late becomes an error instead of a warning.
 */
const client = DynamoDBDocumentClient.from(
  new DynamoDBClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 500, requestTimeout: 1_000, throwOnRequestTimeout: true },
  }),
)

/** The projects of a user, read by key and consistently: what was taken away a moment ago is not given once more. */
export async function projectsInTable(userName: string): Promise<string[]> {
  const { Item } = await client.send(
    new GetCommand({
      TableName: setting('USER_INFO_TABLE'),
      Key: { userName },
      ProjectionExpression: 'projects',
      ConsistentRead: true,
    }),
  )
  const projects: unknown = Item?.['projects']
  return typeof projects === 'string' ? projectsOf(projects) : []
}
