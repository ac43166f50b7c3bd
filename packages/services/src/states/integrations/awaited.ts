import { type Scope, table } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'
import { type Json, type JsonObject, parsedJson, textOf } from '../asl/json.ts'
import type { Engine, TaskRequest } from '../executions/contract.ts'
import type { Execution } from '../executions/state.ts'

/** An execution whose end a task of another waits for. */
export interface Awaited {
  readonly executionArn: string
  /** `plain`: input and output as text (`.sync`); `parsed`: as JSON (`.sync:2`); `express`: StartSyncExecution. */
  readonly answer: 'plain' | 'parsed' | 'express'
  readonly token: string
  /** Where the waiting execution is: it may be of another account. */
  readonly waiting: Scope
  readonly credentialsRoleArn?: string
}

export const awaited = table<Awaited, 'token'>('states.awaited', {
  key: ({ executionArn }) => executionArn,
  partition: 'cloud',
  indexes: { token: ({ token }) => token },
})

export function awaitEnd(
  ctx: Context,
  { token, credentialsRoleArn }: TaskRequest,
  executionArn: string,
  answer: Awaited['answer'],
): void {
  const { accountId, region } = ctx
  awaited.put(ctx, {
    executionArn,
    answer,
    token,
    waiting: { accountId, region },
    ...(credentialsRoleArn === undefined ? {} : { credentialsRoleArn }),
  })
}

/** An execution has ended: the task that waits for it ends too. Recorded: states, 2022 to 2025. */
export function tellWaiting(ctx: Context, ended: Execution, engine: Engine): void {
  const waiting = awaited.delete(ctx, ended.executionArn)
  if (waiting === undefined) return
  const there = ctx.at(waiting.waiting)
  if (waiting.answer === 'express') {
    engine.taskSucceeded(there, waiting.token, syncAnswer(ended))
  } else if (ended.status === 'SUCCEEDED') {
    engine.taskSucceeded(there, waiting.token, described(ctx, ended, waiting.answer, engine))
  } else {
    const cause = textOf(described(ctx, ended, 'plain', engine))
    engine.taskFailed(there, waiting.token, 'States.TaskFailed', cause)
  }
}

function described(
  ctx: Context,
  ended: Execution,
  answer: 'plain' | 'parsed',
  engine: Engine,
): JsonObject {
  const data = (text: string): Json => (answer === 'parsed' ? (parsedJson(text) ?? text) : text)
  const { output, error, cause, stateMachineVersionArn, stateMachineAliasArn } = ended
  const { status, reason } = engine.redriveStatus(ctx, ended)
  return {
    ...(cause === undefined ? {} : { Cause: cause }),
    ...(error === undefined ? {} : { Error: error }),
    ExecutionArn: ended.executionArn,
    Input: data(ended.input),
    InputDetails: { Included: true },
    Name: ended.name,
    ...(output === undefined ? {} : { Output: data(output), OutputDetails: { Included: true } }),
    RedriveCount: ended.redriveCount,
    RedriveStatus: status,
    ...(reason === undefined ? {} : { RedriveStatusReason: reason }),
    StartDate: ended.startedAtMs,
    ...(stateMachineAliasArn === undefined ? {} : { StateMachineAliasArn: stateMachineAliasArn }),
    StateMachineArn: ended.stateMachineArn,
    ...(stateMachineVersionArn === undefined
      ? {}
      : { StateMachineVersionArn: stateMachineVersionArn }),
    Status: ended.status,
    ...(ended.stoppedAtMs === undefined ? {} : { StopDate: ended.stoppedAtMs }),
  }
}

/** What `aws-sdk:sfn:startSyncExecution` hands on: an execution that failed is an answer too. */
function syncAnswer(ended: Execution): JsonObject {
  const { output, error, cause, startedAtMs, stoppedAtMs = startedAtMs } = ended
  return {
    ...(cause === undefined ? {} : { Cause: cause }),
    ...(error === undefined ? {} : { Error: error }),
    ExecutionArn: ended.executionArn,
    Input: ended.input,
    InputDetails: { Included: true },
    Name: ended.name,
    ...(output === undefined ? {} : { Output: output, OutputDetails: { Included: true } }),
    StartDate: new Date(startedAtMs).toISOString(),
    StateMachineArn: ended.stateMachineArn,
    Status: ended.status,
    StopDate: new Date(stoppedAtMs).toISOString(),
  }
}
