import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { zipFolder } from './assets.ts'

/** The other program: skipped where there is no Python. */
const python = spawnSync('python3', ['--version']).status === 0

test.skipIf(!python)('a zipped folder is what other programs unpack', () => {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-zip-'))
  mkdirSync(join(folder, 'lib'))
  writeFileSync(join(folder, 'lib/ünïcode.txt'), 'x'.repeat(100_000))
  writeFileSync(join(folder, 'run.sh'), '#!/bin/sh\n')
  chmodSync(join(folder, 'run.sh'), 0o755)
  const first = zipFolder(folder)
  expect(Buffer.from(zipFolder(folder)).equals(first)).toBe(true)
  const file = join(folder, '..', 'orrery-zip-test.zip')
  writeFileSync(file, first)
  const listing = execFileSync('python3', [
    '-c',
    'import sys,zipfile\nz=zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\nfor i in z.infolist(): print(i.filename, i.file_size, oct(i.external_attr>>16))',
    file,
  ]).toString()
  expect(listing).toBe('lib/ünïcode.txt 100000 0o100644\nrun.sh 10 0o100755\n')
  expect(readFileSync(file).byteLength).toBeLessThan(2_000)
})
