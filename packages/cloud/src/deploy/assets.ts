import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { crc32, deflateRawSync } from 'node:zlib'
import type { FileAsset } from './assembly.ts'

/** The bytes of an asset as the CDK would upload them. */
export function assetBytes(asset: FileAsset): Uint8Array {
  return asset.packaging === 'file' ? readFileSync(asset.path) : zipFolder(asset.path)
}

/** A zip of a folder's files, the same bytes for the same content. */
export function zipFolder(folder: string): Uint8Array {
  const files = readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => statSync(join(folder, name)).isFile())
    .sort()
  const locals: Buffer[] = []
  const central: Buffer[] = []
  let offset = 0
  for (const name of files) {
    const bytes = readFileSync(join(folder, name))
    const executable = (statSync(join(folder, name)).mode & 0o111) !== 0
    const entry = zipEntry(name.replaceAll('\\', '/'), bytes, executable, offset)
    locals.push(entry.local)
    central.push(entry.central)
    offset += entry.local.byteLength
  }
  const directory = Buffer.concat(central)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(files.length, 8)
  end.writeUInt16LE(files.length, 10)
  end.writeUInt32LE(directory.byteLength, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...locals, directory, end])
}

/** 1980-01-01, the earliest date that the format knows. Source: PKWARE APPNOTE, 4.4.6. */
const dosDate = 0x21

function zipEntry(
  name: string,
  bytes: Uint8Array,
  executable: boolean,
  offset: number,
): { local: Buffer; central: Buffer } {
  const path = Buffer.from(name)
  const packed = deflateRawSync(bytes)
  const shared = Buffer.alloc(26)
  shared.writeUInt16LE(20, 0) // Version needed.
  shared.writeUInt16LE(0x0800, 2) // Names are UTF-8.
  shared.writeUInt16LE(8, 4) // Deflate.
  shared.writeUInt16LE(dosDate, 8)
  shared.writeUInt32LE(crc32(bytes), 10)
  shared.writeUInt32LE(packed.byteLength, 14)
  shared.writeUInt32LE(bytes.byteLength, 18)
  shared.writeUInt16LE(path.byteLength, 22)
  const localSignature = Buffer.from([0x50, 0x4b, 0x03, 0x04])
  const central = Buffer.alloc(46)
  central.writeUInt32LE(0x02014b50, 0)
  central.writeUInt16LE((3 << 8) | 20, 4) // Made on Unix, so that modes count.
  shared.copy(central, 6)
  central.writeUInt32LE(((executable ? 0o100755 : 0o100644) << 16) >>> 0, 38)
  central.writeUInt32LE(offset, 42)
  return {
    local: Buffer.concat([localSignature, shared, path, packed]),
    central: Buffer.concat([central, path]),
  }
}
