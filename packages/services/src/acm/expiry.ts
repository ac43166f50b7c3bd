import type { Context } from '../context.ts'
import { task } from '../define.ts'
import { type CertificateRecord, certificates } from '../shared/certificates/state.ts'
import { announceApproach, announceExpired, daysToExpiry, measureDays } from './events.ts'
import { dayMs, renewalMs, warningDaysDefault } from './limits.ts'
import { renewIfDue } from './renewal.ts'
import { accountConfigurations } from './state.ts'

interface WatchInput {
  readonly arn: string
  /** Tells the certificate's contents apart: a renewed one has a watch of its own. */
  readonly notAfterMs: number
}

export function warningDays(ctx: Context): number {
  return accountConfigurations.get(ctx, 'own')?.days ?? warningDaysDefault
}

/** From when on a certificate has something to do each day. */
export function scheduleExpiry(ctx: Context, { arn, body }: CertificateRecord): void {
  if (body === undefined) return
  const { notAfterMs } = body
  const fromMs = notAfterMs - Math.max(renewalMs, warningDays(ctx) * dayMs)
  ctx.after(Math.max(fromMs - ctx.now(), 0), watch, { arn, notAfterMs })
}

/** Once a day near its end: renews a certificate, or warns that it ends; at last it has ended. */
export const watch = task<WatchInput>('acm.watch', {
  run(ctx, { arn, notAfterMs }) {
    const certificate = certificates.get(ctx, arn)
    if (certificate?.status !== 'ISSUED' || certificate.body?.notAfterMs !== notAfterMs) return
    if (ctx.now() >= notAfterMs) {
      announceExpired(ctx, certificates.put(ctx, { ...certificate, status: 'EXPIRED' }))
      return
    }
    measureDays(ctx, certificate)
    const renewed = renewIfDue(ctx, certificate)
    if (renewed !== undefined) return scheduleExpiry(ctx, renewed)
    if (daysToExpiry(ctx, certificate) <= warningDays(ctx)) announceApproach(ctx, certificate)
    ctx.after(Math.min(dayMs, notAfterMs - ctx.now()), watch, { arn, notAfterMs })
  },
})
