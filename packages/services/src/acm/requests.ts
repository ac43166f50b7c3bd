import {
  type DomainValidationOption,
  RequestCertificate,
  type RequestCertificateRequest,
  ResendValidationEmail,
} from '@cloud-orrery/models/acm'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import {
  type CertificateRecord,
  certificates,
  type DomainProof,
} from '../shared/certificates/state.ts'
import { notModelled } from '../shared/not-modelled.ts'
import { onCertificate, ownCertificate, requestTags } from './access.ts'
import { sendApprovalMails } from './approval-mails.ts'
import {
  conflict,
  invalidState,
  invalidValidationOptions,
  tooManyCertificates,
  tooManyNames,
} from './errors.ts'
import { certificatesMax, lookDelayMs, namesMax, tokenMs } from './limits.ts'
import { baseDomain } from './proofs.ts'
import { requestTokens } from './state.ts'
import { validate } from './validation.ts'

export const requestCertificate = operation(RequestCertificate, {
  authorize: (input) => ({
    resource: '*',
    context: {
      ...requestTags(input.Tags),
      'acm:DomainNames': namesOf(input),
      'acm:ValidationMethod': [input.ValidationMethod ?? 'EMAIL'],
      'acm:KeyAlgorithm': [input.KeyAlgorithm ?? 'RSA_2048'],
      'acm:CertificateTransparencyLogging': [
        input.Options?.CertificateTransparencyLoggingPreference ?? 'ENABLED',
      ],
      'acm:Export': [input.Options?.Export ?? 'DISABLED'],
    },
  }),
  provenance: 'recorded',
  refuses: ['CertificateAuthorityArn', 'ManagedBy'],
  run(ctx, input) {
    refuseUnmodelled(input)
    const { IdempotencyToken: token } = input
    const fingerprint = JSON.stringify({ ...input, IdempotencyToken: undefined })
    const earlier = token === undefined ? undefined : requestTokens.get(ctx, token)
    if (earlier !== undefined && earlier.expiresAtMs > ctx.now()) {
      if (earlier.fingerprint !== fingerprint) {
        throw conflict('The idempotency token was used for another request within the last hour.')
      }
      return { CertificateArn: earlier.certificateArn }
    }
    const { arn } = requested(ctx, input)
    if (token !== undefined) {
      const expiresAtMs = ctx.now() + tokenMs
      requestTokens.put(ctx, { token, fingerprint, certificateArn: arn, expiresAtMs })
    }
    return { CertificateArn: arn }
  },
})

/** The domain name first, then the others as they were given, each once. */
function namesOf(input: RequestCertificateRequest): readonly string[] {
  const { DomainName, SubjectAlternativeNames = [] } = input
  return [...new Set([DomainName, ...SubjectAlternativeNames].map((name) => name.toLowerCase()))]
}

function refuseUnmodelled({
  ValidationMethod,
  KeyAlgorithm,
  Options,
}: RequestCertificateRequest): void {
  if (ValidationMethod === 'HTTP')
    throw notModelled('ValidationMethod HTTP of acm:RequestCertificate')
  if (KeyAlgorithm !== undefined && KeyAlgorithm !== 'RSA_2048') {
    throw notModelled(`KeyAlgorithm ${KeyAlgorithm} of acm:RequestCertificate`)
  }
  if (Options?.Export === 'ENABLED') throw notModelled('Options.Export of acm:RequestCertificate')
}

function requested(ctx: Context, input: RequestCertificateRequest): CertificateRecord {
  const names = namesOf(input)
  if (names.length > namesMax) throw tooManyNames(names.length)
  if (certificates.count(ctx) >= certificatesMax) throw tooManyCertificates()
  const { Options, Tags = [], DomainValidationOptions = [], ValidationMethod = 'EMAIL' } = input
  const arn = `arn:${ctx.partition}:acm:${ctx.region}:${ctx.accountId}:certificate/${ctx.ids.uuid()}`
  const certificate = certificates.put(ctx, {
    arn,
    type: 'AMAZON_ISSUED',
    domainName: names[0] ?? '',
    names,
    status: 'PENDING_VALIDATION',
    createdAtMs: ctx.now(),
    validationMethod: ValidationMethod === 'DNS' ? 'DNS' : 'EMAIL',
    proofs: names.map(
      (domain): DomainProof => ({
        domain,
        validationDomain: validationDomain(domain, DomainValidationOptions),
        status: 'PENDING_VALIDATION',
      }),
    ),
    keyAlgorithm: 'RSA_2048',
    transparencyLogging: Options?.CertificateTransparencyLoggingPreference ?? 'ENABLED',
    export: 'DISABLED',
    tags: Object.fromEntries(Tags.map(({ Key, Value = '' }) => [Key, Value])),
  })
  ctx.after(lookDelayMs(0), validate, { arn })
  return certificate
}

/** The domain itself, unless one above it was named. Source: API reference, DomainValidationOption. */
function validationDomain(domain: string, options: readonly DomainValidationOption[]): string {
  const given = options.find(({ DomainName }) => DomainName.toLowerCase() === domain)
  const wanted = given?.ValidationDomain.toLowerCase()
  if (wanted === undefined) return domain
  const base = baseDomain(domain)
  if (base !== wanted && !base.endsWith(`.${wanted}`)) {
    throw invalidValidationOptions(
      `The validation domain ${wanted} is neither the domain ${domain} nor one above it.`,
    )
  }
  return wanted
}

export const resendValidationEmail = operation(ResendValidationEmail, {
  authorize: onCertificate,
  provenance: 'modelled',
  run(ctx, { CertificateArn, Domain, ValidationDomain }) {
    const certificate = ownCertificate(ctx, CertificateArn)
    if (certificate.status !== 'PENDING_VALIDATION' || certificate.validationMethod !== 'EMAIL') {
      throw invalidState(
        `The certificate ${CertificateArn} does not wait for a validation by e-mail.`,
      )
    }
    const proof = certificate.proofs.find(({ domain }) => domain === Domain.toLowerCase())
    if (proof === undefined) {
      throw invalidValidationOptions(`${Domain} is no domain of ${CertificateArn}.`)
    }
    const asked = {
      ...proof,
      validationDomain: validationDomain(proof.domain, [
        { DomainName: proof.domain, ValidationDomain },
      ]),
    }
    const emails = sendApprovalMails(ctx, certificate, asked)
    const proofs = certificate.proofs.map((it) => (it === proof ? { ...asked, emails } : it))
    certificates.put(ctx, { ...certificate, proofs })
    return {}
  },
})
