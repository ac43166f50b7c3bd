import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { StoredServiceModel } from '@cloud-orrery/models'
import { botocoreWheel, type Pin, readPinned, sha256Of, smithyGroup, smithyJar } from './archive.ts'
import type { BotocoreModel, BotocorePaginators } from './botocore-model.ts'
import { readBotocore } from './botocore-reader.ts'
import { type ServiceEntry, serviceEntry } from './services.ts'
import type { SmithyModel } from './smithy-ast.ts'
import { readSmithy } from './smithy-reader.ts'
import { readZip } from './zip.ts'

/**
 * `sources.json`: what the committed models were made from. A service with a Smithy artefact is made from
 * that; a registry may lack it (mirrors hold a selection), and then botocore has the same facts.
 */
export interface Sources {
  readonly botocore: Pin
  readonly smithy: Readonly<Record<string, Pin>>
}

export const root = new URL('../../', import.meta.url).pathname
const sourcesFile = join(root, 'tools/models/sources.json')
/** Downloads stay out of the repository. */
export const cacheFolder = join(root, 'node_modules/.cache/orrery-models')

export function readSources(): Sources {
  return JSON.parse(readFileSync(sourcesFile, 'utf8')) as Sources
}

/** Pins the newest release of each service's Smithy model, where there is one, and the newest botocore. */
export function updateSources(names: readonly string[]): Sources {
  const known = existsSync(sourcesFile) ? readSources() : undefined
  const smithy: Record<string, Pin> = { ...known?.smithy }
  for (const name of names) {
    const artefact = serviceEntry(name).smithy
    const jar = smithyJar(cacheFolder, artefact, 'RELEASE')
    if (jar !== undefined) smithy[name] = pinOf(jar, new RegExp(`^.*/${artefact}-(.*)\\.jar$`))
  }
  const botocore = pinOf(botocoreWheel(cacheFolder, ''), /^.*\/botocore-([^-]*)-.*$/)
  const sorted = Object.entries(smithy).sort(([a], [b]) => (a < b ? -1 : 1))
  const sources = { botocore, smithy: Object.fromEntries(sorted) }
  writeFileSync(sourcesFile, `${JSON.stringify(sources, null, 2)}\n`)
  return sources
}

function pinOf(path: string, versioned: RegExp): Pin {
  return { version: path.replace(versioned, '$1'), sha256: sha256Of(readFileSync(path)) }
}

/** The source that a service's model is made from, as its files name it. */
export function servicePin(name: string, { smithy, botocore }: Sources): string {
  const entry = serviceEntry(name)
  const pin = smithy[name]
  return pin === undefined
    ? `botocore ${botocore.version} ${entry.botocore}`
    : `${smithyGroup}:${entry.smithy}:${pin.version}`
}

/** The stored model of a service, from its pinned source, before our patches. */
export function readServiceModel(name: string, sources: Sources): StoredServiceModel {
  const entry = serviceEntry(name)
  const pin = sources.smithy[name]
  return pin === undefined
    ? fromBotocore(name, entry, sources.botocore)
    : fromSmithy(name, entry, pin)
}

function fromSmithy(name: string, entry: ServiceEntry, pin: Pin): StoredServiceModel {
  const jar = smithyJar(cacheFolder, entry.smithy, pin.version)
  if (jar === undefined)
    throw new Error(`${entry.smithy} ${pin.version} is not in the registry at hand`)
  const files = readZip(readPinned(jar, pin))
  const found = [...files].find(([path]) => /^META-INF\/smithy\/.*\.json$/.test(path))
  if (found === undefined) throw new Error(`${jar} holds no model`)
  const bytes = found[1]()
  const source = `${smithyGroup}:${entry.smithy}:${pin.version}`
  const model = JSON.parse(bytes.toString('utf8')) as SmithyModel
  return readSmithy(model, entry, { name, source, checksum: sha256Of(bytes) })
}

export function fromBotocore(name: string, entry: ServiceEntry, pin: Pin): StoredServiceModel {
  const files = readZip(readPinned(botocoreWheel(cacheFolder, pin.version), pin))
  const folder = `botocore/data/${entry.botocore}`
  const packed = files.get(`${folder}/service-2.json.gz`)
  const bytes =
    packed === undefined ? files.get(`${folder}/service-2.json`)?.() : gunzipSync(packed())
  if (bytes === undefined) throw new Error(`botocore ${pin.version} has no ${entry.botocore}`)
  const pages = files.get(`${folder}/paginators-1.json`)?.().toString('utf8') ?? '{"pagination":{}}'
  const source = `botocore ${pin.version} ${entry.botocore}`
  const model = JSON.parse(bytes.toString('utf8')) as BotocoreModel
  const paginators = JSON.parse(pages) as BotocorePaginators
  return readBotocore(model, paginators, entry, { name, source, checksum: sha256Of(bytes) })
}
