/**
 * How many state transitions a second one process makes, and how long a workflow that waits a year takes. The
 * machine counts in a loop of Pass and Choice states, with the whole history of each execution kept.
 * Run: node bench/workflows.ts
 */
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn'
import { client, createCloud } from '@cloud-orrery/cloud'
import { medianMs, printTable, type Row } from './table.ts'

const transitionsTarget = 10_000
const yearTargetMs = 1000
/** Three states a turn of the loop. */
const turns = 2500
const executions = 4

const counting = {
  StartAt: 'Begin',
  States: {
    Begin: { Type: 'Pass', Result: { n: 0 }, Next: 'More' },
    More: {
      Type: 'Choice',
      Choices: [{ Variable: '$.n', NumericLessThan: turns, Next: 'Add' }],
      Default: 'Done',
    },
    Add: {
      Type: 'Pass',
      Parameters: { 'n.$': 'States.MathAdd($.n, 1)' },
      Next: 'Note',
    },
    Note: { Type: 'Pass', Next: 'More' },
    Done: { Type: 'Succeed' },
  },
}

const waiting = {
  StartAt: 'Wait',
  States: {
    Wait: { Type: 'Wait', Seconds: 364 * 86_400, Next: 'Done' },
    Done: { Type: 'Succeed' },
  },
}

async function machine(definition: object) {
  const cloud = createCloud()
  const iam = client(cloud, IAMClient)
  const { Role } = await iam.send(
    new CreateRoleCommand({
      RoleName: 'workflow',
      AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Principal: { Service: 'states.amazonaws.com' },
          Action: 'sts:AssumeRole',
        },
      }),
    }),
  )
  const sfn = client(cloud, SFNClient)
  const { stateMachineArn } = await sfn.send(
    new CreateStateMachineCommand({
      name: 'bench',
      definition: JSON.stringify(definition),
      roleArn: Role?.Arn,
    }),
  )
  return { cloud, sfn, stateMachineArn }
}

async function finished(definition: object, count: number, days: number): Promise<void> {
  const { cloud, sfn, stateMachineArn } = await machine(definition)
  const started = await Promise.all(
    Array.from({ length: count }, () => sfn.send(new StartExecutionCommand({ stateMachineArn }))),
  )
  await cloud.advance({ days })
  for (const { executionArn } of started) {
    const { status } = await sfn.send(new DescribeExecutionCommand({ executionArn }))
    if (status !== 'SUCCEEDED') throw new Error(`the execution is ${status}`)
  }
  cloud.close()
}

const loopMs = await medianMs(5, () => finished(counting, executions, 0.001))
const transitions = executions * (turns * 3 + 3)
const perSecond = Math.round((transitions / loopMs) * 1000)
const yearMs = await medianMs(5, () => finished(waiting, 1, 365))

const rows: Row[] = [
  {
    what: 'state transitions a second, one process, Standard workflows with history',
    value: `${perSecond.toLocaleString('en')} transitions/s`,
    target: `>= ${transitionsTarget.toLocaleString('en')} transitions/s`,
    ok: perSecond >= transitionsTarget,
  },
  {
    what: 'a workflow that waits a year, from a fresh cloud to its end',
    value: `${yearMs.toFixed(0)} ms`,
    target: `<= ${yearTargetMs} ms`,
    ok: yearMs <= yearTargetMs,
  },
]
printTable('Workflows', rows)
