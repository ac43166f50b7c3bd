import { inflateRawSync } from 'node:zlib'

/** The end-of-central-directory record is 22 bytes and may be followed by a comment of 65,535. */
const endRecordBytes = 22
const endSearchBytes = endRecordBytes + 65_535
/** Far above any model (EC2's is 12 MB); a bomb stops here. */
const entryBytesMax = 256 * 1024 * 1024

/**
 * Entries of a zip archive by name, each unpacked when asked for. Covers what jars and wheels use:
 * stored and deflated entries, no encryption, no zip64.
 */
export function readZip(bytes: Buffer): Map<string, () => Buffer> {
  const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'))
  if (end < 0 || end < bytes.length - endSearchBytes) throw new Error('not a zip archive')
  const count = bytes.readUInt16LE(end + 10)
  let at = bytes.readUInt32LE(end + 16)
  const entries = new Map<string, () => Buffer>()
  for (let i = 0; i < count; i++) {
    if (bytes.readUInt32LE(at) !== 0x02014b50) throw new Error('damaged zip directory')
    const method = bytes.readUInt16LE(at + 10)
    const packedBytes = bytes.readUInt32LE(at + 20)
    const nameBytes = bytes.readUInt16LE(at + 28)
    const local = bytes.readUInt32LE(at + 42)
    const name = bytes.toString('utf8', at + 46, at + 46 + nameBytes)
    entries.set(name, () => unpack(bytes, local, packedBytes, method, name))
    at += 46 + nameBytes + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)
  }
  return entries
}

function unpack(
  bytes: Buffer,
  local: number,
  packedBytes: number,
  method: number,
  name: string,
): Buffer {
  // Name and extra field lengths of the local header may differ from the directory's.
  const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28)
  const packed = bytes.subarray(start, start + packedBytes)
  if (method === 0) return packed
  if (method === 8) return inflateRawSync(packed, { maxOutputLength: entryBytesMax })
  throw new Error(`${name}: unknown zip method ${method}`)
}
