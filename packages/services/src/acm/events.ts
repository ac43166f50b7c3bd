import type { Context } from '../context.ts'
import type { CertificateRecord } from '../shared/certificates/state.ts'
import { usersOf } from '../shared/certificates/uses.ts'
import { measure } from '../shared/metrics.ts'
import { dayMs } from './limits.ts'

/** Source: ACM user guide, "Amazon EventBridge support for ACM", for all three kinds. */
export function announceAvailable(
  ctx: Context,
  certificate: CertificateRecord,
  action: 'ISSUANCE' | 'RENEWAL' | 'IMPORT' | 'REIMPORT',
): void {
  emit(ctx, certificate, 'ACM Certificate Available', {
    Action: action,
    ...lifeOf(ctx, certificate),
    DaysToExpiry: daysToExpiry(ctx, certificate),
  })
}

export function announceExpired(ctx: Context, certificate: CertificateRecord): void {
  emit(ctx, certificate, 'ACM Certificate Expired', lifeOf(ctx, certificate))
}

/** Also a metric: `DaysToExpiry`. Source: user guide, "Supported CloudWatch metrics". */
export function announceApproach(ctx: Context, certificate: CertificateRecord): void {
  emit(ctx, certificate, 'ACM Certificate Approaching Expiration', {
    DaysToExpiry: daysToExpiry(ctx, certificate),
    CommonName: certificate.domainName,
  })
}

export function measureDays(ctx: Context, certificate: CertificateRecord): void {
  measure(ctx, {
    namespace: 'AWS/CertificateManager',
    name: 'DaysToExpiry',
    dimensions: { CertificateArn: certificate.arn },
    value: daysToExpiry(ctx, certificate),
    unit: 'None',
  })
}

function emit(
  ctx: Context,
  { arn }: CertificateRecord,
  detailType: string,
  detail: Readonly<Record<string, unknown>>,
): void {
  ctx.emit({ source: 'aws.acm', detailType, resources: [arn], detail })
}

/** Whole days, the last one counted. */
export function daysToExpiry(ctx: Context, { body }: CertificateRecord): number {
  return body === undefined ? 0 : Math.ceil((body.notAfterMs - ctx.now()) / dayMs)
}

function lifeOf(ctx: Context, certificate: CertificateRecord): Record<string, unknown> {
  const { type, domainName, validationMethod, createdAtMs, issuedAtMs, importedAtMs, body } =
    certificate
  const date = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`
  return {
    CertificateType: type,
    CommonName: domainName,
    ...(validationMethod === undefined ? {} : { DomainValidationMethod: validationMethod }),
    CertificateCreatedDate: date(createdAtMs),
    CertificateIssuedDate: date(issuedAtMs ?? importedAtMs ?? createdAtMs),
    CertificateExpirationDate: date(body?.notAfterMs ?? createdAtMs),
    InUse: usersOf(ctx, certificate.arn).length > 0,
    Exported: false,
  }
}
