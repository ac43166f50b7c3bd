import { orderedKey, table } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'
import { type CertificateRecord, certificates } from './state.ts'

/** A resource that shows a certificate to whoever connects. */
interface UseRecord {
  readonly certificateArn: string
  readonly userArn: string
}

export const certificateUses = table<UseRecord, 'user'>('certificates.uses', {
  key: (it) => orderedKey(it.certificateArn, it.userArn),
  partition: 'cloud',
  indexes: { user: (it) => it.userArn },
})

/** A certificate by its ARN, of any account and region; undefined where there is none. */
export function certificateOf(ctx: Context, arn: string): CertificateRecord | undefined {
  const [, , service, region, accountId] = arn.split(':')
  if (service !== 'acm' || region === undefined || accountId === undefined) return undefined
  return certificates.get(ctx.at({ region, accountId }), arn)
}

/** Whether a certificate can be shown for a host: issued, in its time, and naming it. */
export function covers(certificate: CertificateRecord, host: string, nowMs: number): boolean {
  const { status, body, names } = certificate
  if (status !== 'ISSUED' || body === undefined) return false
  if (nowMs < body.notBeforeMs || nowMs >= body.notAfterMs) return false
  return names.some((name) => isNamed(name.toLowerCase(), host.toLowerCase()))
}

/** A name of a certificate, in lower case, stands for a host; a wildcard for one label. Source: RFC 6125, 6.4.3. */
export function isNamed(name: string, host: string): boolean {
  return name === host || (name.startsWith('*.') && host.slice(host.indexOf('.')) === name.slice(1))
}

/** Notes that a resource (a listener's load balancer, a custom domain) uses a certificate: `InUseBy`. */
export function useCertificate(ctx: Context, certificateArn: string, userArn: string): void {
  certificateUses.put(ctx, { certificateArn, userArn })
}

/** Takes that back; without an ARN of a certificate for all that the resource used. */
export function releaseCertificate(ctx: Context, userArn: string, certificateArn?: string): void {
  for (const use of [...certificateUses.where(ctx, 'user', userArn)]) {
    if (certificateArn !== undefined && use.certificateArn !== certificateArn) continue
    certificateUses.delete(ctx, certificateUses.options.key(use))
  }
}

/** ARNs of the resources that use a certificate. */
export function usersOf(ctx: Context, certificateArn: string): readonly string[] {
  const prefix = orderedKey(certificateArn, '')
  return [...certificateUses.scan(ctx, { prefix })].map(({ userArn }) => userArn)
}
