import { test as base, expect } from 'vitest'
import { type Aws, createAws } from './aws.ts'
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
 * `.orrery/recordings`, for `orrery replay`.
 */
export const test = base.extend<{ aws: Aws }>({
  aws: async ({ task, onTestFailed }, use) => {
    const aws = createAws()
    let kept: string | undefined
    onTestFailed(async () => {
      // Told of only now by older versions of Vitest, when the cloud has ended.
      kept ??= await keepRecording(aws, task)
      if (kept !== undefined) process.stderr.write(`orrery: recording of '${task.name}': ${kept}\n`)
    })
    await use(aws)
    if (task.result?.state === 'fail') kept = await keepRecording(aws, task)
    else dropRecording(task)
    aws.cloud.close()
  },
})
