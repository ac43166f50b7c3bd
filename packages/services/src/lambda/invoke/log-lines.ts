import type { CodeLogLine } from '../../code.ts'
import type { Context } from '../../context.ts'
import { qualifierOf } from '../lookup.ts'
import { runtimeVersionArn, runtimeVersionName } from '../runtimes.ts'
import type { EnvironmentRecord, Settings } from '../state.ts'
import type { Answer } from './answers.ts'

export interface LogEvent {
  readonly timestamp: number
  readonly message: string
}

/** What is told of one invocation. */
export interface Told {
  readonly requestId: string
  readonly functionArn: string
  readonly environment: EnvironmentRecord
  readonly settings: Settings
  /** The init phase ran, from here on. */
  readonly initStartedAtMs?: number
  readonly startedAtMs: number
  readonly endedAtMs: number
  /** Those of the init phase come first. */
  readonly initLines: readonly CodeLogLine[]
  readonly lines: readonly CodeLogLine[]
  readonly answer: Answer
  readonly durationMs: number
  readonly initDurationMs?: number
}

/** The log of an invocation: Lambda's own lines around those of the code. Recorded: lambda, logs. */
export function logEventsOf(ctx: Context, told: Told): LogEvent[] {
  const events =
    told.settings.logging.format === 'JSON' ? jsonEvents(ctx, told) : textEvents(ctx, told)
  // A batch must be in the order of time; lines of the same moment stay as they are.
  return events.sort((one, other) => one.timestamp - other.timestamp)
}

function textEvents(ctx: Context, told: Told): LogEvent[] {
  const { requestId, environment, settings, initStartedAtMs, startedAtMs, endedAtMs } = told
  const events: LogEvent[] = []
  const add = (timestamp: number, message: string): void => {
    events.push({ timestamp, message })
  }
  if (initStartedAtMs !== undefined) {
    const { runtime, architecture } = settings
    add(
      initStartedAtMs,
      `INIT_START Runtime Version: ${runtimeVersionName(runtime)}\tRuntime Version ARN: ${runtimeVersionArn(ctx, runtime, architecture)}\n`,
    )
  }
  for (const { atMs, text } of told.initLines) add(atMs, lineOf(text))
  add(startedAtMs, `START RequestId: ${requestId} Version: ${qualifierOf(environment.version)}\n`)
  for (const { atMs, text } of told.lines) add(atMs, lineOf(text))
  if (told.answer.logLine !== undefined) add(endedAtMs, told.answer.logLine)
  add(endedAtMs, `END RequestId: ${requestId}\n`)
  add(endedAtMs, reportLine(told))
  return events
}

/** CloudWatch takes no empty line. */
function lineOf(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`
}

function reportLine({ requestId, environment, settings, answer, ...told }: Told): string {
  const { durationMs, initDurationMs } = told
  const parts = [
    `REPORT RequestId: ${requestId}`,
    `Duration: ${durationMs.toFixed(2)} ms`,
    `Billed Duration: ${billedMs(durationMs, initDurationMs)} ms`,
    `Memory Size: ${settings.memoryMb} MB`,
    `Max Memory Used: ${environment.memoryUsedMb} MB`,
  ]
  if (initDurationMs !== undefined) parts.push(`Init Duration: ${initDurationMs.toFixed(2)} ms`)
  const { status } = answer
  if (status !== undefined) parts.push(`Status: ${status.kind}`)
  if (status?.errorType !== undefined) parts.push(`Error Type: ${status.errorType}`)
  return `${parts.join('\t')}${status === undefined ? '\t' : ''}\n`
}

/** The init phase is billed since August 2025. Source: AWS Compute Blog on the change. */
function billedMs(durationMs: number, initDurationMs = 0): number {
  return Math.ceil(durationMs + initDurationMs)
}

const levels = ['DEBUG', 'INFO', 'WARN']

/** Source: developer guide, "Log formats": system logs in JSON, and "Telemetry API event schema". */
function jsonEvents(ctx: Context, told: Told): LogEvent[] {
  const { requestId, environment, settings, initStartedAtMs, startedAtMs, endedAtMs } = told
  const events: LogEvent[] = []
  const least = levels.indexOf(settings.logging.systemLevel ?? 'INFO')
  const add = (level: string, timestamp: number, type: string, record: object): void => {
    if (levels.indexOf(level) < least) return
    const time = new Date(timestamp).toISOString()
    events.push({ timestamp, message: `${JSON.stringify({ time, type, record })}\n` })
  }
  const initializationType = environment.provisioned ? 'provisioned-concurrency' : 'on-demand'
  if (initStartedAtMs !== undefined) {
    const { runtime, architecture } = settings
    add('INFO', initStartedAtMs, 'platform.initStart', {
      initializationType,
      phase: 'init',
      runtimeVersion: runtimeVersionName(runtime),
      runtimeVersionArn: runtimeVersionArn(ctx, runtime, architecture),
      functionName: environment.functionName,
      functionVersion: qualifierOf(environment.version),
      instanceId: environment.id,
      instanceMaxMemory: settings.memoryMb * 1_048_576,
    })
  }
  for (const { atMs, text } of told.initLines)
    events.push({ timestamp: atMs, message: lineOf(text) })
  const failed = told.answer.status !== undefined
  const status = told.answer.status?.kind ?? 'success'
  const errorType = told.answer.status?.errorType
  add('INFO', startedAtMs, 'platform.start', {
    requestId,
    functionArn: told.functionArn,
    version: qualifierOf(environment.version),
  })
  for (const { atMs, text } of told.lines) events.push({ timestamp: atMs, message: lineOf(text) })
  const { durationMs, initDurationMs } = told
  add(failed ? 'WARN' : 'DEBUG', endedAtMs, 'platform.runtimeDone', {
    requestId,
    status,
    ...(errorType === undefined ? {} : { errorType }),
    metrics: { durationMs },
  })
  add(failed ? 'WARN' : 'INFO', endedAtMs, 'platform.report', {
    requestId,
    metrics: {
      durationMs,
      billedDurationMs: billedMs(durationMs, initDurationMs),
      memorySizeMB: settings.memoryMb,
      maxMemoryUsedMB: environment.memoryUsedMb,
      ...(initDurationMs === undefined ? {} : { initDurationMs }),
    },
    status,
    ...(errorType === undefined ? {} : { errorType }),
  })
  return events
}

/** What LogType Tail shows: START and what follows. Recorded: lambda, `test_invocation_with_logs`. */
export function tailOf(events: readonly LogEvent[], bytesMax: number): string {
  const shown = events
    .map(({ message }) => message)
    .filter(
      (message) => !message.startsWith('INIT_START') && !message.includes('"platform.initStart"'),
    )
  const bytes = Buffer.from(shown.join(''))
  return bytes.subarray(Math.max(0, bytes.byteLength - bytesMax)).toString('base64')
}
