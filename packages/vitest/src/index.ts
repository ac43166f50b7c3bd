import type { ChoiceMode } from '@cloud-orrery/kernel'
import { test as base, expect } from 'vitest'
import { type Aws, createAws } from './aws.ts'
import { choicesOf, tellSearch } from './explore/explored-test.ts'
import { dropRecording, keepRecording } from './failure-recording.ts'
import { matchers, type OrreryMatchers } from './matchers.ts'

export { type ArmedFault, Aws, createAws, type Deployable, type FaultSpecification } from './aws.ts'
export type { FidelityLevel } from './fidelity.ts'
export type { JournaledCall } from './journal-view.ts'
export { expect, matchers }

declare module 'vitest' {
  // The type parameters have to be spelled as Vitest spells them.
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown>
    extends OrreryMatchers<R> {}
}

expect.extend(matchers)

/**
 * Vitest's `test` with a fresh cloud: `test('…', async ({ aws }) => { … })`. One that fails leaves its recording in
 * `.orrery/recordings`, for `orrery replay`. `choices` says what happens where AWS leaves it open (default: calm, or what
 * ORRERY_CHOICES says): `test.override({ choices: { seed: 17, only: { 'sqs.order#1': 1 } } })`.
 */
export const test = base.extend<{ aws: Aws; choices: ChoiceMode | undefined }>({
  // Vitest reads the names of other fixtures from the pattern.
  // biome-ignore lint/correctness/noEmptyPattern: see above.
  choices: async ({}, use) => await use(undefined),
  aws: async ({ task, onTestFailed, choices }, use) => {
    const chosen = choices ?? choicesOf(task)
    const aws = createAws(chosen === undefined ? {} : { choices: chosen })
    let kept: string | undefined
    onTestFailed(async () => {
      // Told of only now by older versions of Vitest, when the cloud has ended.
      kept ??= await keepRecording(aws, task)
      if (kept !== undefined) process.stderr.write(`orrery: recording of '${task.name}': ${kept}\n`)
    })
    await use(aws)
    tellSearch(task, aws)
    if (task.result?.state === 'fail') kept = await keepRecording(aws, task)
    else dropRecording(task)
    aws.cloud.close()
  },
})
