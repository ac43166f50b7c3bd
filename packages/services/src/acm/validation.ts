import type { Context } from '../context.ts'
import { task } from '../define.ts'
import {
  type CertificateRecord,
  certificates,
  type DomainProof,
} from '../shared/certificates/state.ts'
import { sendApprovalMails } from './approval-mails.ts'
import { newBody } from './body.ts'
import { announceAvailable } from './events.ts'
import { scheduleExpiry } from './expiry.ts'
import { lookDelayMs, validationMs } from './limits.ts'
import { isProven, refusalOf } from './proofs.ts'

interface ValidationInput {
  readonly arn: string
}

/** Looks at the domains of a certificate until all are proven, one is refused, or its time is up. */
export const validate = task<ValidationInput>('acm.validate', {
  run(ctx, { arn }) {
    const certificate = certificates.get(ctx, arn)
    if (certificate?.status !== 'PENDING_VALIDATION') return
    const refused = [...certificate.names].sort().find((name) => refusalOf(name) !== undefined)
    if (refused !== undefined) return fail(ctx, certificate, refused)
    const ageMs = ctx.now() - certificate.createdAtMs
    const proofs = looked(ctx, certificate)
    const next = certificates.put(ctx, { ...certificate, proofs })
    if (proofs.every(({ status }) => status === 'SUCCESS')) return issue(ctx, next)
    if (ageMs >= validationMs) {
      const failed = proofs.map((proof) =>
        proof.status === 'SUCCESS' ? proof : { ...proof, status: 'FAILED' as const },
      )
      certificates.put(ctx, { ...next, proofs: failed, status: 'VALIDATION_TIMED_OUT' })
      return
    }
    // Mails are answered by whoever reads them, or never.
    const delayMs =
      certificate.validationMethod === 'EMAIL' ? validationMs - ageMs : lookDelayMs(ageMs)
    ctx.after(delayMs, validate, { arn })
  },
})

function fail(ctx: Context, certificate: CertificateRecord, domain: string): void {
  const failureReason = refusalOf(domain) ?? 'OTHER'
  const proofs = certificate.proofs.map((proof) =>
    proof.domain === domain ? { ...proof, status: 'FAILED' as const } : proof,
  )
  certificates.put(ctx, { ...certificate, proofs, status: 'FAILED', failureReason })
}

function looked(ctx: Context, certificate: CertificateRecord): readonly DomainProof[] {
  const { proofs, validationMethod } = certificate
  return proofs.map((proof): DomainProof => {
    if (proof.status !== 'PENDING_VALIDATION') return proof
    if (validationMethod === 'DNS') {
      return isProven(ctx, proof.domain) ? { ...proof, status: 'SUCCESS' } : proof
    }
    return proof.emails === undefined
      ? { ...proof, emails: sendApprovalMails(ctx, certificate, proof) }
      : proof
  })
}

/** Gives a certificate whose domains are proven its content. */
export function issue(ctx: Context, certificate: CertificateRecord): void {
  const issued = certificates.put(ctx, {
    ...certificate,
    status: 'ISSUED',
    issuedAtMs: ctx.now(),
    body: newBody(ctx, certificate),
  })
  announceAvailable(ctx, issued, 'ISSUANCE')
  scheduleExpiry(ctx, issued)
}
