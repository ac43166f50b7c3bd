import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cliPage } from './cli-page.ts'
import { root } from './pages.ts'

/** `npm run docs` writes the reference pages that are made from the code. */
writeFileSync(join(root, 'docs/reference/cli.md'), await cliPage())
process.stdout.write('docs/reference/cli.md written\n')
