import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn'
import { PutItem } from '@cloud-orrery/models/dynamodb'
import { Invoke } from '@cloud-orrery/models/lambda'
import { StartExecution } from '@cloud-orrery/models/states'
import { expect } from '@cloud-orrery/vitest/scenario'
import {
  anew,
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

const condition = 'AWS::CloudFormation::WaitCondition'

loader.promise(
  3,
  'what a worker throws is the reason in the events; the stack goes back, and the deletion is worked on',
  async ({ aws, outputs }) => {
    await aws.destroy(stackName)
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
)

loader.promise(
  5,
  'an execution that is stopped by hand fails the stack at once, not after twelve hours',
  async ({ aws }) => {
    await aws.destroy(stackName)
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
    const twice = Array.from({ length: 8 }, (_, index) => [
      `lambda.async-duplicate#${index + 1}`,
      1,
    ])
    const other = aws.fork({ choices: { seed: 1, only: Object.fromEntries(twice) } })
    const { status } = await anew(other)
    expect(status).toBe('CREATE_COMPLETE')
    expect(endsOf(executionsOf(other))).toEqual([
      'Create SUCCEEDED',
      'Delete SUCCEEDED',
      'Create SUCCEEDED',
    ])
    const names = other.journal.calls(StartExecution).map(({ input }) => input.name)
    expect(names.length).toBeGreaterThan(new Set(names).size)
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
    expect(await statusOf(aws)).toBe('CREATE_COMPLETE')
  },
)
