import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { join } from 'node:path'

/** One archive in a registry, pinned: `sources.json` keeps these. */
export interface Pin {
  readonly version: string
  /** SHA-256 of the archive. A download that differs is refused. */
  readonly sha256: string
}

export const smithyGroup = 'software.amazon.api.models'
/** Pinned, so that Maven runs the same plugin everywhere. */
const dependencyPlugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1'

/**
 * The jar of a service's Smithy model, through the Maven client (which knows the user's mirrors).
 * `version` may be `RELEASE`. Undefined where the registry at hand has no such artefact.
 */
export function smithyJar(cache: string, artefact: string, version: string): string | undefined {
  const known = cached(cache, `${artefact}-${version}.jar`)
  if (known !== undefined) return known
  const coordinates = `${smithyGroup}:${artefact}:${version}:jar`
  return download(cache, (folder) => {
    const args = ['-B', '-q', `${dependencyPlugin}:copy`, `-Dartifact=${coordinates}`]
    try {
      execFileSync('mvn', [...args, `-DoutputDirectory=${folder}`], { cwd: folder, stdio: 'pipe' })
    } catch (cause) {
      if (!isMissing(cause)) throw new Error(`mvn could not fetch ${coordinates}`, { cause })
    }
  })
}

/** Maven says on standard output that an artefact does not exist, among other failures. */
function isMissing(cause: unknown): boolean {
  const output = cause instanceof Error && 'stdout' in cause ? String(cause.stdout) : ''
  return /Could not find (?:artifact|metadata)|was not found in/.test(output)
}

/** The wheel of botocore, through pip. `version` may be empty for the newest. */
export function botocoreWheel(cache: string, version: string): string {
  const known = version === '' ? undefined : cached(cache, `botocore-${version}-py3-none-any.whl`)
  if (known !== undefined) return known
  const requirement = version === '' ? 'botocore' : `botocore==${version}`
  const wheel = download(cache, (folder) => {
    const args = [
      '-m',
      'pip',
      'download',
      '-q',
      '--no-deps',
      '--only-binary',
      ':all:',
      '-d',
      folder,
    ]
    execFileSync('python3', [...args, requirement], { stdio: ['ignore', 'ignore', 'inherit'] })
  })
  if (wheel === undefined) throw new Error(`pip brought no wheel of ${requirement}`)
  return wheel
}

/** Lets a client fill an empty folder, and moves the one file that it brings to the cache. */
function download(cache: string, fetch: (folder: string) => void): string | undefined {
  const folder = mkdtempSync(join(cache, 'download-'))
  try {
    fetch(folder)
    const [file] = readdirSync(folder)
    if (file === undefined) return undefined
    renameSync(join(folder, file), join(cache, file))
    return join(cache, file)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function cached(cache: string, file: string): string | undefined {
  mkdirSync(cache, { recursive: true })
  const path = join(cache, file)
  return existsSync(path) ? path : undefined
}

/** Reads an archive and holds it to its pin. */
export function readPinned(path: string, pin: Pin): Buffer {
  const bytes = readFileSync(path)
  const sha256 = sha256Of(bytes)
  if (sha256 !== pin.sha256)
    throw new Error(`${path}: SHA-256 is ${sha256}, pinned is ${pin.sha256}`)
  return bytes
}

export function sha256Of(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}
