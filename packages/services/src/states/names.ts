import { invalidName } from './errors.ts'

/**
 * Characters that no name has. Source: Step Functions API Reference, CreateStateMachine, `name`; recorded:
 * states, CreateActivity, 2025.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that AWS refuses.
const forbidden = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f\ufffe\uffff]/

/** Refuses a name of a machine, an activity or an execution. */
export function checkName(name: string): void {
  if (forbidden.test(name)) throw invalidName(name)
}
