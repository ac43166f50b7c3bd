import type { SFNClient } from '@aws-sdk/client-sfn'
import {
  CreateStateMachineCommand,
  GetExecutionHistoryCommand,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn'
import { asRecorded } from '../../shared/recorded.test-support.ts'
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
  await expectHistory(replay, executionArn, run)
}

/** Compares the whole history with the recorded one. */
export async function expectHistory(
  replay: Replaying,
  executionArn: string,
  run: Pick<RecordedRun, 'member' | 'ignore'> = {},
): Promise<void> {
  const history = replay.sfn.send(new GetExecutionHistoryCommand({ executionArn }))
  const member = run.member ?? 'get_execution_history'
  const answer = await asRecorded(history)
  const { events } = replay.recorded[member] as { events: unknown } // Each history has them.
  const actual = { ...answer, events: asShown(answer['events'], events) }
  replay.expectValue(member, actual, run.ignore)
}

/** Some recordings show lists and numbers in texts as they are, others the texts. */
function asShown(actual: unknown, recorded: unknown): unknown {
  if (actual instanceof Date || recorded === null) return actual
  if (typeof actual === 'string') {
    const isRead = Array.isArray(recorded) || typeof recorded === 'number'
    return isRead ? asShown(JSON.parse(actual), recorded) : actual
  }
  if (typeof actual !== 'object' || actual === null || typeof recorded !== 'object') return actual
  if (Array.isArray(actual)) {
    return actual.map((item, at) => asShown(item, Array.isArray(recorded) ? recorded[at] : item))
  }
  const shown = new Map(Object.entries(recorded))
  return Object.fromEntries(
    Object.entries(actual).map(([name, value]) => [name, asShown(value, shown.get(name))]),
  )
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
