import { CloudWatchLogsClient, CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs'
import {
  CreateActivityCommand,
  CreateStateMachineAliasCommand,
  CreateStateMachineCommand,
  GetActivityTaskCommand,
  ListMapRunsCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn'
import { type Cloud, client } from '@cloud-orrery/cloud'
import { giveRole } from '../../../packages/services/src/states/states-cloud.test-support.ts'
import type { KnownValues } from '../valid-values.ts'

const arnOf = (kind: string, name: string) =>
  `arn:aws:states:us-east-1:123456789012:${kind}:${name}`
const logGroupArn = 'arn:aws:logs:us-east-1:123456789012:log-group:/ring:*'

const machine = (States: object) => JSON.stringify({ StartAt: 'Only', States })
const definition = machine({ Only: { Type: 'Pass', End: true } })
const failing = machine({ Only: { Type: 'Fail', Error: 'Ring' } })
const worked = machine({
  Only: { Type: 'Task', Resource: arnOf('activity', 'ring'), HeartbeatSeconds: 600, End: true },
})
/** Its children wait for a week, so that the run of the map is still there to be changed. */
const mapped = machine({
  Only: {
    Type: 'Map',
    Label: 'Ring',
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      StartAt: 'Wait',
      States: { Wait: { Type: 'Wait', Seconds: 604_800, End: true } },
    },
    End: true,
  },
})

/**
 * A machine with a version, an alias and a tag, an express one, an activity with a task that a worker has, an
 * execution that ended, one that failed, one that waits for the activity and one whose map runs.
 */
export async function arrangeStates(cloud: Cloud): Promise<KnownValues> {
  const sfn = client(cloud, SFNClient)
  const roleArn = giveRole(cloud, ['*'])
  await client(cloud, CloudWatchLogsClient).send(
    new CreateLogGroupCommand({ logGroupName: '/ring' }),
  )
  await sfn.send(new CreateActivityCommand({ name: 'ring' }))
  const create = (name: string, text: string, more: object = {}) =>
    sfn.send(new CreateStateMachineCommand({ name, definition: text, roleArn, ...more }))
  const tags = [{ key: 'ring', value: 'one' }]
  const { stateMachineArn, stateMachineVersionArn } = await create('ring', definition, {
    publish: true,
    tags,
  })
  await create('express', definition, { type: 'EXPRESS' })
  const routingConfiguration = [{ stateMachineVersionArn, weight: 100 }]
  const alias = new CreateStateMachineAliasCommand({ name: 'live', routingConfiguration })
  const { stateMachineAliasArn } = await sfn.send(alias)
  const start = async (name: string, text?: string): Promise<string> => {
    const arn = text === undefined ? stateMachineArn : (await create(name, text)).stateMachineArn
    const started = await sfn.send(new StartExecutionCommand({ stateMachineArn: arn, name }))
    return started.executionArn ?? ''
  }
  const executionArn = await start('done')
  const failed = await start('failing', failing)
  const waiting = await start('worked', worked)
  const mapping = await start('mapped', mapped)
  await cloud.advance({ minutes: 1 })
  const activityArn = arnOf('activity', 'ring')
  const { taskToken } = await sfn.send(new GetActivityTaskCommand({ activityArn }))
  const { mapRuns } = await sfn.send(new ListMapRunsCommand({ executionArn: mapping }))
  return {
    roleArn,
    definition,
    'CreateStateMachine.name': 'ring-new',
    'CreateStateMachineAlias.name': 'new',
    'CreateActivity.name': 'ring-new',
    'StartExecution.name': 'new',
    stateMachineArn,
    'StartSyncExecution.stateMachineArn': arnOf('stateMachine', 'express'),
    stateMachineVersionArn,
    stateMachineAliasArn,
    routingConfiguration,
    'routingConfiguration[]': routingConfiguration[0],
    'routingConfiguration[].stateMachineVersionArn': stateMachineVersionArn,
    'routingConfiguration[].weight': 100,
    activityArn,
    executionArn,
    'RedriveExecution.executionArn': failed,
    'StopExecution.executionArn': waiting,
    'ListMapRuns.executionArn': mapping,
    mapRunArn: mapRuns?.[0]?.mapRunArn,
    'ListExecutions.': { stateMachineArn },
    taskToken,
    output: '{}',
    input: '{}',
    resourceArn: stateMachineArn,
    'tagKeys[]': 'ring',
    'destinations[]': { cloudWatchLogsLogGroup: { logGroupArn } },
    'destinations[].cloudWatchLogsLogGroup.logGroupArn': logGroupArn,
    'TestState.definition': JSON.stringify({ Type: 'Pass', End: true }),
  }
}
