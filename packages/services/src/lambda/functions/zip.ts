/**
 * Reads the directory of a zip archive: enough to know that it can be unpacked, and how large that becomes.
 * Source: APPNOTE.TXT, 4.3.12 and 4.3.16.
 */
const endSignature = 0x06054b50
const entrySignature = 0x02014b50
const endBytes = 22
const entryBytes = 46
/** An end record is followed by a comment of at most 64 KB. */
const commentBytesMax = 65_535
const zip64 = 0xffff_ffff

export interface ZipDirectory {
  readonly names: readonly string[]
  readonly unzippedBytes: number
}

/** Undefined where the bytes are no zip archive, or a broken one, or one that leads out of its folder. */
export function readZipDirectory(zip: Uint8Array): ZipDirectory | undefined {
  const view = Buffer.from(zip.buffer, zip.byteOffset, zip.byteLength)
  const end = endRecord(view)
  if (end === undefined) return undefined
  const count = view.readUInt16LE(end + 10)
  let at = view.readUInt32LE(end + 16)
  const names: string[] = []
  let unzippedBytes = 0
  for (let i = 0; i < count; i += 1) {
    if (at + entryBytes > view.length || view.readUInt32LE(at) !== entrySignature) return undefined
    const size = view.readUInt32LE(at + 24)
    if (size === zip64) return undefined
    const nameBytes = view.readUInt16LE(at + 28)
    const restBytes = view.readUInt16LE(at + 30) + view.readUInt16LE(at + 32)
    const name = view.toString('utf8', at + entryBytes, at + entryBytes + nameBytes)
    if (leadsOut(name)) return undefined
    names.push(name)
    unzippedBytes += size
    at += entryBytes + nameBytes + restBytes
  }
  return { names, unzippedBytes }
}

/** Names that would be unpacked elsewhere than in the folder of the package. */
function leadsOut(name: string): boolean {
  return /^[/\\]|^[A-Za-z]:|\0/.test(name) || name.split(/[/\\]/).includes('..')
}

function endRecord(view: Buffer): number | undefined {
  const first = Math.max(0, view.length - endBytes - commentBytesMax)
  for (let at = view.length - endBytes; at >= first; at -= 1) {
    if (view.readUInt32LE(at) === endSignature) return at
  }
  return undefined
}
