import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { coveragePages } from './pages.ts'

/** `npm run coverage` writes docs/reference/coverage from the services themselves. */
const root = fileURLToPath(new URL('../..', import.meta.url))
const pages = await coveragePages(root)
for (const [file, text] of Object.entries(pages)) {
  const path = join(root, 'docs/reference/coverage', file)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}
process.stdout.write(`${Object.keys(pages).length} coverage pages written\n`)
