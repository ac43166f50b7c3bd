import { crc32 } from 'node:zlib'

/** A zip archive with one stored file: what UpdateFunctionCode takes. */
export function archiveOf(name: string, text: string): Uint8Array {
  const [path, body] = [Buffer.from(name), Buffer.from(text)]
  const entry = Buffer.alloc(26)
  entry.writeUInt16LE(10, 0) // Version needed.
  entry.writeUInt32LE(crc32(body), 10)
  entry.writeUInt32LE(body.length, 14)
  entry.writeUInt32LE(body.length, 18)
  entry.writeUInt16LE(path.length, 22)
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), entry, path, body])
  const directory = Buffer.concat([
    Buffer.from('PK\x01\x02\x14\x00'),
    entry,
    Buffer.alloc(14),
    path,
  ])
  // Mode 0644 of a regular file: functions must be able to read it.
  directory.writeUInt32LE(0o100644 * 0x10000, 38)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(1, 8)
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(local.length, 16)
  return Buffer.concat([local, directory, end])
}
