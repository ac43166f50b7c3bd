import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
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
  const before = new Set(readdirSync(cache))
  const coordinates = `${smithyGroup}:${artefact}:${version}:jar`
  const args = ['-B', '-q', `${dependencyPlugin}:copy`, `-Dartifact=${coordinates}`]
  try {
    execFileSync('mvn', [...args, `-DoutputDirectory=${cache}`], { cwd: cache, stdio: 'pipe' })
  } catch (cause) {
    if (isMissing(cause)) return undefined
    throw new Error(`mvn could not fetch ${coordinates}`, { cause })
  }
  const added = readdirSync(cache).find(
    (file) => !before.has(file) && file.startsWith(`${artefact}-`),
  )
  return join(cache, added ?? `${artefact}-${version}.jar`)
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
  const args = ['-m', 'pip', 'download', '-q', '--no-deps', '--only-binary', ':all:', '-d', cache]
  execFileSync('python3', [...args, requirement], { stdio: ['ignore', 'ignore', 'inherit'] })
  const wheel = readdirSync(cache).find(
    (file) => file.startsWith(`botocore-${version}`) && file.endsWith('.whl'),
  )
  if (wheel === undefined) throw new Error(`pip brought no wheel of ${requirement}`)
  return join(cache, wheel)
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
