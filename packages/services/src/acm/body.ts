import { invariant } from '@cloud-orrery/kernel'
import type { Context } from '../context.ts'
import { issueCertificate } from '../shared/certificates/authority.ts'
import { readCertificate } from '../shared/certificates/reading.ts'
import type { CertificateBody, CertificateRecord } from '../shared/certificates/state.ts'
import { privateKeyPem } from '../shared/certificates/x509.ts'
import { dayMs, validityMs } from './limits.ts'

/** Content for a certificate, from today's midnight on, for 13 months. */
export function newBody(ctx: Context, { names }: CertificateRecord): CertificateBody {
  const notBeforeMs = Math.floor(ctx.now() / dayMs) * dayMs
  const notAfterMs = notBeforeMs + validityMs - 1000
  const { certificate, chain, key } = issueCertificate(ctx, names, { notBeforeMs, notAfterMs })
  const facts = readCertificate(certificate)
  invariant(facts !== undefined, 'a certificate that was issued can be read')
  const { commonName: _, names: __, ...told } = facts
  return { ...told, certificate, chain, privateKey: privateKeyPem(key) }
}
