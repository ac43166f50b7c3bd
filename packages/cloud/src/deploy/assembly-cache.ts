import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { synthesize } from './synthesize.ts'

/**
 * The assembly of an app, synthesised anew only when something that it is made of has changed: its own files,
 * the environment variables that they name, or the versions of what it depends on.
 */
export function cachedAssembly(appFolder: string): string {
  const cache = join(appFolder, '.orrery')
  const folder = join(cache, `assembly-${contentHash(appFolder)}`)
  if (existsSync(join(folder, 'manifest.json'))) return folder
  mkdirSync(cache, { recursive: true })
  // A folder of its own: other runs, in other processes or threads, may synthesise the same app now.
  const made = mkdtempSync(join(cache, 'synthesis-'))
  try {
    synthesize(appFolder, made)
    renameSync(made, folder)
  } catch (error) {
    rmSync(made, { recursive: true, force: true })
    // Another run may have been first, with the same content.
    if (!existsSync(join(folder, 'manifest.json'))) throw error
  }
  removeOld(cache, folder)
  return folder
}

/** How long an assembly that is out of date is kept, in ms: a run that began before may still read it. */
const keptMs = 3_600_000

function removeOld(cache: string, current: string): void {
  for (const name of readdirSync(cache)) {
    const path = join(cache, name)
    if (!/^(assembly|synthesis)-/.test(name) || path === current) continue
    const stat = statSync(path, { throwIfNoEntry: false })
    if (stat !== undefined && stat.mtimeMs < Date.now() - keptMs) {
      rmSync(path, { recursive: true, force: true })
    }
  }
}

function contentHash(appFolder: string): string {
  const hash = createHash('sha256')
  const files = readdirSync(appFolder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/[\\/](node_modules|\.orrery|cdk\.out|scenario)[\\/]/.test(path))
    .sort()
  const words = new Set<string>()
  for (const path of files) {
    const bytes = readFileSync(path)
    hash.update(relative(appFolder, path)).update('\0').update(bytes).update('\0')
    for (const [word] of bytes.toString('latin1').matchAll(/\b[A-Za-z_]\w+/g)) words.add(word)
  }
  // An app may ask the environment: what it names by name counts, as in `STAGE=prod orrery deploy .`
  const asked = Object.entries(process.env).filter(([name]) => words.has(name))
  hash.update(JSON.stringify(asked.sort(([a], [b]) => (a < b ? -1 : 1))))
  const lock = lockFile(appFolder)
  if (lock !== undefined) hash.update(readFileSync(lock))
  return hash.digest('hex').slice(0, 16)
}

function lockFile(folder: string): string | undefined {
  const path = join(folder, 'package-lock.json')
  if (existsSync(path)) return path
  return folder === dirname(folder) ? undefined : lockFile(dirname(folder))
}
