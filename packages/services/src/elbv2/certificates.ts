import type { Context } from '../context.ts'
import { certificateOf, releaseCertificate, useCertificate } from '../shared/certificates/uses.ts'
import { certificateNotFound, unsupportedCertificate } from './errors.ts'
import { listeners } from './state.ts'

/**
 * A listener takes issued certificates of ACM, of its own account and region.
 * Deviation: of certificates in IAM only the ARN is looked at.
 */
export function checkCertificate(ctx: Context, arn: string): void {
  if (/^arn:aws:iam::\d{12}:server-certificate\/.+$/.test(arn)) return
  const [, , , region, accountId] = arn.split(':')
  const isHere = region === ctx.region && accountId === ctx.accountId
  const certificate = isHere ? certificateOf(ctx, arn) : undefined
  if (certificate === undefined) throw certificateNotFound(arn)
  if (certificate.status !== 'ISSUED') throw unsupportedCertificate(arn)
}

/** ACM names the load balancer as the user of what its listeners show: looked at anew after each change of theirs. */
export function certificatesChanged(ctx: Context, balancerArn: string): void {
  releaseCertificate(ctx, balancerArn)
  for (const { certificates } of listeners.where(ctx, 'balancer', balancerArn)) {
    for (const arn of certificates) if (arn.includes(':acm:')) useCertificate(ctx, arn, balancerArn)
  }
}
