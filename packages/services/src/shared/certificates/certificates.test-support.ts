import type { Cloud } from '@cloud-orrery/cloud'
import { type CertificateBody, type CertificateRecord, certificates } from './state.ts'

/** For 13 months. Nothing that reads it looks at more than its time. */
const bodyFrom = (notBeforeMs: number): CertificateBody => ({
  certificate: '',
  privateKey: '',
  serial: '01',
  subject: 'CN=example.com',
  issuer: 'Amazon',
  keyAlgorithm: 'RSA-2048',
  signatureAlgorithm: 'SHA256WITHRSA',
  keyUsages: [],
  extendedKeyUsages: [],
  notBeforeMs,
  notAfterMs: notBeforeMs + 395 * 86_400_000,
})

/** A certificate of the default account that is there already; by default issued, for `example.com` and all below it. */
export function putCertificate(
  cloud: Cloud,
  arn: string,
  fields: Partial<Pick<CertificateRecord, 'names' | 'status'>> = {},
): string {
  const [, , , region = '', accountId = ''] = arn.split(':')
  const { names = ['example.com', '*.example.com'], status = 'ISSUED' } = fields
  certificates.put(cloud.scope(accountId, region), {
    arn,
    type: 'AMAZON_ISSUED',
    domainName: names[0] ?? '',
    names,
    status,
    createdAtMs: cloud.kernel.clock.nowMs,
    proofs: [],
    keyAlgorithm: 'RSA_2048',
    transparencyLogging: 'ENABLED',
    export: 'DISABLED',
    tags: {},
    ...(status === 'ISSUED' ? { body: bodyFrom(cloud.kernel.clock.nowMs) } : {}),
  })
  return arn
}
