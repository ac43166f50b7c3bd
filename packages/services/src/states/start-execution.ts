import type { BillingDetails } from '@cloud-orrery/models/states'
import { StartExecution, StartSyncExecution } from '@cloud-orrery/models/states'
import type { Context } from '../context.ts'
import { internalOperation, operation } from '../define.ts'
import { machineAuthorization } from './access.ts'
import { arnOf } from './arns.ts'
import { engine } from './engine.ts'
import {
  executionExists,
  invalidInput,
  serviceFailure,
  stateMachineDeleting,
  wrongMachineType,
} from './errors.ts'
import { settingsOf } from './execution-settings.ts'
import type { StartExecution as Start } from './executions/contract.ts'
import { type Execution, executions } from './executions/state.ts'
import { jsonProblem } from './json-problem.ts'
import { billedMemoryMb, billedStepMs } from './limits.ts'
import { machineHolder, openEncrypted } from './machines/encryption.ts'
import { configurationOf, type Named, named } from './machines/lookup.ts'
import { checkName } from './names.ts'
import { StartExpress } from './start-express.ts'
import type { Configuration } from './state.ts'

export const startExecution = operation(StartExecution, {
  authorize: ({ stateMachineArn }, ctx) => machineAuthorization(ctx, stateMachineArn),
  provenance: 'recorded',
  async run(ctx, { stateMachineArn, name = ctx.ids.uuid(), input = '{}', traceHeader }) {
    const found = startable(ctx, stateMachineArn)
    checkName(name)
    checkInput(input)
    const { machine } = found
    const configuration = configurationOf(ctx, found)
    await openEncrypted(ctx, configuration.encryption, machineHolder(machine.arn))
    const path = machine.type === 'EXPRESS' ? [name, ctx.ids.uuid()] : [name]
    const kind = machine.type === 'EXPRESS' ? 'express' : 'execution'
    const executionArn = arnOf(ctx, kind, machine.name, ...path)
    const known = executions.get(ctx, executionArn)
    // The same name and input while it runs is the same execution. Source: Step Functions API Reference, StartExecution.
    if (known !== undefined) {
      if (known.status !== 'RUNNING' || known.input !== input) throw executionExists(executionArn)
      return { executionArn, startDate: known.startedAtMs }
    }
    const start = startOf(found, configuration, { name, executionArn, input, traceHeader })
    const { startedAtMs } = engine.startExecution(ctx, start)
    return { executionArn, startDate: startedAtMs }
  },
})

export const startSyncExecution = operation(StartSyncExecution, {
  authorize: ({ stateMachineArn }, ctx) => machineAuthorization(ctx, stateMachineArn),
  provenance: 'recorded',
  // Source: Step Functions Developer Guide, "Logging using CloudTrail": express executions are data events.
  trail: { kind: 'data' },
  async run(
    ctx,
    { stateMachineArn, name = ctx.ids.uuid(), input = '{}', traceHeader, includedData },
  ) {
    const found = startable(ctx, stateMachineArn)
    if (found.machine.type !== 'EXPRESS') throw wrongMachineType()
    checkName(name)
    checkInput(input)
    const { machine } = found
    const configuration = configurationOf(ctx, found)
    await openEncrypted(ctx, configuration.encryption, machineHolder(machine.arn))
    const executionArn = arnOf(ctx, 'express', machine.name, name, ctx.ids.uuid())
    const start = startOf(found, configuration, { name, executionArn, input, traceHeader })
    const ended = await engine.runExpress(ctx, start)
    // Whoever asked has gone, or a snapshot could not wait for the answer: the execution goes on, and nothing is said
    // of its end. A service's task can not wait at all.
    if (ended.status === 'RUNNING' && ctx.now() > ended.startedAtMs) {
      throw serviceFailure('The wait for the execution was cut short; the execution goes on.')
    }
    return syncAnswer(ended, includedData !== 'METADATA_ONLY')
  },
})

export const startExpress = internalOperation(StartExpress, {
  authorize: ({ stateMachineArn }, ctx) => ({
    ...machineAuthorization(ctx, stateMachineArn),
    action: 'states:StartSyncExecution',
  }),
  provenance: 'modelled',
  trail: { kind: 'unlogged' },
  run(ctx, { stateMachineArn, name = ctx.ids.uuid(), input = '{}', traceHeader }) {
    const found = startable(ctx, stateMachineArn)
    if (found.machine.type !== 'EXPRESS') throw wrongMachineType()
    checkName(name)
    checkInput(input)
    const executionArn = arnOf(ctx, 'express', found.machine.name, name, ctx.ids.uuid())
    const of = { name, executionArn, input, traceHeader }
    engine.startExecution(ctx, startOf(found, configurationOf(ctx, found), of))
    return { executionArn }
  },
})

function startable(ctx: Context, arn: string): Named {
  const found = named(ctx, arn)
  if (found.machine.status === 'DELETING') throw stateMachineDeleting(found.machine.arn)
  return found
}

/** Recorded: states, StartExecution, 2023. */
function checkInput(input: string): void {
  if (input.trim() === '') throw invalidInput('Invalid execution input.')
  const problem = jsonProblem(input)
  if (problem !== undefined) throw invalidInput(problem)
}

function startOf(
  { machine, version, alias }: Named,
  configuration: Configuration,
  of: { name: string; executionArn: string; input: string; traceHeader: string | undefined },
): Start {
  const { definition, roleArn, revisionId } = configuration
  // An alias chooses among versions; only a configuration that is a version has a number.
  const versionArn =
    version?.arn ??
    ('arn' in configuration && alias !== undefined ? String(configuration.arn) : undefined)
  return {
    stateMachineArn: machine.arn,
    ...(versionArn === undefined ? {} : { stateMachineVersionArn: versionArn }),
    ...(alias === undefined ? {} : { stateMachineAliasArn: alias.arn }),
    type: machine.type,
    definition,
    roleArn,
    ...(revisionId === undefined ? {} : { revisionId }),
    name: of.name,
    executionArn: of.executionArn,
    input: of.input,
    ...(of.traceHeader === undefined ? {} : { traceHeader: of.traceHeader }),
    settings: settingsOf(configuration),
  }
}

function syncAnswer(ended: Execution, withData: boolean) {
  const {
    startedAtMs,
    stoppedAtMs = startedAtMs,
    status,
    output,
    error,
    cause,
    traceHeader,
  } = ended
  return {
    executionArn: ended.executionArn,
    stateMachineArn: ended.stateMachineArn,
    name: ended.name,
    startDate: startedAtMs,
    stopDate: stoppedAtMs,
    status: status === 'SUCCEEDED' || status === 'TIMED_OUT' ? status : ('FAILED' as const),
    ...(withData ? { input: ended.input } : {}),
    inputDetails: { included: withData },
    ...(withData && output !== undefined ? { output } : {}),
    // Recorded: states, StartSyncExecution that fails, 2023.
    outputDetails: { included: withData },
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
    ...(traceHeader === undefined ? {} : { traceHeader }),
    billingDetails: billingOf(stoppedAtMs - startedAtMs),
  }
}

/** Begun steps of 100 ms, at least one. Recorded: states, StartSyncExecution, 2023. */
// Deviation: the memory that is billed is always the smallest, whatever an execution holds.
function billingOf(durationMs: number): BillingDetails {
  const steps = Math.max(1, Math.ceil(durationMs / billedStepMs))
  return {
    billedMemoryUsedInMB: billedMemoryMb,
    billedDurationInMilliseconds: steps * billedStepMs,
  }
}
