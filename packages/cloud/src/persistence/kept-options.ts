import { SimulatorError } from '@cloud-orrery/kernel'
import type { CloudOptions } from '../cloud.ts'

/** Options that a run depends on: the same as long as its data directory is used. */
const names = [
  'seed',
  'startAtMs',
  'choices',
  'accountId',
  'region',
  'throttling',
  'acceptAnyCredentials',
] as const

/** Those of a cloud's options that its data directory keeps. */
export function keptOptions(options: CloudOptions): CloudOptions {
  return Object.fromEntries(
    names.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])),
  )
}

const defaults: CloudOptions = { choices: 'calm', throttling: false, acceptAnyCredentials: false }

/** Throws `SimulatorError` where an option is given that is not what the directory was made with. */
export function checkOptions(path: string, given: CloudOptions, kept: CloudOptions): void {
  for (const name of names) {
    const wanted = given[name]
    if (wanted === undefined || wanted === 'random') continue
    const has = kept[name] ?? defaults[name]
    if (has === undefined || has === wanted) continue
    throw new SimulatorError(
      'DataOptions',
      `${path} was made with ${name} ${has}, and cannot go on with ${wanted}.`,
      'Leave the option out, or name another directory.',
    )
  }
}
