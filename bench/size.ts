/**
 * What a user's `npm install @cloud-orrery/cli` brings: our packages as they would be published, and their
 * dependencies as they lie in node_modules. Run: node bench/size.ts, compiled.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { printTable } from './table.ts'

const targetMegabytes = 60
const root = fileURLToPath(new URL('..', import.meta.url))

interface Manifest {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly scripts?: Readonly<Record<string, string>>
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
}

/** Folders of a package and all that it depends on at run time, each once. */
function installed(folder: string, found = new Map<string, string>()): Map<string, string> {
  const { name, dependencies = {} } = manifestOf(folder)
  if (found.has(name)) return found
  found.set(name, folder)
  for (const dependency of Object.keys(dependencies)) {
    const own = join(folder, 'node_modules', dependency)
    installed(existsSync(own) ? own : join(root, 'node_modules', dependency), found)
  }
  return found
}

function bytesOf(path: string): number {
  const stat = lstatSync(path)
  if (!stat.isDirectory()) return stat.size
  return readdirSync(path).reduce((sum, name) => sum + bytesOf(join(path, name)), 0)
}

/** What `npm publish` would take, unpacked. */
function publishedBytes(folder: string): number {
  const packed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [{ unpackedSize }] = JSON.parse(packed.toString()) as [{ unpackedSize: number }]
  return unpackedSize
}

const all = installed(join(root, 'packages/cli'))
const ours = [...all].filter(([name]) => name.startsWith('@cloud-orrery/'))
const theirs = [...all].filter(([name]) => !name.startsWith('@cloud-orrery/'))
const ourBytes = ours.reduce((sum, [, folder]) => sum + publishedBytes(folder), 0)
const theirBytes = theirs.reduce((sum, [, folder]) => sum + bytesOf(folder), 0)
const withScripts = theirs.filter(([, folder]) => {
  const { scripts = {} } = manifestOf(folder)
  return ['preinstall', 'install', 'postinstall'].some((name) => name in scripts)
})
const megabytes = (bytes: number) => bytes / 1024 ** 2

const total = megabytes(ourBytes + theirBytes)
printTable('An installation', [
  {
    what: 'installed size for a user, development left out',
    value: `${total.toFixed(1)} MB (${ours.length} packages of ours, ${megabytes(ourBytes).toFixed(1)} MB)`,
    target: `<= ${targetMegabytes} MB`,
    ok: total <= targetMegabytes,
  },
  {
    what: 'runtime dependencies of others, at any depth',
    value: `${theirs.length}${theirs.length === 0 ? '' : ` (${theirs.map(([name]) => name).join(', ')})`}`,
    target: 'few',
    ok: theirs.length <= 10,
  },
  {
    what: 'packages with an install script',
    value: String(withScripts.length),
    target: 'none',
    ok: withScripts.length === 0,
  },
])
