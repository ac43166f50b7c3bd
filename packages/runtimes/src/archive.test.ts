import { existsSync, lstatSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ZipFile } from 'yazl'
import { unpack } from './archive.ts'

interface ZipEntry {
  readonly name: string
  readonly text: string
  readonly mode?: number
}

async function zipOf(...entries: ZipEntry[]): Promise<Buffer> {
  const zip = new ZipFile()
  for (const { name, text, mode = 0o100644 } of entries) {
    zip.addBuffer(Buffer.from(text), name, { mode })
  }
  zip.end()
  const chunks: Buffer[] = []
  for await (const chunk of zip.outputStream) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

const unzipFailed =
  'Could not unzip uploaded file. Please check your file, then try to upload again.'

/** Writes a name into a zip that its maker would refuse; both have the same length. */
function renamed(zip: Buffer, from: string, to: string): Buffer {
  return Buffer.from(zip.toString('latin1').replaceAll(from, to), 'latin1')
}

describe('a deployment package', () => {
  test('keeps its files and which of them can be executed', async () => {
    const large = 'x'.repeat(100_000)
    const zip = await zipOf(
      { name: 'bin/tool', text: '#!/bin/sh\n', mode: 0o100755 },
      { name: 'data/large.txt', text: large },
    )
    const { folder, release } = await unpack([zip])
    expect(lstatSync(join(folder, 'bin/tool')).mode & 0o777).toBe(0o555)
    expect(lstatSync(join(folder, 'data/large.txt')).mode & 0o777).toBe(0o444)
    expect(readFileSync(join(folder, 'data/large.txt'), 'utf8')).toBe(large)
    await release()
  })

  test('is unpacked once for all who use it, and removed after the last', async () => {
    const zip = await zipOf({ name: 'index.js', text: 'one' })
    const [first, second] = await Promise.all([unpack([zip]), unpack([zip])])
    expect(first.folder).toBe(second.folder)
    await first.release()
    expect(readFileSync(join(second.folder, 'index.js'), 'utf8')).toBe('one')
    await second.release()
    expect(existsSync(second.folder)).toBe(false)
  })

  test('as layers lies over the one before', async () => {
    const below = await zipOf({ name: 'a.txt', text: 'below' }, { name: 'b', text: 'a file' })
    const above = await zipOf({ name: 'a.txt', text: 'above' }, { name: 'b/c.txt', text: 'in b' })
    const { folder, release } = await unpack([below, above])
    expect(readFileSync(join(folder, 'a.txt'), 'utf8')).toBe('above')
    expect(readFileSync(join(folder, 'b/c.txt'), 'utf8')).toBe('in b')
    await release()
  })

  test('may hold links to its own files', async () => {
    const zip = await zipOf(
      { name: 'lib/one.js', text: 'one' },
      { name: 'bin/run', text: '../lib/one.js', mode: 0o120777 },
    )
    const { folder, release } = await unpack([zip])
    expect(readlinkSync(join(folder, 'bin/run'))).toBe('../lib/one.js')
    await release()
  })

  test.each([
    ['a name that leaves the root', 'aa/evil', '../evil'],
    ['an absolute name', '_tmp/evil', '/tmp/evil'],
  ])('with %s is refused', async (_, from, to) => {
    const zip = renamed(await zipOf({ name: from, text: 'x' }), from, to)
    await expect(unpack([zip])).rejects.toThrow(unzipFailed)
  })

  test.each([
    ['to an absolute path', [{ name: 'a', text: '/etc/passwd', mode: 0o120777 }]],
    ['that leaves the root', [{ name: 'a/b', text: '../../x', mode: 0o120777 }]],
    [
      'that leaves the root over another link',
      [
        { name: 'd/l', text: '..', mode: 0o120777 },
        { name: 'x', text: 'd/l/..', mode: 0o120777 },
      ],
    ],
  ])('with a link %s is refused', async (_, entries) => {
    await expect(unpack([await zipOf(...entries)])).rejects.toThrow(unzipFailed)
  })

  test('that is no zip, or a damaged one, is refused', async () => {
    const zip = await zipOf({ name: 'index.js', text: 'exports.handler = () => 1\n'.repeat(50) })
    const flipped = Buffer.from(zip)
    flipped[60] = (flipped[60] ?? 0) ^ 0xff
    for (const body of [Buffer.from('no zip'), zip.subarray(0, 100), flipped]) {
      await expect(unpack([body])).rejects.toThrow(unzipFailed)
    }
  })

  test('that unpacks to more than 250 MB is refused before anything is written', async () => {
    const zip = await zipOf({ name: 'bomb', text: 'x' })
    // The size that the central directory states.
    const at = zip.lastIndexOf('PK\x01\x02', undefined, 'latin1') + 24
    zip.writeUInt32LE(262_144_001, at)
    await expect(unpack([zip])).rejects.toThrow(
      'Unzipped size must be smaller than 262144000 bytes',
    )
  })

  test('that states a smaller size than it has is refused', async () => {
    const zip = await zipOf({ name: 'bomb', text: 'x'.repeat(10_000_000) })
    const at = zip.lastIndexOf('PK\x01\x02', undefined, 'latin1') + 24
    zip.writeUInt32LE(10, at)
    await expect(unpack([zip])).rejects.toThrow(unzipFailed)
  })
})
