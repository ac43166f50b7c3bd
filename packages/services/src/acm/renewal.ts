import { RenewCertificate } from '@cloud-orrery/models/acm'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import {
  type CertificateRecord,
  certificates,
  type DomainProof,
} from '../shared/certificates/state.ts'
import { onCertificate, ownCertificate } from './access.ts'
import { newBody } from './body.ts'
import { invalidInput } from './errors.ts'
import { announceAvailable } from './events.ts'
import { renewalMs } from './limits.ts'
import { isProven } from './proofs.ts'
import { isRenewable } from './views.ts'

/**
 * Renews a certificate that something uses, 60 days before its end at the earliest, if its domains are still proven by
 * DNS; notes why not otherwise. Returns the renewed one.
 */
export function renewIfDue(
  ctx: Context,
  certificate: CertificateRecord,
): CertificateRecord | undefined {
  const { body, validationMethod } = certificate
  if (body === undefined || !isRenewable(ctx, certificate)) return undefined
  if (body.notAfterMs - ctx.now() > renewalMs) return undefined
  // Deviation: certificates proven by e-mail are not asked for again; they end, with the warnings that AWS sends.
  const proofs = certificate.proofs.map(
    (proof): DomainProof => ({
      ...proof,
      status:
        validationMethod === 'DNS' && isProven(ctx, proof.domain)
          ? 'SUCCESS'
          : 'PENDING_VALIDATION',
    }),
  )
  if (!proofs.every(({ status }) => status === 'SUCCESS')) {
    const renewal = { status: 'PENDING_VALIDATION', updatedAtMs: ctx.now(), proofs }
    certificates.put(ctx, { ...certificate, renewal })
    return undefined
  }
  const renewed = certificates.put(ctx, {
    ...certificate,
    issuedAtMs: ctx.now(),
    body: newBody(ctx, certificate),
    renewal: { status: 'SUCCESS', updatedAtMs: ctx.now(), proofs },
  })
  announceAvailable(ctx, renewed, 'RENEWAL')
  return renewed
}

/** Only for certificates of a private authority, or ones that were exported: neither is modelled. */
export const renewCertificate = operation(RenewCertificate, {
  authorize: onCertificate,
  provenance: 'modelled',
  run(ctx, { CertificateArn }) {
    const { type } = ownCertificate(ctx, CertificateArn)
    throw invalidInput(
      type === 'IMPORTED'
        ? `Imported certificate ${CertificateArn} can't be renewed.`
        : `Certificate ${CertificateArn} is not eligible for renewal: it was never exported.`,
    )
  },
})
