import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { isIP } from 'node:net'
import type { RsaPrivateJwk } from '../keys/rsa-keys.ts'
import {
  bits,
  boolean,
  contextual,
  type Der,
  identifier,
  integer,
  nothing,
  octets,
  pem,
  sequence,
  setOf,
  text,
  time,
} from './der.ts'

/** Attribute and value, the outermost first: `[['C', 'US'], ['CN', 'example.com']]`. */
export type DistinguishedName = readonly (readonly [keyof typeof attributes, string])[]

const attributes = {
  CN: '2.5.4.3',
  C: '2.5.4.6',
  L: '2.5.4.7',
  ST: '2.5.4.8',
  O: '2.5.4.10',
  OU: '2.5.4.11',
} as const

/** Bits of the extension KeyUsage. Source: RFC 5280, 4.2.1.3. */
export const keyUsages = [
  'DIGITAL_SIGNATURE',
  'NON_REPUDIATION',
  'KEY_ENCIPHERMENT',
  'DATA_ENCIPHERMENT',
  'KEY_AGREEMENT',
  'CERTIFICATE_SIGNING',
  'CRL_SIGNING',
] as const

/** Source: RFC 5280, 4.2.1.12. */
export const extendedKeyUsages = {
  TLS_WEB_SERVER_AUTHENTICATION: '1.3.6.1.5.5.7.3.1',
  TLS_WEB_CLIENT_AUTHENTICATION: '1.3.6.1.5.5.7.3.2',
} as const

export interface CertificateContent {
  readonly subject: DistinguishedName
  readonly issuer: DistinguishedName
  readonly publicKey: RsaPrivateJwk
  readonly signingKey: RsaPrivateJwk
  readonly serial: Uint8Array
  readonly notBeforeMs: number
  readonly notAfterMs: number
  readonly usages: readonly (typeof keyUsages)[number][]
  /** Domain names and IP addresses; present for leaves. */
  readonly names?: readonly string[]
  readonly extendedUsages?: readonly (keyof typeof extendedKeyUsages)[]
  /** Certificates that may stand below; present for authorities. */
  readonly pathLength?: number
}

const sha256WithRsa = sequence(identifier('1.2.840.113549.1.1.11'), nothing)

/** A certificate, signed, as PEM. The same content gives the same bytes. Source: RFC 5280. */
export function signedCertificate(content: CertificateContent): string {
  const spki = publicKeyDer(content.publicKey)
  const body = sequence(
    contextual(0, integer(Uint8Array.of(2))),
    integer(content.serial),
    sha256WithRsa,
    name(content.issuer),
    sequence(time(content.notBeforeMs), time(content.notAfterMs)),
    name(content.subject),
    spki,
    contextual(3, sequence(...extensions(content, spki))),
  )
  const key = createPrivateKey({ key: { ...content.signingKey }, format: 'jwk' })
  const signature = sign('RSA-SHA256', body, key)
  return pem('CERTIFICATE', sequence(body, sha256WithRsa, bits(signature)))
}

function publicKeyDer({ kty, n, e }: RsaPrivateJwk): Der {
  return createPublicKey({ key: { kty, n, e }, format: 'jwk' }).export({
    type: 'spki',
    format: 'der',
  })
}

function name(parts: DistinguishedName): Der {
  return sequence(
    ...parts.map(([key, value]) => setOf(sequence(identifier(attributes[key]), text(value)))),
  )
}

function extensions(content: CertificateContent, spki: Der): readonly Der[] {
  const { names, extendedUsages, pathLength, usages, signingKey } = content
  const list = [
    extension('2.5.29.14', octets(keyId(spki))),
    extension('2.5.29.35', sequence(contextual(0, keyId(publicKeyDer(signingKey)), true))),
    extension('2.5.29.15', usageBits(usages), true),
  ]
  if (pathLength !== undefined) {
    const constraints = sequence(boolean(true), integer(Uint8Array.of(pathLength)))
    list.push(extension('2.5.29.19', constraints, true))
  } else list.push(extension('2.5.29.19', sequence(), true))
  if (names !== undefined) {
    const general = names.map((one) =>
      isIP(one) === 0
        ? contextual(2, Buffer.from(one), true)
        : contextual(7, addressBytes(one), true),
    )
    list.push(extension('2.5.29.17', sequence(...general)))
  }
  if (extendedUsages !== undefined) {
    const oids = extendedUsages.map((usage) => identifier(extendedKeyUsages[usage]))
    list.push(extension('2.5.29.37', sequence(...oids)))
  }
  return list
}

/** 4 or 16 bytes. Source: RFC 5280, 4.2.1.6. */
function addressBytes(address: string): Uint8Array {
  if (isIP(address) === 4) return Uint8Array.from(address.split('.').map(Number))
  const [front = '', back] = address.split('::')
  const groups = (text: string) => (text === '' ? [] : text.split(':'))
  const [head, tail] = [groups(front), groups(back ?? '')]
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0')
  return Buffer.from([...head, ...zeros, ...tail].map((it) => it.padStart(4, '0')).join(''), 'hex')
}

function extension(oid: string, value: Der, critical = false): Der {
  return sequence(identifier(oid), ...(critical ? [boolean(true)] : []), octets(value))
}

/** Source: RFC 5280, 4.2.1.2: a digest of the public key. */
function keyId(spki: Der): Uint8Array {
  return createHash('sha1').update(spki).digest()
}

function usageBits(usages: readonly (typeof keyUsages)[number][]): Der {
  let byte = 0
  for (const usage of usages) byte |= 0x80 >> keyUsages.indexOf(usage)
  const unused = byte === 0 ? 7 : 31 - Math.clz32(byte & -byte)
  return bits(Uint8Array.of(byte), unused)
}

/** A private key as PKCS #8, PEM. */
export function privateKeyPem(key: RsaPrivateJwk): string {
  const exported = createPrivateKey({ key: { ...key }, format: 'jwk' }).export({
    type: 'pkcs8',
    format: 'pem',
  })
  return exported.toString()
}
