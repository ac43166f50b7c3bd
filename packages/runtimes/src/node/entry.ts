import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { temporaryFolder } from '../temporary-folder.ts'

let entry: URL | undefined

/** The file that a worker begins with. */
export function workerEntry(): URL {
  entry ??= import.meta.url.endsWith('.ts')
    ? strippedEntry()
    : new URL('./worker/main.js', import.meta.url)
  return entry
}

/**
 * Where we run from sources, Node would take the types off each file again for each worker, which takes longer than
 * all else that a worker begins with; so that is done once.
 */
function strippedEntry(): URL {
  const folder = join(temporaryFolder(), 'worker')
  const sources = fileURLToPath(new URL('.', import.meta.url))
  mkdirSync(join(folder, 'worker'), { recursive: true })
  const names = readdirSync(join(sources, 'worker'))
    .filter((name) => !name.endsWith('.test.ts'))
    .map((name) => `worker/${name}`)
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  withoutWarning(() => {
    for (const name of ['messages.ts', ...names]) {
      const stripped = stripTypeScriptTypes(readFileSync(join(sources, name), 'utf8'))
      const built = stripped.replaceAll(/(from '\.[^']*)\.ts'/g, "$1.js'")
      writeFileSync(join(folder, name.replace(/\.ts$/, '.js')), built)
    }
  })
  return pathToFileURL(join(folder, 'worker/main.js'))
}

/** Node says that taking off types is experimental, which is of no use to whoever runs a function. */
function withoutWarning(run: () => void): void {
  const { emitWarning } = process
  process.emitWarning = () => undefined
  try {
    run()
  } finally {
    process.emitWarning = emitWarning
  }
}
