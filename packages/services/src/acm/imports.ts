import { createPrivateKey, type KeyObject, type X509Certificate } from 'node:crypto'
import { ImportCertificate, type ImportCertificateRequest } from '@cloud-orrery/models/acm'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { parsed, readCertificate } from '../shared/certificates/reading.ts'
import { type CertificateBody, certificates } from '../shared/certificates/state.ts'
import { ownCertificate, requestTags } from './access.ts'
import { invalidInput, invalidState, tooManyCertificates } from './errors.ts'
import { announceAvailable } from './events.ts'
import { scheduleExpiry } from './expiry.ts'
import { certificatesMax } from './limits.ts'

export const importCertificate = operation(ImportCertificate, {
  authorize: ({ CertificateArn, Tags }) => ({
    resource: CertificateArn ?? '*',
    context: requestTags(Tags),
  }),
  provenance: 'recorded',
  run(ctx, input) {
    const { CertificateArn, Tags = [] } = input
    const before = CertificateArn === undefined ? undefined : ownCertificate(ctx, CertificateArn)
    if (before !== undefined && before.type !== 'IMPORTED') {
      throw invalidState(`The certificate ${before.arn} was not imported.`)
    }
    if (before !== undefined && Tags.length > 0) {
      throw invalidInput('You cannot apply tags when reimporting a certificate.')
    }
    if (before === undefined && certificates.count(ctx) >= certificatesMax)
      throw tooManyCertificates()
    const { body, commonName, names } = importedBody(ctx, input)
    const arn =
      before?.arn ??
      `arn:${ctx.partition}:acm:${ctx.region}:${ctx.accountId}:certificate/${ctx.ids.uuid()}`
    const domainName = commonName === '' ? (names[0] ?? '') : commonName
    const certificate = certificates.put(ctx, {
      arn,
      type: 'IMPORTED',
      domainName,
      names: [...new Set(domainName === '' ? names : [domainName, ...names])],
      status: body.notAfterMs <= ctx.now() ? 'EXPIRED' : 'ISSUED',
      createdAtMs: before?.createdAtMs ?? ctx.now(),
      importedAtMs: ctx.now(),
      proofs: [],
      keyAlgorithm: body.keyAlgorithm.replace('-', '_'),
      transparencyLogging: 'DISABLED',
      export: 'DISABLED',
      body,
      tags: before?.tags ?? Object.fromEntries(Tags.map(({ Key, Value = '' }) => [Key, Value])),
    })
    announceAvailable(ctx, certificate, before === undefined ? 'IMPORT' : 'REIMPORT')
    if (certificate.status === 'ISSUED') scheduleExpiry(ctx, certificate)
    return { CertificateArn: arn }
  },
})

interface Imported {
  readonly body: CertificateBody
  readonly commonName: string
  readonly names: readonly string[]
}

const unparsable = 'Unable to parse certificate. Please ensure the certificate is in PEM format.'

/** Checks certificate, key and chain against each other. Throws ValidationException. */
function importedBody(ctx: Context, input: ImportCertificateRequest): Imported {
  const text = textOf(input.Certificate)
  if (blocksOf(text).length > 1) {
    throw invalidInput(
      'The certificate field contains more than one certificate. You can specify only one certificate in this field.',
    )
  }
  const certificate = parsed(text)
  const facts = readCertificate(text)
  if (certificate === undefined || facts === undefined) throw invalidInput(unparsable)
  const keyText = textOf(input.PrivateKey)
  const key = privateKeyOf(keyText)
  if (!certificate.checkPrivateKey(key)) {
    throw invalidInput('The private key does not match the public key of the certificate.')
  }
  checkKeyLength(facts.keyAlgorithm)
  const chain = input.CertificateChain === undefined ? undefined : textOf(input.CertificateChain)
  checkChain(certificate, chain)
  if (facts.notBeforeMs > ctx.now()) {
    throw invalidInput('The certificate is not valid until after today.')
  }
  const { commonName, names, ...told } = facts
  const body = {
    ...told,
    certificate: text,
    ...(chain === undefined ? {} : { chain }),
    privateKey: keyText,
  }
  return { body, commonName, names }
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}

function blocksOf(text: string): readonly string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? []
}

function privateKeyOf(text: string): KeyObject {
  try {
    return createPrivateKey(text)
  } catch {
    // Encrypted ones and what is no key alike.
    throw invalidInput('The private key is not supported.')
  }
}

/** Source: ACM user guide, "Prerequisites for importing certificates". */
const keyAlgorithms = new Set([
  'RSA-1024',
  'RSA-2048',
  'RSA-3072',
  'RSA-4096',
  'EC-prime256v1',
  'EC-secp384r1',
  'EC-secp521r1',
])

function checkKeyLength(algorithm: string): void {
  if (keyAlgorithms.has(algorithm)) return
  const length = algorithm.slice(algorithm.indexOf('-') + 1)
  throw invalidInput(`The private key length ${length} is not supported for key algorithm.`)
}

/** The issuer first, then its issuer, up to a root that may be left out. */
function checkChain(certificate: X509Certificate, chain: string | undefined): void {
  if (chain === undefined) {
    const { subject, issuer, publicKey } = certificate
    if (subject === issuer && certificate.verify(publicKey)) return
    throw invalidInput(
      'Provided certificate is not a valid self signed. Please provide either a valid self-signed certificate or certificate chain.',
    )
  }
  const links = blocksOf(chain).map(parsed)
  let below = certificate
  for (const [i, link] of links.entries()) {
    if (link === undefined) throw invalidInput(unparsable)
    if (!below.checkIssued(link) || !below.verify(link.publicKey)) {
      throw invalidInput(
        i === 0
          ? 'Could not validate the certificate with the certificate chain.'
          : `Unable to validate certificate chain. The certificate chain must start with the immediate signing certificate, followed by any intermediaries in order. The index within the chain of the invalid certificate is: ${i}`,
      )
    }
    below = link
  }
  if (links.length === 0) {
    throw invalidInput('The certificate body/chain provided is not in a valid PEM format.')
  }
}
