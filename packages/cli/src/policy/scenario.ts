import type { Cloud, Observation, PolicyTrial, TrialResult } from '@cloud-orrery/cloud'

/** A run that can be had again under other policies. */
export interface Scenario {
  /** The cloud when everything was deployed: its stacks and their roles are there. */
  readonly cloud: Cloud
  /** The stacks whose users and roles are meant. */
  readonly stacks: readonly string[]
  /** The journal's number of the last entry of the deployment. */
  readonly deployedAt: number
  /** All permissions that the run asked for, those of the deployment first. */
  readonly observations: readonly Observation[]
  /** What failed in the run as it is, under the present policies; absent: nothing. */
  readonly failure?: string
  /** Has the run again. `fresh`: from an empty cloud, so that the deployment is under the trial as well. */
  tryOut(trial: PolicyTrial, fresh: boolean): Promise<TrialResult>
  close(): void
}

/** The last line of an error's first paragraph says most in one line. */
export function failureText(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  const [line = ''] = text.split('\n').filter((part) => part.trim() !== '')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours of a test runner's messages.
  return line.replace(/\u001b\[\d+m/g, '').slice(0, 200)
}
