import { deflateRawSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { readZip } from './zip.ts'

/** A zip archive of these entries; the sums that a reader may check are left at zero. */
function zipOf(entries: Record<string, string>, method: 0 | 8): Buffer {
  const locals: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [name, text] of Object.entries(entries)) {
    const packed = method === 8 ? deflateRawSync(text) : Buffer.from(text)
    const local = Buffer.alloc(30)
    local.writeUInt32LE(0x04034b50, 0)
    local.writeUInt16LE(method, 8)
    local.writeUInt32LE(packed.length, 18)
    local.writeUInt16LE(name.length, 26)
    const central = Buffer.alloc(46)
    central.writeUInt32LE(0x02014b50, 0)
    central.writeUInt16LE(method, 10)
    central.writeUInt32LE(packed.length, 20)
    central.writeUInt16LE(name.length, 28)
    central.writeUInt32LE(offset, 42)
    directory.push(central, Buffer.from(name))
    locals.push(local, Buffer.from(name), packed)
    offset += local.length + name.length + packed.length
  }
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(Object.keys(entries).length, 10)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...locals, ...directory, end])
}

test('stored and deflated entries are read by name', () => {
  for (const method of [0, 8] as const) {
    const files = readZip(zipOf({ 'a/b.json': '{}', c: 'text '.repeat(100) }, method))
    expect([...files].map(([name, unpack]) => [name, unpack().toString()])).toEqual([
      ['a/b.json', '{}'],
      ['c', 'text '.repeat(100)],
    ])
  }
})

test('what is not a zip archive is refused', () => {
  expect(() => readZip(Buffer.from('<html>not found</html>'))).toThrow('not a zip archive')
})
