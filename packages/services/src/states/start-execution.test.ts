import { expect, test } from 'vitest'
import { eventsOf, makeMachine, runMachine, statesCloud } from './states-cloud.test-support.ts'

test('an execution of a Pass state ends with its input as output', async () => {
  const made = statesCloud()
  const arn = await makeMachine(made)
  const ended = await runMachine(made, arn, { key: 'value' }, 'first')
  expect(ended).toEqual({
    executionArn: 'arn:aws:states:us-east-1:123456789012:execution:machine:first',
    stateMachineArn: arn,
    name: 'first',
    status: 'SUCCEEDED',
    startDate: new Date('2026-01-01T00:00:00Z'),
    stopDate: new Date('2026-01-01T00:00:00Z'),
    input: '{"key":"value"}',
    inputDetails: { included: true },
    output: '{"key":"value"}',
    outputDetails: { included: true },
    redriveCount: 0,
    redriveStatus: 'NOT_REDRIVABLE',
    redriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven',
  })
  const events = await eventsOf(made, ended.executionArn)
  expect(events.map(({ id, type }) => [id, type])).toEqual([
    [1, 'ExecutionStarted'],
    [2, 'PassStateEntered'],
    [3, 'PassStateExited'],
    [4, 'ExecutionSucceeded'],
  ])
})
