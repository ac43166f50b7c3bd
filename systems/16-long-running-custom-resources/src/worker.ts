import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { WorkflowInput } from './request.ts'
import { retrying } from './retrying.ts'
import { setting } from './setting.ts'
import { type Turn, turnOf, workSecondsOf } from './turn.ts'

const db = new DynamoDBClient({ maxAttempts: 1 })

interface State extends WorkflowInput {
  /** What the last look found. */
  readonly output?: Turn
}

/** The demo's work: as long as its time is not over it is looked at again; then a row tells what was done. */
export async function handler({ cfnEvent, answerBy, output }: State): Promise<Turn> {
  const { DDBTable: table = '', Data = '' } = cfnEvent.ResourceProperties
  // It comes from the construct; a text that is no such object fails the work here or when the row is written.
  const { pk, sk, ts } = JSON.parse(Data) as { pk: string; sk: string; ts: string }
  const turn = turnOf(output, workSecondsOf(cfnEvent, answerBy), Date.now(), { SrcTable: table })
  if (turn.done) {
    const row = { pk, sk, ts, lastOperation: setting('OPERATION') }
    const Item = Object.fromEntries(Object.entries(row).map(([name, S]) => [name, { S }]))
    await retrying(2000, () => db.send(new PutItemCommand({ TableName: table, Item })))
  }
  return turn
}
