import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { coveragePages } from './pages.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

test('the coverage pages say what the services are (npm run coverage writes them)', async () => {
  const stale: string[] = []
  for (const [file, text] of Object.entries(await coveragePages(root))) {
    const path = join(root, 'docs/reference/coverage', file)
    if (!existsSync(path) || readFileSync(path, 'utf8') !== text) stale.push(file)
  }
  expect(stale).toEqual([])
})
