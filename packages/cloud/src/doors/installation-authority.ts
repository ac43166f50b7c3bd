import {
  createHash,
  createPrivateKey,
  generateKeyPair,
  randomBytes,
  X509Certificate,
} from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { createSecureContext, type SecureContext } from 'node:tls'
import { promisify } from 'node:util'
import { SimulatorError } from '@cloud-orrery/kernel'
import {
  type DistinguishedName,
  privateKeyPem,
  signedCertificate,
} from '@cloud-orrery/services/shared/certificates/x509'
import type { RsaPrivateJwk } from '@cloud-orrery/services/shared/keys/rsa-keys'

const generate = promisify(generateKeyPair)

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

const organisation = ['O', 'Orrery (a model of AWS on this machine)'] as const
const authorityName: DistinguishedName = [organisation, ['CN', 'Orrery CA of this machine']]

/**
 * The certificate authority of one installation. It vouches for the names of the model at the doors, to clients that
 * were told to trust it; its key never leaves the folder, and is no part of any run. Its times are the wall's, since
 * browsers go by that.
 */
export class InstallationAuthority {
  /** PEM. */
  readonly certificate: string
  readonly #key: RsaPrivateJwk
  /** All leaves have one key: what they prove is the name. */
  readonly #leafKey: RsaPrivateJwk
  readonly #contexts = new Map<string, SecureContext>()

  private constructor({ certificate, key }: Stored, leafKey: RsaPrivateJwk) {
    this.certificate = certificate
    this.#key = jwkOf(key)
    this.#leafKey = leafKey
  }

  /** Takes the one in the folder; makes it where there is none. Throws SimulatorError where the folder cannot be used. */
  static async open(folder: string = trustFolder()): Promise<InstallationAuthority> {
    const stored = read(folder) ?? (await make(folder))
    return new InstallationAuthority(stored, await newKey())
  }

  /** Base64 of SHA-256 over its public key: what Chromium's `--ignore-certificate-errors-spki-list` takes. */
  get publicKeyHash(): string {
    const key = new X509Certificate(this.certificate).publicKey
    return createHash('sha256')
      .update(key.export({ type: 'spki', format: 'der' }))
      .digest('base64')
  }

  /** What TLS needs to speak for a name; `localhost` has the loopback's addresses besides. */
  contextFor(host: string): SecureContext {
    let context = this.#contexts.get(host)
    if (context === undefined) {
      if (this.#contexts.size >= contextsMax) this.#contexts.clear()
      context = createSecureContext(this.optionsFor(host))
      this.#contexts.set(host, context)
    }
    return context
  }

  /** A new certificate, with the authority's behind it, and its key: PEM. */
  optionsFor(host: string): { cert: string; key: string } {
    const certificate = signedCertificate({
      subject: [organisation],
      issuer: authorityName,
      publicKey: this.#leafKey,
      signingKey: this.#key,
      serial: serialNumber(),
      ...validity(leafDays),
      usages: ['DIGITAL_SIGNATURE', 'KEY_ENCIPHERMENT'],
      extendedUsages: ['TLS_WEB_SERVER_AUTHENTICATION'],
      names: host === 'localhost' ? [host, '127.0.0.1', '::1'] : [host],
    })
    return { cert: `${certificate}${this.certificate}`, key: privateKeyPem(this.#leafKey) }
  }
}

interface Stored {
  readonly certificate: string
  /** PKCS #8, PEM. */
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
  const key = await newKey()
  const certificate = signedCertificate({
    subject: authorityName,
    issuer: authorityName,
    publicKey: key,
    signingKey: key,
    serial: serialNumber(),
    ...validity(authorityDays),
    usages: ['CERTIFICATE_SIGNING', 'CRL_SIGNING'],
    pathLength: 0,
  })
  const stored = { certificate, key: privateKeyPem(key) }
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

/** Not from the seed: whoever trusts the authority trusts that nobody can guess its key. */
async function newKey(): Promise<RsaPrivateJwk> {
  const { privateKey } = await generate('rsa', { modulusLength: 2048 })
  return privateKey.export({ format: 'jwk' }) as unknown as RsaPrivateJwk // Of an RSA key.
}

function jwkOf(pem: string): RsaPrivateJwk {
  return createPrivateKey(pem).export({ format: 'jwk' }) as unknown as RsaPrivateJwk // Written above.
}

/** Twenty bytes at most, positive. Source: RFC 5280, 4.1.2.2. */
function serialNumber(): Uint8Array {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40
  return bytes
}

/** From a day ago: clocks differ. */
function validity(days: number) {
  const nowMs = Date.now()
  return { notBeforeMs: nowMs - dayMs, notAfterMs: nowMs + (days - 1) * dayMs }
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
