import { X509Certificate } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { orrery } from './command-line.test-support.ts'

let home: string

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'orrery-home-'))
  vi.stubEnv('ORRERY_HOME', home)
})

afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(home, { recursive: true })
})

test('trust shows the authority, which it makes once, and removes it with its key', async () => {
  const file = join(home, 'trust/orrery-ca.pem')
  const { code, out } = await orrery('trust')
  const { fingerprint256, ca, subject } = new X509Certificate(readFileSync(file))
  expect([code, ca]).toEqual([0, true])
  expect(subject).toContain('CN=Orrery CA of this machine')
  expect(out.startsWith(`${file}\n  SHA-256 ${fingerprint256}\n  valid until `)).toBe(true)
  expect(out).toContain(`curl --cacert ${file} --proxy http://127.0.0.1:4566`)
  const shown = JSON.parse((await orrery('trust show --json')).out)
  expect(shown).toMatchObject({ file, fingerprint256, trustedBy: [] })

  const removed = await orrery('trust remove')
  expect([removed.code, existsSync(join(home, 'trust'))]).toEqual([0, false])
  expect((await orrery('trust remove')).out).toBe('There is no authority.\n')
})

test('trust does nothing else', async () => {
  expect(await orrery('trust everyone')).toEqual({
    code: 2,
    out: '',
    err: "orrery: 'everyone' is not what trust does.\nGive show, install or remove.\n",
  })
})
