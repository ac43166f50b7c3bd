import { table } from '@cloud-orrery/kernel'

/** How a domain of a certificate is proven to be the requester's. */
export interface DomainProof {
  readonly domain: string
  /** Where the mails go: the domain or one above it. */
  readonly validationDomain: string
  readonly status: 'PENDING_VALIDATION' | 'SUCCESS' | 'FAILED'
  /** The addresses that were written to; e-mail validation alone. */
  readonly emails?: readonly string[]
}

/** What a certificate proves and with what; absent until it is issued. */
export interface CertificateBody {
  /** PEM. */
  readonly certificate: string
  /** PEM; absent where none was imported. */
  readonly chain?: string
  /** PKCS #8, PEM. */
  readonly privateKey: string
  /** `0a:1b:…` */
  readonly serial: string
  /** `CN=example.com` */
  readonly subject: string
  /** The issuer's organization, or its common name. */
  readonly issuer: string
  readonly keyAlgorithm: string
  readonly signatureAlgorithm: string
  readonly keyUsages: readonly string[]
  /** Names and OIDs. */
  readonly extendedKeyUsages: readonly { readonly name: string; readonly oid: string }[]
  readonly notBeforeMs: number
  readonly notAfterMs: number
}

/** A certificate of ACM, in its account and region. */
export interface CertificateRecord {
  readonly arn: string
  readonly type: 'AMAZON_ISSUED' | 'IMPORTED'
  readonly domainName: string
  /** The domain name first. */
  readonly names: readonly string[]
  readonly status: string
  readonly failureReason?: string
  readonly createdAtMs: number
  readonly issuedAtMs?: number
  readonly importedAtMs?: number
  readonly validationMethod?: 'DNS' | 'EMAIL'
  readonly proofs: readonly DomainProof[]
  readonly keyAlgorithm: string
  readonly transparencyLogging: string
  readonly export: string
  readonly managedBy?: string
  readonly body?: CertificateBody
  readonly renewal?: {
    readonly status: string
    readonly reason?: string
    readonly updatedAtMs: number
    readonly proofs: readonly DomainProof[]
  }
  readonly tags: Readonly<Record<string, string>>
}

export const certificates = table<CertificateRecord>('acm.certificates', {
  key: (it) => it.arn,
  partition: 'region',
  resource: (it) => it.arn,
})
