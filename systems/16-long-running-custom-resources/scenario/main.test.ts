import { CloudFormationClient, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation'
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import {
  DescribeStateMachineCommand,
  GetExecutionHistoryCommand,
  SFNClient,
} from '@aws-sdk/client-sfn'
import { PutItem } from '@cloud-orrery/models/dynamodb'
import { type Aws, expect } from '@cloud-orrery/vitest/scenario'
import {
  commonName,
  endsOf,
  eventsOf,
  executionsOf,
  loader,
  reasonOf,
  rowOf,
  stackName,
  templateWith,
  whenOf,
} from './loader.ts'

const condition = 'AWS::CloudFormation::WaitCondition'

loader.promise(
  1,
  'the stack is complete only after the workflow has succeeded, and the row tells of a creation',
  async ({ aws, outputs }) => {
    const [execution, ...others] = executionsOf(aws)
    expect(others).toEqual([])
    expect([execution?.request, execution?.status]).toEqual(['Create', 'SUCCEEDED'])
    const completeAtMs = whenOf(await eventsOf(aws), stackName, 'CREATE_COMPLETE')
    expect(completeAtMs).toBeGreaterThanOrEqual(execution?.endedAtMs ?? Number.NaN)
    expect(await rowOf(aws, outputs['Table'])).toEqual({
      pk: 'demo-sfn',
      sk: 'DemoCustomResource',
      ts: '1767225600000',
      lastOperation: 'create',
    })
    const said = { [`loader-${outputs['Table']}`]: JSON.stringify({ SrcTable: outputs['Table'] }) }
    expect(outputs['Result']).toBe(JSON.stringify(said))
  },
)

loader.promise(
  2,
  'a second revision does the work again and leaves one handle and one wait condition',
  async ({ aws, outputs }) => {
    const before = await pairOf(aws)
    const again = templateWith({ revision: 2, ts: 1_767_312_000_000 })
    const [stack] = await aws.tryDeploy(again, { stackName })
    expect(stack?.status).toBe('UPDATE_COMPLETE')
    expect(await rowOf(aws, outputs['Table'])).toEqual({
      pk: 'demo-sfn',
      sk: 'DemoCustomResource',
      ts: '1767312000000',
      lastOperation: 'update',
    })
    expect(endsOf(executionsOf(aws))).toEqual(['Create SUCCEEDED', 'Update SUCCEEDED'])
    const after = await pairOf(aws)
    expect(after).toHaveLength(2)
    expect(after.filter((id) => before.includes(id))).toEqual([])

    // The same again is no work: nothing of a synthesis is taken from the clock.
    await aws.tryDeploy(again, { stackName })
    expect(await pairOf(aws)).toEqual(after)
    expect(executionsOf(aws)).toHaveLength(2)
  },
)

loader.promise(
  4,
  'work of two hours is waited for up to twelve; after a timeout of 300 s the stack fails, and the work is stopped',
  async ({ aws }) => {
    const events = await eventsOf(aws)
    const waitedMs =
      whenOf(events, condition, 'CREATE_COMPLETE') - whenOf(events, condition, 'CREATE_IN_PROGRESS')
    expect(Math.round(waitedMs / 60_000)).toBe(120)

    const beganAtMs = aws.clock.now()
    const [stack] = await aws.tryDeploy(templateWith({ timeout: 300 }), { stackName })
    expect(stack?.status).toBe('UPDATE_ROLLBACK_COMPLETE')
    const short = (await eventsOf(aws)).filter(
      ({ Timestamp }) => (Timestamp?.getTime() ?? 0) >= beganAtMs,
    )
    const failedMs =
      whenOf(short, condition, 'CREATE_FAILED') - whenOf(short, condition, 'CREATE_IN_PROGRESS')
    expect(Math.abs(failedMs - 300_000)).toBeLessThanOrEqual(1000)
    expect(reasonOf(short, condition)).toBe(
      'WaitCondition timed out. Received 0 conditions when expecting 1',
    )
    // Without that, the work of the update would end after its way back, and have the last word.
    expect(executionsOf(aws).map(({ request, status, error }) => [request, status, error])).toEqual(
      [
        ['Create', 'SUCCEEDED', undefined],
        ['Update', 'ABORTED', 'Superseded'],
        ['Update', 'SUCCEEDED', undefined],
      ],
    )
    const rows = aws.journal.calls(PutItem).length
    await aws.clock.advance({ hours: 3 })
    expect(aws.journal.calls(PutItem)).toHaveLength(rows)
  },
)

loader.promise(
  8,
  'undeployed, the work has been undone, and no function, log group, parameter or execution is left',
  async ({ aws, outputs }) => {
    const beganAtMs = aws.clock.now()
    expect(await aws.destroy(stackName)).toBe('DELETE_COMPLETE')
    for (const resource of ['DemoCustomResource', 'QuickCustomResource']) {
      expect((await rowOf(aws, outputs['Table'], resource))?.['lastOperation']).toBe('delete')
      expect(endsOf(executionsOf(aws, resource))).toEqual(['Create SUCCEEDED', 'Delete SUCCEEDED'])
    }
    // Undoing takes twenty minutes here: a stack that did not wait would be gone within seconds.
    expect(aws.clock.now() - beganAtMs).toBeGreaterThan(1_200_000)
    expect(await aws.destroy(commonName)).toBe('DELETE_COMPLETE')
    const own = /cfn-custom-resource|CUSTOM_RESOURCE_PATTERNS|vendedlogs/
    expect(aws.inventory().filter((arn) => own.test(arn))).toEqual([])
  },
)

loader.promise(
  9,
  'work of up to an hour needs no wait condition: the workflow itself answers, with data',
  async ({ aws, outputs }) => {
    const [execution] = executionsOf(aws, 'QuickCustomResource')
    expect([execution?.status, execution?.callbackUrl]).toEqual(['SUCCEEDED', ''])
    const events = await eventsOf(aws)
    const tookMs =
      whenOf(events, 'QuickCustomResource', 'CREATE_COMPLETE') -
      whenOf(events, 'QuickCustomResource', 'CREATE_IN_PROGRESS')
    expect(Math.round(tookMs / 60_000)).toBe(10)
    expect(outputs['QuickResult']).toBe(outputs['Table'])
  },
)

loader.promise(
  10,
  'every event of an execution is in the log, as in its history, and the machine is traced',
  async ({ aws, outputs }) => {
    const states = aws.client(SFNClient)
    const stateMachineArn = outputs['MachineArn']
    const { loggingConfiguration, tracingConfiguration } = await states.send(
      new DescribeStateMachineCommand({ stateMachineArn }),
    )
    expect(loggingConfiguration?.level).toBe('ALL')
    expect(tracingConfiguration).toEqual({ enabled: true })
    const executionArn = executionsOf(aws)[0]?.arn
    const { events = [] } = await states.send(
      new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }),
    )
    const { events: lines = [] } = await aws.client(CloudWatchLogsClient).send(
      new FilterLogEventsCommand({
        logGroupName: `/aws/vendedlogs/states/${stackName}`,
        filterPattern: `{ $.execution_arn = "${executionArn}" }`,
      }),
    )
    const logged = lines.map(({ message = '' }) => JSON.parse(message) as Record<string, string>)
    expect(logged.map(({ id, type }) => `${id} ${type}`)).toEqual(
      events.map(({ id, type }) => `${id} ${type}`),
    )
    const entered = events.flatMap(({ stateEnteredEventDetails: it }) => it?.name ?? [])
    const look = ['CreateResourceTask', 'IsWorkDone']
    const wait = ['WaitForWork', 'ProcessByEventType']
    expect(entered).toEqual([
      'MayOlderWorkRun',
      'ProcessByEventType',
      ...Array.from({ length: 4 }, () => [...look, ...wait]).flat(),
      ...look,
      'SendCfnResponseTask',
      'DidWorkSucceed',
      'Done',
    ])
  },
)

/** Logical ids of handles and wait conditions. */
async function pairOf(aws: Aws): Promise<string[]> {
  const { StackResourceSummaries = [] } = await aws
    .client(CloudFormationClient)
    .send(new ListStackResourcesCommand({ StackName: stackName }))
  return StackResourceSummaries.filter(({ ResourceType = '' }) =>
    ResourceType.startsWith('AWS::CloudFormation::WaitCondition'),
  ).map(({ LogicalResourceId = '' }) => LogicalResourceId)
}
