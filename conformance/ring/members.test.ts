import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { registry } from '@cloud-orrery/services'
import { expect, test } from 'vitest'
import { houseWords } from './house-words.ts'

/** Has no client of the SDK. */
const withoutClient = new Set(['hello'])

test('every service with a client of the SDK is in the ring', () => {
  const missing = Object.keys(registry)
    .filter((name) => !withoutClient.has(name))
    .flatMap((name) => [`arrangements/${name}.ts`, `${name}.test.ts`])
    .filter((file) => !existsSync(fileURLToPath(new URL(file, import.meta.url))))
  expect(missing).toEqual([])
  expect(Object.keys(registry).filter((name) => !(name in houseWords))).toEqual([...withoutClient])
})
