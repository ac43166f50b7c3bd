import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSync } from 'esbuild'

const page = join(import.meta.dirname, '../page')

/** Writes the files of the page into a folder: its TypeScript as one script, the others as they are. */
export function bundlePage(folder: string): void {
  buildSync({
    entryPoints: [join(page, 'app.ts')],
    outfile: join(folder, 'app.js'),
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
  })
  for (const file of ['index.html', 'style.css']) copyFileSync(join(page, file), join(folder, file))
}

// node bundle.ts FOLDER: what the stack does when the function is bundled.
const [, script, folder] = process.argv
if (script === import.meta.filename && folder !== undefined) bundlePage(folder)
