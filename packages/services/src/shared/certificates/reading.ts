import { X509Certificate } from 'node:crypto'
import type { CertificateBody } from './state.ts'
import { extendedKeyUsages, keyUsages } from './x509.ts'

/** What ACM tells of a certificate's content. */
export type CertificateFacts = Omit<CertificateBody, 'certificate' | 'chain' | 'privateKey'> & {
  readonly commonName: string
  readonly names: readonly string[]
}

/** Reads a certificate. Undefined where the text is none. */
export function readCertificate(text: string): CertificateFacts | undefined {
  const certificate = parsed(text)
  if (certificate === undefined) return undefined
  const subject = lines(certificate.subject)
  const issuer = lines(certificate.issuer)
  const extended = certificate.keyUsage ?? []
  return {
    commonName: attributeOf(subject, 'CN') ?? '',
    names: alternativeNames(certificate.subjectAltName),
    serial: pairs(certificate.serialNumber),
    subject: subject.join(','),
    issuer: attributeOf(issuer, 'O') ?? attributeOf(issuer, 'CN') ?? '',
    keyAlgorithm: keyAlgorithmOf(certificate),
    signatureAlgorithm: signatureAlgorithmOf(certificate.raw),
    keyUsages: keyUsagesOf(certificate.raw),
    extendedKeyUsages: extended.map((oid) => ({ name: extendedNames[oid] ?? 'CUSTOM', oid })),
    notBeforeMs: Date.parse(certificate.validFrom),
    notAfterMs: Date.parse(certificate.validTo),
  }
}

/** A PEM certificate as Node reads it; undefined where it is none. */
export function parsed(text: string): X509Certificate | undefined {
  try {
    return new X509Certificate(text)
  } catch {
    // OpenSSL's words say nothing that ACM's do not.
    return undefined
  }
}

const extendedNames: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(extendedKeyUsages).map(([name, oid]) => [oid, name]),
)

/** `['C=AU', 'CN=localhost']` */
function lines(name: string | undefined): readonly string[] {
  return (name ?? '').split('\n').filter((line) => line !== '')
}

function attributeOf(parts: readonly string[], attribute: string): string | undefined {
  return parts.find((part) => part.startsWith(`${attribute}=`))?.slice(attribute.length + 1)
}

function alternativeNames(text: string | undefined): readonly string[] {
  const names = (text ?? '').split(', ').filter((entry) => entry.startsWith('DNS:'))
  return names.map((entry) => entry.slice(4).replace(/^"|"$/g, ''))
}

/** `03:e9` */
function pairs(serial: string): string {
  const hex = serial.length % 2 === 0 ? serial : `0${serial}`
  return (hex.toLowerCase().match(/../g) ?? []).join(':')
}

const curves: Readonly<Record<string, string>> = {
  prime256v1: 'EC-prime256v1',
  secp384r1: 'EC-secp384r1',
  secp521r1: 'EC-secp521r1',
}

/** As DescribeCertificate writes it: `RSA-2048`. */
function keyAlgorithmOf({ publicKey }: X509Certificate): string {
  const { modulusLength, namedCurve } = publicKey.asymmetricKeyDetails ?? {}
  if (modulusLength !== undefined) return `RSA-${modulusLength}`
  return namedCurve === undefined ? 'UNKNOWN' : (curves[namedCurve] ?? `EC-${namedCurve}`)
}

const signatureOids = [
  ['2a864886f70d01010b', 'SHA256WITHRSA'],
  ['2a864886f70d01010c', 'SHA384WITHRSA'],
  ['2a864886f70d01010d', 'SHA512WITHRSA'],
  ['2a864886f70d010105', 'SHA1WITHRSA'],
  ['2a8648ce3d040302', 'SHA256WITHECDSA'],
  ['2a8648ce3d040303', 'SHA384WITHECDSA'],
  ['2a8648ce3d040304', 'SHA512WITHECDSA'],
] as const

/** The algorithm stands near the start of what is signed: the first of the known ones. */
function signatureAlgorithmOf(raw: Uint8Array): string {
  const hex = Buffer.from(raw).toString('hex', 0, 64)
  return signatureOids.find(([oid]) => hex.includes(oid))?.[1] ?? 'UNKNOWN'
}

/** The bits of the extension KeyUsage, which Node does not show: they follow its OID. */
function keyUsagesOf(raw: Uint8Array): readonly string[] {
  const bytes = Buffer.from(raw)
  const at = bytes.indexOf(Buffer.from('0603551d0f', 'hex'))
  if (at === -1) return []
  let next = at + 5
  if (bytes[next] === 0x01) next += 3
  const byte = bytes[next] === 0x04 ? (bytes[next + 5] ?? 0) : 0
  return keyUsages.filter((_, i) => (byte & (0x80 >> i)) !== 0)
}
