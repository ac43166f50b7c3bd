import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn'
import { PutItem } from '@cloud-orrery/models/dynamodb'
import { Invoke } from '@cloud-orrery/models/lambda'
import { PutObject } from '@cloud-orrery/models/s3'
import { StartExecution } from '@cloud-orrery/models/states'
import { expect } from '@cloud-orrery/vitest/scenario'
import {
  begin,
  endsOf,
  eventsOf,
  executionsOf,
  loader,
  reasonOf,
  rowOf,
  stackName,
  statusOf,
  whenOf,
} from './loader.ts'

const ownTroubles = { calm: 'It counts or words the very troubles that it makes itself.' }

const condition = 'AWS::CloudFormation::WaitCondition'

loader.promise(
  3,
  'what a worker throws is the reason in the events; the stack goes back, and the deletion is worked on',
  async ({ aws, outputs }) => {
    const message = 'One or more parameter values were invalid'
    const stackId = await begin(aws)
    await aws.clock.advance({ hours: 1 })
    aws.faults.fail(PutItem, { error: 'ValidationException', message, status: 400, times: 1 })
    await aws.clock.advance({ hours: 2 })
    expect(await statusOf(aws)).toBe('ROLLBACK_COMPLETE')
    expect(reasonOf(await eventsOf(aws, stackId), condition)).toBe(
      `WaitCondition received failed message: 'ValidationException: ${message}' for uniqueId: loader-${outputs['Table']}`,
    )
    expect(endsOf(executionsOf(aws)).slice(-2)).toEqual(['Create FAILED', 'Delete SUCCEEDED'])
    expect((await rowOf(aws, outputs['Table']))?.['lastOperation']).toBe('delete')
  },
  ownTroubles,
)

loader.promise(
  5,
  'an execution that is stopped by hand fails the stack at once, not after twelve hours',
  async ({ aws }) => {
    const stackId = await begin(aws)
    await aws.clock.advance({ minutes: 30 })
    expect(await statusOf(aws)).toBe('CREATE_IN_PROGRESS')
    const executionArn = executionsOf(aws).at(-1)?.arn
    const stoppedAtMs = aws.clock.now()
    await aws
      .client(SFNClient)
      .send(new StopExecutionCommand({ executionArn, error: 'ByHand', cause: 'wrong table' }))
    await aws.clock.advance({ hours: 1 })
    expect(await statusOf(aws)).toBe('ROLLBACK_COMPLETE')
    const events = await eventsOf(aws, stackId)
    expect(whenOf(events, condition, 'CREATE_FAILED') - stoppedAtMs).toBeLessThan(5000)
    expect(reasonOf(events, condition)).toContain('ended as ABORTED: ByHand: wrong table')
  },
)

loader.promise(
  6,
  'a request that Lambda delivers twice has one execution',
  async ({ aws, outputs }) => {
    const only = { 'lambda.async-duplicate#1': 1, 'lambda.async-duplicate#2': 1 }
    const other = aws.fork({ choices: { seed: 1, only } })
    await begin(other)
    await other.clock.advance({ hours: 3 })
    expect(await statusOf(other)).toBe('CREATE_COMPLETE')
    expect(endsOf(executionsOf(other))).toEqual(['Create SUCCEEDED', 'Create SUCCEEDED'])
    const names = other.journal.calls(StartExecution).map(({ input }) => input.name)
    expect([names.length, new Set(names).size]).toEqual([6, 4])
    other.cloud.close()

    // And much later, when its execution has ended: another delivery, with another id of Lambda's.
    const front = outputs['FrontName'] ?? ''
    const asked = aws.journal.calls(Invoke).filter((it) => it.input.FunctionName?.includes(front))
    expect(asked).toHaveLength(2)
    for (const { input } of asked) {
      const Payload = Buffer.from(input.Payload ?? [])
      await aws.client(LambdaClient).send(new InvokeCommand({ FunctionName: front, Payload }))
    }
    await aws.clock.advance({ hours: 3 })
    expect(endsOf(executionsOf(aws))).toEqual(['Create SUCCEEDED'])
    expect(aws.journal.calls(StartExecution).at(-1)?.error?.code).toBe('ExecutionAlreadyExists')
    expect(await statusOf(aws, stackName)).toBe('CREATE_COMPLETE')
  },
)

loader.promise(
  11,
  'an update that fails goes back, and the way back is waited for too: the row is as it was',
  async ({ aws, outputs }) => {
    await begin(aws, 'update', { revision: 2, ts: 1_767_312_000_000 })
    await aws.clock.advance({ minutes: 30 })
    const executionArn = executionsOf(aws).at(-1)?.arn
    const stoppedAtMs = aws.clock.now()
    await aws.client(SFNClient).send(new StopExecutionCommand({ executionArn }))
    await aws.clock.advance({ hours: 1 })
    expect(await statusOf(aws, stackName)).toBe('UPDATE_ROLLBACK_COMPLETE')
    const events = await eventsOf(aws)
    const backAtMs = whenOf(events, stackName, 'UPDATE_ROLLBACK_COMPLETE')
    expect(Math.round((backAtMs - stoppedAtMs) / 60_000)).toBe(20)
    expect(endsOf(executionsOf(aws))).toEqual([
      'Create SUCCEEDED',
      'Update ABORTED',
      'Update SUCCEEDED',
    ])
    const { ts, lastOperation } = (await rowOf(aws, outputs['Table'])) ?? {}
    expect([ts, lastOperation]).toEqual(['1767225600000', 'update'])
  },
)

loader.promise(
  12,
  'what is out of order for some seconds delays the stack and fails nothing: workflow, table, answers',
  async ({ aws }) => {
    const troubles = { error: 'InternalServerError', status: 500, times: 3 }
    for (const operation of [StartExecution, PutItem, PutObject]) {
      aws.faults.fail(operation, troubles)
    }
    await begin(aws)
    await aws.clock.advance({ hours: 3 })
    expect(await statusOf(aws)).toBe('CREATE_COMPLETE')
    expect(endsOf(executionsOf(aws))).toEqual(['Create SUCCEEDED', 'Create SUCCEEDED'])
    for (const operation of [StartExecution, PutItem, PutObject]) {
      const failed = aws.journal.calls(operation).filter(({ error }) => error?.status === 500)
      expect([operation.name, failed.length]).toEqual([operation.name, 3])
    }
  },
  ownTroubles,
)

loader.promise(
  13,
  'a workflow that cannot be started fails its resource at once, with the reason',
  async ({ aws }) => {
    const message = 'The state machine is being deleted.'
    const error = { error: 'StateMachineDeleting', message, status: 400 }
    const fault = aws.faults.fail(StartExecution, error)
    const beganAtMs = aws.clock.now()
    const stackId = await begin(aws)
    await aws.clock.advance({ minutes: 2 })
    fault.end()
    await aws.clock.advance({ hours: 2 })
    const events = await eventsOf(aws, stackId)
    const failedAtMs = whenOf(events, 'AWS::CloudFormation::CustomResource', 'CREATE_FAILED')
    expect(failedAtMs - beganAtMs).toBeLessThan(120_000)
    expect(reasonOf(events, 'AWS::CloudFormation::CustomResource')).toContain(
      `The workflow was not started: StateMachineDeleting: ${message}`,
    )
  },
  ownTroubles,
)
