import { test as base, expect } from 'vitest'
import { type Aws, createAws } from './aws.ts'
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

/** Vitest's `test` with a fresh cloud: `test('…', async ({ aws }) => { … })`. */
export const test = base.extend<{ aws: Aws }>({
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads the fixture's needs from this pattern.
  aws: async ({}, use) => {
    const aws = createAws()
    await use(aws)
    aws.cloud.close()
  },
})
