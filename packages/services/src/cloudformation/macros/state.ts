import { table } from '@cloud-orrery/kernel'

/** A macro that templates of this account and region can name. */
export interface Macro {
  readonly name: string
  /** Name or ARN of the function that does the work. */
  readonly functionName: string
}

export const macros = table<Macro>('cloudformation.macros', {
  key: (macro) => macro.name,
  partition: 'region',
})
