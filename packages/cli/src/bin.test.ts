import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const bin = fileURLToPath(new URL('../bin/orrery.mjs', import.meta.url))

test('what npm installs as orrery is the command line', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, 'nope'], {
    encoding: 'utf8',
  })
  expect([status, stdout]).toEqual([2, ''])
  expect(stderr).toMatch(/^orrery: .*nope/)
})
