import type { webcrypto } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { createSecureContext, type SecureContext } from 'node:tls'
import { SimulatorError } from '@cloud-orrery/kernel'

/** Loaded with the first TLS connection: a server without one never needs it. */
const x509 = async () => {
  await import('reflect-metadata') // It asks for one before it is loaded.
  return await import('@peculiar/x509')
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const dayMs = 86_400_000
const authorityDays = 3_650
/** Browsers refuse leaves that last longer. Source: CA/Browser Forum, Baseline Requirements, 6.3.2. */
const leafDays = 397
/** Names whose certificates are kept ready. */
const contextsMax = 1_000

/** Where this installation keeps what is its own: `ORRERY_HOME`, or `.orrery` in the user's home. */
export function trustFolder(): string {
  return join(process.env['ORRERY_HOME'] ?? join(homedir(), '.orrery'), 'trust')
}

const certificateFile = 'orrery-ca.pem'
const keyFile = 'orrery-ca-key.pem'

/** Path of the authority's certificate, whether it is there or not. */
export function authorityFile(folder: string = trustFolder()): string {
  return join(folder, certificateFile)
}

/**
 * The certificate authority of one installation. It vouches for the names of the model at the doors, to clients that
 * were told to trust it; its key never leaves the folder. Its times are the wall's, since browsers go by that.
 */
export class InstallationAuthority {
  /** PEM. */
  readonly certificate: string
  readonly #key: webcrypto.CryptoKey
  readonly #contexts = new Map<string, Promise<SecureContext>>()

  private constructor(certificate: string, key: webcrypto.CryptoKey) {
    this.certificate = certificate
    this.#key = key
  }

  /** Takes the one in the folder; makes it where there is none. Throws SimulatorError where the folder cannot be used. */
  static async open(folder: string = trustFolder()): Promise<InstallationAuthority> {
    const found = read(folder) ?? (await make(folder))
    const der = Buffer.from(found.key.replace(/-----[^-]+-----|\s/g, ''), 'base64')
    const key = await crypto.subtle.importKey('pkcs8', der, algorithm, true, ['sign'])
    return new InstallationAuthority(found.certificate, key)
  }

  /** What TLS needs to speak for a name; `localhost` has the loopback's addresses besides. */
  contextFor(host: string): Promise<SecureContext> {
    let context = this.#contexts.get(host)
    if (context === undefined) {
      if (this.#contexts.size >= contextsMax) this.#contexts.clear()
      context = this.#leaf(host)
      this.#contexts.set(host, context)
    }
    return context
  }

  async #leaf(host: string): Promise<SecureContext> {
    return createSecureContext(await this.optionsFor(host))
  }

  /** A new certificate, with the authority's behind it, and its key: PEM. */
  async optionsFor(host: string): Promise<{ cert: string; key: string }> {
    const { X509Certificate, X509CertificateGenerator, ...extension } = await x509()
    const authority = new X509Certificate(this.certificate)
    const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
    const certificate = await X509CertificateGenerator.create({
      serialNumber: serialNumber(),
      subject: 'O=Orrery (a model of AWS on this machine)',
      issuer: authority.subject,
      ...validity(leafDays),
      publicKey: keys.publicKey,
      signingKey: this.#key,
      signingAlgorithm: algorithm,
      extensions: [
        new extension.SubjectAlternativeNameExtension(namesOf(host), true),
        new extension.BasicConstraintsExtension(false, undefined, true),
        new extension.KeyUsagesExtension(extension.KeyUsageFlags.digitalSignature, true),
        new extension.ExtendedKeyUsageExtension([extension.ExtendedKeyUsage.serverAuth]),
        await extension.AuthorityKeyIdentifierExtension.create(authority.publicKey),
        await extension.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    })
    const cert = `${certificate.toString('pem')}\n${this.certificate}`
    return { cert, key: await pemOf(keys.privateKey) }
  }
}

interface Stored {
  readonly certificate: string
  readonly key: string
}

function read(folder: string): Stored | undefined {
  try {
    return {
      certificate: readFileSync(join(folder, certificateFile), 'utf8'),
      key: readFileSync(join(folder, keyFile), 'utf8'),
    }
  } catch (error) {
    if (isMissing(error)) return undefined
    throw unusable(folder, error)
  }
}

async function make(folder: string): Promise<Stored> {
  const { X509CertificateGenerator, ...extension } = await x509()
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const made = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: 'CN=Orrery CA of this machine, O=Orrery (a model of AWS on this machine)',
    ...validity(authorityDays),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new extension.BasicConstraintsExtension(true, 0, true),
      new extension.KeyUsagesExtension(
        extension.KeyUsageFlags.keyCertSign | extension.KeyUsageFlags.cRLSign,
        true,
      ),
      await extension.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  const stored = { certificate: `${made.toString('pem')}\n`, key: await pemOf(keys.privateKey) }
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    write(join(folder, keyFile), stored.key, 0o600)
    write(join(folder, certificateFile), stored.certificate, 0o644)
  } catch (error) {
    throw unusable(folder, error)
  }
  return stored
}

/** Whole or not at all. */
function write(path: string, text: string, mode: number): void {
  const temporary = `${path}.${process.pid}`
  writeFileSync(temporary, text, { mode })
  renameSync(temporary, path)
}

async function pemOf(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', key))
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`
}

function namesOf(host: string): { type: 'dns' | 'ip'; value: string }[] {
  const name = { type: 'dns', value: host } as const
  if (host !== 'localhost') return [name]
  return [name, { type: 'ip', value: '127.0.0.1' }, { type: 'ip', value: '::1' }]
}

/** Twenty bytes at most, positive. Source: RFC 5280, 4.1.2.2. */
function serialNumber(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40
  return Buffer.from(bytes).toString('hex')
}

/** From a day ago: clocks differ. */
function validity(days: number) {
  const nowMs = Date.now()
  return { notBefore: new Date(nowMs - dayMs), notAfter: new Date(nowMs + (days - 1) * dayMs) }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

function unusable(folder: string, error: unknown): SimulatorError {
  const reason = error instanceof Error ? error.message : String(error)
  return new SimulatorError(
    'TrustFolder',
    `The folder of the certificate authority cannot be used: ${folder} (${reason}).`,
    'Give another one by the variable ORRERY_HOME.',
  )
}
