import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RandomStreams } from '@cloud-orrery/kernel'
import { expect, test } from 'vitest'
import { newRsaKey } from '../keys/rsa-keys.ts'
import { readCertificate } from './reading.ts'
import { type CertificateContent, signedCertificate } from './x509.ts'

const random = new RandomStreams(3).stream('keys')
const [rootKey, leafKey] = [newRsaKey(random, 1024), newRsaKey(random, 1024)]
const root = [
  ['C', 'DE'],
  ['O', 'Prüfer & Söhne'],
] as const
const common = {
  issuer: root,
  signingKey: rootKey,
  notBeforeMs: Date.UTC(2026, 0, 1),
  notAfterMs: Date.UTC(2051, 0, 1),
  serial: Uint8Array.of(0x81, 0x02),
}
const rootContent: CertificateContent = {
  ...common,
  subject: root,
  publicKey: rootKey,
  usages: ['CERTIFICATE_SIGNING'],
  pathLength: 0,
}
const leafContent: CertificateContent = {
  ...common,
  subject: [['CN', '*.orrery.dev']],
  publicKey: leafKey,
  usages: ['DIGITAL_SIGNATURE', 'KEY_ENCIPHERMENT'],
  names: ['*.orrery.dev'],
  extendedUsages: ['TLS_WEB_SERVER_AUTHENTICATION'],
}

test('what is written is what is read', () => {
  expect(readCertificate(signedCertificate(leafContent))).toEqual({
    commonName: '*.orrery.dev',
    names: ['*.orrery.dev'],
    serial: '81:02',
    subject: 'CN=*.orrery.dev',
    issuer: 'Prüfer & Söhne',
    keyAlgorithm: 'RSA-1024',
    signatureAlgorithm: 'SHA256WITHRSA',
    keyUsages: ['DIGITAL_SIGNATURE', 'KEY_ENCIPHERMENT'],
    extendedKeyUsages: [{ name: 'TLS_WEB_SERVER_AUTHENTICATION', oid: '1.3.6.1.5.5.7.3.1' }],
    notBeforeMs: common.notBeforeMs,
    notAfterMs: common.notAfterMs,
  })
  expect(readCertificate('no certificate')).toBeUndefined()
})

test.skipIf(!hasOpenssl())('OpenSSL accepts the chain, and the host that it names', () => {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-'))
  try {
    const write = (name: string, content: CertificateContent) => {
      const path = join(folder, name)
      writeFileSync(path, signedCertificate(content))
      return path
    }
    const [rootPath, leafPath] = [write('root.pem', rootContent), write('leaf.pem', leafContent)]
    const verify = (host: string) => [
      'verify',
      ...['-attime', String(Date.UTC(2026, 5, 1) / 1000), '-auth_level', '0', '-x509_strict'],
      ...['-CAfile', rootPath, '-purpose', 'sslserver', '-verify_hostname', host, leafPath],
    ]
    expect(execFileSync('openssl', verify('api.orrery.dev'), { encoding: 'utf8' })).toBe(
      `${leafPath}: OK\n`,
    )
    expect(() => execFileSync('openssl', verify('orrery.dev'), { stdio: 'pipe' })).toThrow(
      'hostname mismatch',
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
})

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'])
    return true
  } catch {
    return false
  }
}
