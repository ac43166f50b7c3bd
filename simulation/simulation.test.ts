import { expect, test } from 'vitest'
import { inFolder } from './folders.ts'
import { run } from './run.ts'
import { settingsOf } from './settings.ts'

/** A few seeds, calm and legal, with and without crashes; `npm run simulate` runs many. */
test.for([1, 2, 3, 4, 5])('seed %i breaks no promise', { timeout: 120_000 }, async (seed) => {
  const { violation, told } = await inFolder(settingsOf(seed, 40), run)
  expect(violation, told.join('\n')).toBeUndefined()
})

test('the same seed does the same and leaves the same journal', { timeout: 120_000 }, async () => {
  const settings = settingsOf(8, 40)
  const once = await inFolder(settings, run)
  expect(await inFolder(settings, run)).toEqual(once)
})
