import type { SFNClient } from '@aws-sdk/client-sfn'
import {
  CreateStateMachineCommand,
  GetExecutionHistoryCommand,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn'
import { type Replaying, replaying } from '../recorded-states.test-support.ts'

/** One run of a recorded test: what was run, with which input. */
export interface RecordedRun {
  /** Below `stepfunctions/v2`. */
  readonly file: string
  readonly test: string
  readonly definition: object
  readonly input?: unknown
  /** The very text of the input. */
  readonly inputText?: string
  /** Member of the recording: default the history. */
  readonly member?: string
  /** Paths that are not compared, each with its reason beside the run. */
  readonly ignore?: readonly string[]
  readonly before?: (replay: Replaying) => Promise<void>
}

/** Runs it and compares the whole history with the recorded one. */
export async function replayRun(run: RecordedRun): Promise<void> {
  const replay = replaying(run.file, run.test)
  await run.before?.(replay)
  const executionArn = await started(
    replay.sfn,
    replay.roleArn,
    run.definition,
    run.inputText ?? JSON.stringify(run.input ?? {}),
  )
  await replay.cloud.advance({ hours: 1 })
  const history = replay.sfn.send(new GetExecutionHistoryCommand({ executionArn }))
  await replay.expect(run.member ?? 'get_execution_history', history, run.ignore)
}

export async function started(
  sfn: SFNClient,
  roleArn: string,
  definition: object,
  input: string,
): Promise<string> {
  const { stateMachineArn } = await sfn.send(
    new CreateStateMachineCommand({
      name: 'machine',
      definition: JSON.stringify(definition),
      roleArn,
    }),
  )
  const { executionArn = '' } = await sfn.send(
    new StartExecutionCommand({ stateMachineArn, name: 'run', input }),
  )
  return executionArn
}
