import { orderedKey } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'
import { parsedArn, qualifierOf, unqualified } from '../arns.ts'
import { stateMachineMissing } from '../errors.ts'
import {
  type Alias,
  aliases,
  type Configuration,
  type StateMachine,
  stateMachines,
  type Version,
  versions,
} from '../state.ts'

/** What the ARN of a state machine, a version or an alias names. */
export interface Named {
  readonly machine: StateMachine
  readonly version?: Version
  readonly alias?: Alias
}

/** The machine of an ARN that has no qualifier. Throws StateMachineDoesNotExist, also for versions and aliases. */
export function theMachine(ctx: Context, arn: string): StateMachine {
  parsedArn(arn, 'stateMachine')
  const machine = stateMachines.get(ctx, arn)
  if (machine === undefined) throw stateMachineMissing(arn)
  return machine
}

/** The machine of an ARN, and the version or alias that it names. Throws StateMachineDoesNotExist. */
export function named(ctx: Context, arn: string): Named {
  parsedArn(arn, 'stateMachine')
  const machine = stateMachines.get(ctx, unqualified(arn))
  if (machine === undefined) throw stateMachineMissing(arn)
  const qualifier = qualifierOf(arn)
  if (qualifier === undefined) return { machine }
  const version = versionOf(ctx, arn)
  if (version !== undefined) return { machine, version }
  const alias = aliases.get(ctx, orderedKey(machine.arn, qualifier))
  if (alias === undefined) throw stateMachineMissing(arn)
  return { machine, alias }
}

/** The version that an ARN names, if it names one that is there. */
export function versionOf(ctx: Context, arn: string): Version | undefined {
  const qualifier = qualifierOf(arn)
  if (qualifier === undefined || !/^\d{1,15}$/.test(qualifier)) return undefined
  return versions.get(ctx, orderedKey(unqualified(arn), Number(qualifier)))
}

/** The version that an alias leads to this time: by chance, as its weights say. */
export function routed(ctx: Context, alias: Alias): Version {
  let draw = alias.routes.length === 1 ? 0 : ctx.random.below(100)
  for (const { versionArn, weight } of alias.routes) {
    draw -= weight
    const version = draw < 0 ? versionOf(ctx, versionArn) : undefined
    if (version !== undefined) return version
  }
  throw stateMachineMissing(alias.arn)
}

/** What an execution of it would run with. */
export function configurationOf(ctx: Context, { machine, version, alias }: Named): Configuration {
  return version ?? (alias === undefined ? machine : routed(ctx, alias))
}
