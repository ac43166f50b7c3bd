import { EventSourceMapping, StartingPosition } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import { Code } from './code.ts'
import type { People } from './people.ts'

/** Signs people out when the table takes a project from them. */
export class SessionEnd extends Construct {
  constructor(scope: Construct, id: string, { userInfo, pool }: People) {
    super(scope, id)
    const code = new Code(this, 'Code', {
      file: 'session-end/handler',
      description: 'Signs out who lost a project',
      environment: { USER_POOL_ID: pool.userPoolId },
    })
    code.allow('SignOut', ['cognito-idp:AdminUserGlobalSignOut'], pool.userPoolArn)
    const { tableStreamArn } = userInfo
    if (tableStreamArn === undefined) throw new Error('The table has no stream.')
    code.allow(
      'ReadChanges',
      ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
      tableStreamArn,
    )
    // Which tables have streams is told to all or to none: the action has no resource.
    code.allow('ListStreams', ['dynamodb:ListStreams'], '*')
    new EventSourceMapping(this, 'Changes', {
      target: code.fn,
      eventSourceArn: tableStreamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      // A change that cannot be carried out keeps those after it waiting, for as long as it is there: a day.
      batchSize: 10,
    }).node.addDependency(code.role)
  }
}
