import { createHash } from 'node:crypto'
import { chmod, mkdir, realpath, symlink, writeFile } from 'node:fs/promises'
import { dirname, join, posix } from 'node:path'
import { promisify } from 'node:util'
import { crc32, inflateRaw, inflateRawSync } from 'node:zlib'
import { type Entry, fromBufferPromise } from 'yauzl'
import { removeFolder, temporaryFolder } from './temporary-folder.ts'

/** Largest size of a package with its files unpacked, in bytes. Source: Lambda developer guide, "Lambda quotas". */
export const unpackedBytesMax = 262_144_000

/** A zip that Lambda would not have taken. The message is AWS's where it has one. */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError'
}

export interface Unpacked {
  /** Real path. Its files are for reading: others share them. */
  readonly folder: string
  /** To be called once, when nothing uses the files any more. The last one's call removes them. */
  release(): Promise<void>
}

interface SharedFolder {
  users: number
  readonly ready: Promise<string>
}

/** Folders of this thread by the hash of what was unpacked into them. */
const folders = new Map<string, SharedFolder>()

let folderNumber = 0

/**
 * Unpacks zips over each other, in their order. Who asks for the same zips shares one folder. Modes keep their
 * executable bits; symbolic links may point to inside the folder only. Throws `ArchiveError`.
 */
export async function unpack(bodies: readonly Uint8Array[]): Promise<Unpacked> {
  const key = hashOf(bodies)
  let shared = folders.get(key)
  if (shared === undefined) {
    shared = { users: 0, ready: unpackNew(bodies) }
    folders.set(key, shared)
  }
  shared.users += 1
  try {
    const folder = await shared.ready
    return { folder, release: () => release(key, folder) }
  } catch (error) {
    folders.delete(key)
    throw error
  }
}

async function release(key: string, folder: string): Promise<void> {
  const shared = folders.get(key)
  if (shared === undefined) return
  shared.users -= 1
  if (shared.users > 0) return
  folders.delete(key)
  await removeFolder(folder)
}

function hashOf(bodies: readonly Uint8Array[]): string {
  const hash = createHash('sha256')
  for (const body of bodies) hash.update(`${body.byteLength}\n`).update(body)
  return hash.digest('hex')
}

/** A folder that is released and asked for again gets a new name, so that removing and unpacking never meet. */
async function unpackNew(bodies: readonly Uint8Array[]): Promise<string> {
  folderNumber += 1
  const folder = join(temporaryFolder(), `code-${folderNumber}`)
  try {
    const planned: Plan = { files: new Map(), folders: new Set() }
    let sizeBytes = 0
    for (const body of bodies) sizeBytes = await plan(Buffer.from(body), planned, sizeBytes)
    await write(folder, planned.files)
  } catch (error) {
    await removeFolder(folder)
    throw error
  }
  return folder
}

interface PlannedFile {
  readonly kind: 'file' | 'folder' | 'link'
  /** The permission bits. */
  readonly mode: number
  readonly read: () => Promise<Buffer>
}

interface Plan {
  /** By their names, in the order of the zips. */
  readonly files: Map<string, PlannedFile>
  /** Those that have something in them. */
  readonly folders: Set<string>
}

/** Adds a zip's entries to what will be written; later ones win. Returns the size of all so far. */
async function plan(body: Buffer, planned: Plan, sizeBytesBefore: number): Promise<number> {
  let sizeBytes = sizeBytesBefore
  try {
    const zip = await fromBufferPromise(body, { lazyEntries: true })
    for await (const entry of zip.eachEntry()) {
      sizeBytes += entry.uncompressedSize
      if (sizeBytes > unpackedBytesMax) throw tooLarge()
      const name = nameOf(entry)
      if (name === '') continue
      makeRoom(planned, name, kindOf(entry))
      const read = async () => {
        const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true })
        return await contentOf(entry, body.subarray(fileDataStart))
      }
      planned.files.set(name, { kind: kindOf(entry), mode: modeOf(entry), read })
    }
  } catch (error) {
    throw error instanceof ArchiveError ? error : unreadable(error)
  }
  return sizeBytes
}

/** A layer may have a folder where the one before has a file, and the other way round. */
function makeRoom({ files, folders }: Plan, name: string, kind: PlannedFile['kind']): void {
  for (let parent = posix.dirname(name); parent !== '.'; parent = posix.dirname(parent)) {
    const found = files.get(parent)
    if (found !== undefined && found.kind !== 'folder') files.delete(parent)
    folders.add(parent)
  }
  if (kind === 'folder' || !folders.has(name)) return
  for (const other of files.keys()) if (other.startsWith(`${name}/`)) files.delete(other)
}

