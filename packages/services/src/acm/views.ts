import type {
  CertificateDetail,
  CertificateSummary,
  DomainValidation,
} from '@cloud-orrery/models/acm'
import type { Context } from '../context.ts'
import type { CertificateRecord, DomainProof } from '../shared/certificates/state.ts'
import { usersOf } from '../shared/certificates/uses.ts'
import { summaryNamesMax } from './limits.ts'
import { validationRecord } from './proofs.ts'

/** A certificate is renewed by ACM while something uses it. Source: user guide, "Check renewal status". */
export function isRenewable(ctx: Context, { type, status, arn }: CertificateRecord): boolean {
  return type === 'AMAZON_ISSUED' && status === 'ISSUED' && usersOf(ctx, arn).length > 0
}

export function detailOf(ctx: Context, certificate: CertificateRecord): CertificateDetail {
  const { arn, names, body, renewal, managedBy } = certificate
  return {
    CertificateArn: arn,
    DomainName: certificate.domainName,
    SubjectAlternativeNames: names,
    ...(managedBy === undefined ? {} : { ManagedBy: managedBy }),
    DomainValidationOptions: validationsOf(ctx, certificate, certificate.proofs),
    ...(body === undefined ? {} : { Serial: body.serial }),
    Subject: body?.subject ?? `CN=${certificate.domainName}`,
    Issuer: body?.issuer ?? 'Amazon',
    CreatedAt: certificate.createdAtMs,
    ...(certificate.issuedAtMs === undefined ? {} : { IssuedAt: certificate.issuedAtMs }),
    ...(certificate.importedAtMs === undefined ? {} : { ImportedAt: certificate.importedAtMs }),
    Status: certificate.status,
    ...(body === undefined ? {} : { NotBefore: body.notBeforeMs, NotAfter: body.notAfterMs }),
    KeyAlgorithm: body?.keyAlgorithm ?? certificate.keyAlgorithm.replace('_', '-'),
    SignatureAlgorithm: body?.signatureAlgorithm ?? 'SHA256WITHRSA',
    InUseBy: usersOf(ctx, arn),
    ...(certificate.failureReason === undefined
      ? {}
      : { FailureReason: certificate.failureReason }),
    Type: certificate.type,
    ...(renewal === undefined
      ? {}
      : {
          RenewalSummary: {
            RenewalStatus: renewal.status,
            DomainValidationOptions: validationsOf(ctx, certificate, renewal.proofs),
            ...(renewal.reason === undefined ? {} : { RenewalStatusReason: renewal.reason }),
            UpdatedAt: renewal.updatedAtMs,
          },
        }),
    KeyUsages: (body?.keyUsages ?? []).map((Name) => ({ Name })),
    ExtendedKeyUsages: (body?.extendedKeyUsages ?? []).map(({ name, oid }) => ({
      Name: name,
      OID: oid,
    })),
    RenewalEligibility: isRenewable(ctx, certificate) ? 'ELIGIBLE' : 'INELIGIBLE',
    Options: {
      CertificateTransparencyLoggingPreference: certificate.transparencyLogging,
      Export: certificate.export,
    },
  }
}

function validationsOf(
  ctx: Context,
  { validationMethod, names }: CertificateRecord,
  proofs: readonly DomainProof[],
): readonly DomainValidation[] {
  // An imported certificate was proven elsewhere.
  if (validationMethod === undefined) return names.map((DomainName) => ({ DomainName }))
  return proofs.map(({ domain, validationDomain, status, emails = [] }) => ({
    DomainName: domain,
    ...(validationMethod === 'EMAIL' ? { ValidationEmails: emails } : {}),
    ValidationDomain: validationDomain,
    ValidationStatus: status,
    ...(validationMethod === 'DNS' ? { ResourceRecord: validationRecord(ctx, domain) } : {}),
    ValidationMethod: validationMethod,
  }))
}

export function summaryOf(ctx: Context, certificate: CertificateRecord): CertificateSummary {
  const { arn, body, names } = certificate
  return {
    CertificateArn: arn,
    DomainName: certificate.domainName,
    SubjectAlternativeNameSummaries: names.slice(0, summaryNamesMax),
    HasAdditionalSubjectAlternativeNames: names.length > summaryNamesMax,
    Status: certificate.status,
    Type: certificate.type,
    KeyAlgorithm: body?.keyAlgorithm ?? certificate.keyAlgorithm.replace('_', '-'),
    KeyUsages: body?.keyUsages ?? [],
    ExtendedKeyUsages: (body?.extendedKeyUsages ?? []).map(({ name }) => name),
    ExportOption: certificate.export,
    InUse: usersOf(ctx, arn).length > 0,
    Exported: false,
    RenewalEligibility: isRenewable(ctx, certificate) ? 'ELIGIBLE' : 'INELIGIBLE',
    ...(body === undefined ? {} : { NotBefore: body.notBeforeMs, NotAfter: body.notAfterMs }),
    CreatedAt: certificate.createdAtMs,
    ...(certificate.issuedAtMs === undefined ? {} : { IssuedAt: certificate.issuedAtMs }),
    ...(certificate.importedAtMs === undefined ? {} : { ImportedAt: certificate.importedAtMs }),
  }
}