function nameOf({ fileName }: Entry): string {
  // The reader itself refuses absolute names, `..` and drive letters.
  const name = posix.normalize(fileName).replace(/\/$/, '')
  if (name.startsWith('/') || name.split('/').includes('..')) throw leaves(fileName)
  if (name.includes('\0')) throw leaves(fileName)
  return name === '.' ? '' : name
}

const typeBits = 0o170000
const linkBits = 0o120000

/** The upper half holds Unix modes where the zip was made on Unix. */
function unixModeOf({ versionMadeBy, externalFileAttributes }: Entry): number {
  return versionMadeBy >>> 8 === 3 ? externalFileAttributes >>> 16 : 0
}

function kindOf(entry: Entry): PlannedFile['kind'] {
  if (entry.fileName.endsWith('/')) return 'folder'
  return (unixModeOf(entry) & typeBits) === linkBits ? 'link' : 'file'
}

function modeOf(entry: Entry): number {
  const mode = unixModeOf(entry) & 0o777
  return mode & 0o111 ? 0o555 : 0o444
}

const inflateLarge = promisify(inflateRaw)

/** Up to this size unpacking at once is quicker than a trip to another thread. */
const inflatedAtOnceBytesMax = 32 * 1024

async function contentOf(entry: Entry, from: Buffer): Promise<Buffer> {
  if (entry.isEncrypted()) throw unreadable('encrypted')
  const { compressionMethod, compressedSize, uncompressedSize } = entry
  const raw = from.subarray(0, compressedSize)
  const options = { maxOutputLength: Math.max(1, uncompressedSize) }
  let content: Buffer
  if (compressionMethod === 0) content = raw
  else if (compressionMethod !== 8) throw unreadable(`compression method ${compressionMethod}`)
  else if (uncompressedSize <= inflatedAtOnceBytesMax) content = inflateRawSync(raw, options)
  else content = await inflateLarge(raw, options)
  if (content.byteLength !== uncompressedSize || crc32(content) !== entry.crc32) {
    throw unreadable('checksum')
  }
  return content
}

/** How many files are written at the same time. */
const writersMax = 16

async function write(folder: string, files: ReadonlyMap<string, PlannedFile>): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o755 })
  const made = new Set<string>([folder])
  const folderFor = async (path: string) => {
    if (made.has(path)) return
    await mkdir(path, { recursive: true, mode: 0o755 })
    made.add(path)
  }
  const all = [...files]
  for (const [name, { kind }] of all) {
    await folderFor(kind === 'folder' ? join(folder, name) : dirname(join(folder, name)))
  }
  const plain = all.filter(([, { kind }]) => kind === 'file').values()
  const writer = async () => {
    for (const [name, file] of plain) await writeOne(join(folder, name), file)
  }
  await Promise.all(Array.from({ length: writersMax }, writer))
  // Links last: nothing is ever written through one.
  for (const [name, file] of all) if (file.kind === 'link') await link(folder, name, file)
  await checkLinks(
    folder,
    all.filter(([, { kind }]) => kind === 'link').map(([name]) => name),
  )
}

async function writeOne(path: string, file: PlannedFile): Promise<void> {
  const content = await file.read().catch((error: unknown) => {
    throw error instanceof ArchiveError ? error : unreadable(error)
  })
  await writeFile(path, content, { mode: file.mode })
  // What the process masks from new files' modes is not known.
  if (file.mode & 0o111) await chmod(path, file.mode)
}

async function link(folder: string, name: string, file: PlannedFile): Promise<void> {
  const target = (await file.read()).toString()
  const resolved = posix.normalize(posix.join(posix.dirname(name), target))
  if (target.startsWith('/') || target.includes('\0') || resolved.split('/')[0] === '..') {
    throw leaves(`${name} -> ${target}`)
  }
  await symlink(target, join(folder, name))
}

/** A link over another may lead out where each of them alone does not. */
async function checkLinks(folder: string, names: readonly string[]): Promise<void> {
  if (names.length === 0) return
  const root = await realpath(folder)
  for (const name of names) {
    const real = await realpath(join(folder, name)).catch(() => root) // A link to nothing leads nowhere.
    if (real !== root && !real.startsWith(`${root}/`)) throw leaves(name)
  }
}

function tooLarge(): ArchiveError {
  // Recorded: Lambda, CreateFunction with a package of more than 250 MB.
  return new ArchiveError(`Unzipped size must be smaller than ${unpackedBytesMax} bytes`)
}

function unreadable(cause: unknown): ArchiveError {
  // Recorded: Lambda, CreateFunction with a body that is no zip.
  const message = 'Could not unzip uploaded file. Please check your file, then try to upload again.'
  return new ArchiveError(message, { cause })
}

function leaves(name: string): ArchiveError {
  return unreadable(`${name} leaves the folder`)
}
